"""IFBench: format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, pairwise
from typing import Annotated, Literal

import regex
from pydantic import StringConstraints

from verif_ifeval.ifbench.units import EDGES, bare
from verif_ifeval.punkt import each_sentence, each_token, sentences
from verif_ifeval.reference import Diverges, Finding, Reference, absent, counted, quoted
from verif_ifeval.tokens import is_emoji
from verif_sdk import Example, Text
from verif_sdk.segment import without_inner_flags

_PAIRS = {")": "(", "]": "[", "}": "{"}
_BRACKETS = re.compile(r"[()\[\]{}]")
_QUOTES = re.compile("[\"']")
_MARKS = re.compile("[\"'“”‘’]")
_LETTERED = re.compile(r"\W*[aA]\W*[bB]\W*[cC]\W*")
_BETWEEN_OPTIONS = re.compile(r"\s*,\s*(?:and/)?or\s|\s(?:and/)?or\s|[,/]", re.IGNORECASE)
_GRAPHEME = regex.compile(r"\X")
_PLAIN_MARKS = " .,;:!?…\"'”’»)]}"
_A_WORD = re.compile(r"\w")
_QUOTED = re.compile('"[^"]*"|“[^”]*”|«[^»]*»')
# What title case leaves small inside a title: articles, conjunctions, short prepositions.
_SMALL_WORDS = (
    "a an the and but or nor for so yet as at by if in of off on per to up via from into like near onto over than "
    "upon with"
)
_MINOR = frozenset(_SMALL_WORDS.split())
_OUTSIDE_QUOTES = "".join(c for c in r"""!#$%&'()*+,-./:;<=>?@[\]^_`{|}~""") + "0123456789"


class Parentheses(Reference):
    """Brackets are nested five deep, and the innermost closes."""

    template = "Nest parentheses (and [brackets {and braces}]) at least 5 levels deep."
    examples = (Example({}, accepts=("([{([x])}])", "((((()"), rejects=("((((x))))", "(((((x", "([)]")),)
    type: Literal["ifbench:format:parentheses"] = "ifbench:format:parentheses"

    def holds(self, text: Text) -> Finding:
        stack: list[str] = []
        deepest = best = 0
        for character in _BRACKETS.findall(text.raw):
            if character in "([{":
                stack.append(character)
                deepest = max(deepest, len(stack))
                best = max(best, deepest)
            elif stack and stack[-1] == _PAIRS[character]:
                stack.pop()
                if deepest >= 5:
                    return _nested(True, deepest, 5)
            else:
                stack, deepest = [], 0
        return _nested(False, best, 5)


class Quotes(Reference):
    """Straight quotes, apostrophes included, are nested three deep."""

    template = (
        "Include quotes within quotes within quotes, at least 3 levels deep, alternating double and single quotes."
    )
    examples = (Example({}, accepts=('"a \'b "c" d\' e"',), rejects=("\"a 'b' c\"", "none")),)
    diverges = Diverges("takes each apostrophe for a quote", 'It\'s "I\'m" fine, "I\'m" ok')
    type: Literal["ifbench:format:quotes"] = "ifbench:format:quotes"

    def holds(self, text: Text) -> Finding:
        stack: list[str] = []
        deepest = 0
        for character in _QUOTES.findall(text.raw):
            if stack and stack[-1] == character:
                stack.pop()
                if deepest - len(stack) >= 3:
                    return _nested(True, deepest, 3)
            else:
                stack.append(character)
                deepest = max(deepest, len(stack))
        return _nested(False, deepest, 3)

    def fixed(self, text: Text) -> Finding:
        stack: list[str] = []
        deepest = best = 0
        for quote, opens, closes in _quotation_marks(text.raw):
            if closes and stack and stack[-1] == quote:
                stack.pop()
                if not stack and deepest >= 3:
                    return _nested(True, deepest, 3)
                deepest = deepest if stack else 0
            elif opens and stack[-1:] != [quote]:
                stack.append(quote)
                deepest = max(deepest, len(stack))
                best = max(best, deepest)
        return _nested(False, best, 3)


