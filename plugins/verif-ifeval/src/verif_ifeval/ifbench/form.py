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
from verif_ifeval.reference import Reference, is_emoji
from verif_sdk import Example, Text

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

    def holds(self, text: Text) -> bool:
        stack: list[str] = []
        deepest = 0
        for character in _BRACKETS.findall(text.raw):
            if character in "([{":
                stack.append(character)
                deepest = max(deepest, len(stack))
            elif stack and stack[-1] == _PAIRS[character]:
                stack.pop()
                if deepest >= 5:
                    return True
            else:
                stack, deepest = [], 0
        return False


class Quotes(Reference):
    """Straight quotes, apostrophes included, are nested three deep."""

    template = (
        "Include quotes within quotes within quotes, at least 3 levels deep, alternating double and single quotes."
    )
    examples = (Example({}, accepts=('"a \'b "c" d\' e"',), rejects=("\"a 'b' c\"", "none")),)
    type: Literal["ifbench:format:quotes"] = "ifbench:format:quotes"

    def holds(self, text: Text) -> bool:
        stack: list[str] = []
        deepest = 0
        for character in _QUOTES.findall(text.raw):
            if stack and stack[-1] == character:
                stack.pop()
                if deepest - len(stack) >= 3:
                    return True
            else:
                stack.append(character)
                deepest = max(deepest, len(stack))
        return False

    def fixed(self, text: Text) -> bool:
        stack: list[str] = []
        deepest = 0
        for quote, opens, closes in _quotation_marks(text.raw):
            if closes and stack and stack[-1] == quote:
                stack.pop()
                if not stack and deepest >= 3:
                    return True
                deepest = deepest if stack else 0
            elif opens and stack[-1:] != [quote]:
                stack.append(quote)
                deepest = max(deepest, len(stack))
        return False


class Options(Reference):
    """The response is one of the options, as the reference splits them."""

    template = "Answer with one of the following options: {options}. Do not give any explanation."
    examples = (
        Example({"options": "yes/no/maybe"}, accepts=("Yes.", " no "), rejects=("Yes, it is.", "yes\n")),
        Example({"options": "A/B/C"}, accepts=("A",), rejects=("a", "A.")),
    )
    type: Literal["ifbench:format:options"] = "ifbench:format:options"
    options: Annotated[str, StringConstraints(min_length=1)]

    def holds(self, text: Text) -> bool:
        separator = "/" if "/" in self.options else "or" if "or" in self.options else ","
        options = [option.strip() for option in self.options.split(separator)]
        if _LETTERED.match(self.options):
            return text.raw in options
        return text.raw.strip(EDGES).lower() in {option.strip(EDGES).lower() for option in options}

    def fixed(self, text: Text) -> bool:
        options = {option.strip(EDGES).casefold() for option in _BETWEEN_OPTIONS.split(self.options)} - {""}
        return text.raw.strip().strip(EDGES).casefold() in options


class Newline(Reference):
    """Each word stands on a line of its own."""

    template = "Write each word on a new line."
    examples = (Example({}, accepts=("a\nb\n\nc!",), rejects=("a b", "a\n \nb")),)
    type: Literal["ifbench:format:newline"] = "ifbench:format:newline"

    def holds(self, text: Text) -> bool:
        body = bare(text.raw).strip()
        return sum(line != "" for line in body.split("\n")) == len(body.split())


class Emoji(Reference):
    """Each sentence has an emoji at its end, or the next one begins with it."""

    template = "Please use an emoji at the end of every sentence."
    examples = (Example({}, accepts=("Hi 😀. Yes! 🎉",), rejects=("Hi 😀. Yes.", "Hi.", "😀 Hi.")),)
    type: Literal["ifbench:format:emoji"] = "ifbench:format:emoji"

    def holds(self, text: Text) -> bool:
        found = (bare(sentence).strip() for sentence in each_sentence(text.raw))
        for sentence, following in pairwise(chain(found, [""])):
            if not sentence:
                return False
            if is_emoji(sentence[-1]) or is_emoji(sentence[-2:-1]):
                continue
            if not following or not is_emoji(following[0]):
                return False
        return True

    def fixed(self, text: Text) -> bool:
        found = (_GRAPHEME.findall(sentence.rstrip(_PLAIN_MARKS)) for sentence in text.view(sentences))
        for sentence, following in pairwise(chain(found, [[]])):
            if not sentence or not (is_emoji(sentence[-1]) or (following and is_emoji(following[0]))):
                return False
        return True


class QuoteUnquote(Reference):
    """Something follows every quote: no two quotes meet, and the response does not end in one."""

    template = "Every quoted phrase must be followed by an unquoted explanation."
    examples = (Example({}, accepts=('"a" means b', "none"), rejects=('say "a"', '"a" "b" x', '"a". ')),)
    type: Literal["ifbench:format:quote_unquote"] = "ifbench:format:quote_unquote"

    def holds(self, text: Text) -> bool:
        body = "".join(text.raw.replace("'\"'", "").split())
        if '""' in body:
            return False
        return not body.strip(_OUTSIDE_QUOTES).endswith('"')

    def fixed(self, text: Text) -> bool:
        return all(map(_A_WORD.search, _QUOTED.split(text.raw)[1:]))


class TitleCase(Reference):
    """Every word begins with a capital, small words included, as NLTK splits words."""

    template = "Write the entire response in title case (capitalize the first letter of every major word)."
    examples = (Example({}, accepts=("The Lord Of Rings", "I Am"), rejects=("Lord of Rings", "Don't Go")),)
    type: Literal["ifbench:format:title_case"] = "ifbench:format:title_case"

    def holds(self, text: Text) -> bool:
        return all(map(_titled, each_token(text.raw)))

    def fixed(self, text: Text) -> bool:
        first, *rest = text.words or ("",)
        return not first[:1].islower() and all(
            word.lower() in _MINOR or not word[0].islower() or not word.islower() for word in rest
        )


class NoWhitespace(Reference):
    """The response has no whitespace at all."""

    template = "The output should not contain any whitespace."
    examples = (Example({}, accepts=("a-b", "a\u200bb"), rejects=("a b", "a\n")),)
    type: Literal["ifbench:format:no_whitespace"] = "ifbench:format:no_whitespace"

    def holds(self, text: Text) -> bool:
        return not any(map(str.isspace, text.raw))


def _quotation_marks(raw: str) -> Iterator[tuple[str, bool, bool]]:
    """Yield each quotation mark as a straight one, with whether it may open and whether it may close."""
    for found in _MARKS.finditer(raw):
        before, after = raw[: found.start()][-1:] or " ", raw[found.end() :][:1] or " "
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