class Options(Reference):
    """The response is one of the options, as the reference splits them."""

    template = "Answer with one of the following options: {options}. Do not give any explanation."
    examples = (
        Example({"options": "yes/no/maybe"}, accepts=("Yes.", " no "), rejects=("Yes, it is.", "yes\n")),
        Example({"options": "A/B/C"}, accepts=("A",), rejects=("a", "A.")),
    )
    diverges = Diverges('splits at "or" inside words', "red", {"options": "orange, red"})
    type: Literal["ifbench:format:options"] = "ifbench:format:options"
    options: Annotated[str, StringConstraints(min_length=1, max_length=2000)]

    def holds(self, text: Text) -> Finding:
        separator = "/" if "/" in self.options else "or" if "or" in self.options else ","
        options = [option.strip() for option in self.options.split(separator)]
        if _LETTERED.match(self.options):
            return self._among(text.raw, text.raw in options)
        bare_options = {option.strip(EDGES).lower() for option in options}
        return self._among(text.raw, text.raw.strip(EDGES).lower() in bare_options)

    def fixed(self, text: Text) -> Finding:
        options = {option.strip(EDGES).casefold() for option in _BETWEEN_OPTIONS.split(self.options)} - {""}
        return self._among(text.raw, text.raw.strip().strip(EDGES).casefold() in options)

    def _among(self, raw: str, holds: bool) -> Finding:
        return Finding(holds, f"{quoted(raw)}, asked for one of {quoted(self.options)}")


class Newline(Reference):
    """Each word stands on a line of its own."""

    template = "Write each word on a new line."
    examples = (Example({}, accepts=("a\nb\n\nc!",), rejects=("a b", "a\n \nb")),)
    type: Literal["ifbench:format:newline"] = "ifbench:format:newline"

    def holds(self, text: Text) -> Finding:
        body = bare(text.raw).strip()
        lines, words = sum(line != "" for line in body.split("\n")), len(body.split())
        return Finding(
            lines == words, f"{counted(lines, 'line')} for {counted(words, 'word')}, asked for a line each"
        )


class Emoji(Reference):
    """Each sentence has an emoji at its end, or the next one begins with it."""

    template = "Please use an emoji at the end of every sentence."
    examples = (Example({}, accepts=("Hi 😀. Yes! 🎉",), rejects=("Hi 😀. Yes.", "Hi.", "😀 Hi.")),)
    diverges = Diverges("tests one code point, where a flag has two", "Hi 🇩🇪.")
    type: Literal["ifbench:format:emoji"] = "ifbench:format:emoji"

    def holds(self, text: Text) -> Finding:
        found = (bare(sentence).strip() for sentence in each_sentence(text.raw))
        for place, (sentence, following) in enumerate(pairwise(chain(found, [""])), 1):
            last = sentence and (is_emoji(sentence[-1]) or is_emoji(sentence[-2:-1]))
            if not last and not (sentence and following and is_emoji(following[0])):
                return Finding(False, f"no emoji at the end of sentence {place}")
        return Finding(True, "an emoji at the end of each sentence")

    def fixed(self, text: Text) -> Finding:
        found = (
            _GRAPHEME.findall(without_inner_flags(sentence.rstrip(_PLAIN_MARKS)))
            for sentence in text.view(sentences)
        )
        for place, (sentence, following) in enumerate(pairwise(chain(found, [[]])), 1):
            if not sentence or not (is_emoji(sentence[-1]) or (following and is_emoji(following[0]))):
                return Finding(False, f"no emoji at the end of sentence {place}")
        return Finding(True, "an emoji at the end of each sentence")


class QuoteUnquote(Reference):
    """Something follows every quote: no two quotes meet, and the response does not end in one."""

    template = "Every quoted phrase must be followed by an unquoted explanation."
    examples = (Example({}, accepts=('"a" means b', "none"), rejects=('say "a"', '"a" "b" x', '"a". ')),)
    diverges = Diverges("knows straight quotes alone", "“quote”")
    type: Literal["ifbench:format:quote_unquote"] = "ifbench:format:quote_unquote"

    def holds(self, text: Text) -> Finding:
        body = "".join(text.raw.replace("'\"'", "").split())
        if '""' in body:
            return Finding(False, "two quotes meet")
        if body.strip(_OUTSIDE_QUOTES).endswith('"'):
            return Finding(False, "the response ends in a quote")
        return Finding(True, "something follows each quote")

    def fixed(self, text: Text) -> Finding:
        explained = all(map(_A_WORD.search, _QUOTED.split(text.raw)[1:]))
        return Finding(explained, f"{'something' if explained else 'not something'} follows each quote")


class TitleCase(Reference):
    """Every word begins with a capital, small words included, as NLTK splits words."""

    template = "Write the entire response in title case (capitalize the first letter of every major word)."
    examples = (Example({}, accepts=("The Lord Of Rings", "I Am"), rejects=("Lord of Rings", "Don't Go")),)
    diverges = Diverges("wants capitals on minor words too", "Lord of the Rings")
    type: Literal["ifbench:format:title_case"] = "ifbench:format:title_case"

    def holds(self, text: Text) -> Finding:
        small = next((token for token in each_token(text.raw) if not _titled(token)), None)
        return _title(small)

    def fixed(self, text: Text) -> Finding:
        first, *rest = text.words or ("",)
        if first[:1].islower():
            return _title(first)
        return _title(
            next(
                (word for word in rest if word.lower() not in _MINOR and word[0].islower() and word.islower()),
                None,
            )
        )


class NoWhitespace(Reference):
    """The response has no whitespace at all."""

    template = "The output should not contain any whitespace."
    examples = (Example({}, accepts=("a-b", "a\u200bb"), rejects=("a b", "a\n")),)
    type: Literal["ifbench:format:no_whitespace"] = "ifbench:format:no_whitespace"

    def holds(self, text: Text) -> Finding:
        return absent(next((place for place, mark in enumerate(text.raw) if mark.isspace()), -1), "whitespace")


def _nested(holds: bool, deepest: int, wanted: int) -> Finding:
    closed = "" if holds or deepest < wanted else " and not closed"
    return Finding(holds, f"nested {deepest} deep{closed}, asked for {wanted}")


def _title(small: str | None) -> Finding:
    return Finding(small is None, "title case" if small is None else f"{quoted(small)} is not in title case")


def _quotation_marks(raw: str) -> Iterator[tuple[str, bool, bool]]:
    """Yield each quotation mark as a straight one, with whether it may open and whether it may close."""
    for found in _MARKS.finditer(raw):
        start, end = found.span()
        before, after = raw[max(start - 1, 0) : start] or " ", raw[end : end + 1] or " "
        quote = '"' if found[0] in '"“”' else "'"
        if before.isalnum() and after.isalnum():
            continue  # an apostrophe
        opens = found[0] in "“‘" or (found[0] in "\"'" and not before.isalnum() and not after.isspace())
        closes = found[0] in "”’" or (found[0] in "\"'" and not after.isalnum() and not before.isspace())
        yield quote, opens, closes


@lru_cache(maxsize=50_000)
def _titled(token: str) -> bool:
    """Return whether the reference takes a token for a word in title case, or for no word."""
    first, rest = token[0], token[1:]
    small = first.isalpha() and first.islower()
    return not small or (rest != "" and not rest.islower() and not rest.isupper())


CONSTRAINTS = (
    Parentheses,
    Quotes,
    Options,
    Newline,
    Emoji,
    QuoteUnquote,
    TitleCase,
    NoWhitespace,
)
