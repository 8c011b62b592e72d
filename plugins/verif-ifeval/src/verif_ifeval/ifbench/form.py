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
_HEADING = re.compile(r"^#+ .*$|^<h\d>.*</h\d>$", re.MULTILINE)
_THESIS = re.compile(r"\s*<(i|em)>(?!\s*</).+?</\1>\s*\S", re.IGNORECASE | re.DOTALL)
_BULLET = re.compile(r"^[ \t]*\*[ \t]+(?=\S)", re.MULTILINE)
_SUB_BULLET = re.compile(r"^[ \t]*-[ \t]+\S", re.MULTILINE)
# What title case leaves small inside a title: articles, conjunctions, short prepositions.
_SMALL_WORDS = (
    "a an the and but or nor for so yet as at by if in of off on per to up via from into like near onto over than "
    "upon with"
)
_MINOR = frozenset(_SMALL_WORDS.split())
_PARTS = ("My Answer:", "My Conclusion:", "Future Outlook:")
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


class LineIndent(Reference):
    """Each line is indented by more spaces than the one before; blank lines are dropped as there."""

    template = "Create stairs by incrementally indenting each new line."
    examples = (Example({}, accepts=("a\n b\n  c", "a\n\n b"), rejects=("a\nb", " a\n b", "a\n\tb")),)
    type: Literal["ifbench:format:line_indent"] = "ifbench:format:line_indent"

    def holds(self, text: Text) -> bool:
        lines = text.raw.split("\n")
        for line in lines:  # deleting while iterating is what the reference does, and what it is known for
            if not line.strip():
                lines.remove(line)
        indents = [len(line) - len(line.lstrip(" ")) for line in lines]
        return all(before < after for before, after in pairwise(indents))

    def fixed(self, text: Text) -> bool:
        lines = [line.expandtabs() for line in text.lines]
        return all(before < after for before, after in pairwise(len(line) - len(line.lstrip()) for line in lines))


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


class List(Reference):
    """The separator occurs at least twice."""

    template = 'Answer with a list of items, instead of bullet points use "{sep}".'
    examples = (Example({"sep": "..."}, accepts=("... a\n... b",), rejects=("... a", "- a\n- b")),)
    type: Literal["ifbench:format:list"] = "ifbench:format:list"
    sep: Annotated[str, StringConstraints(min_length=1)]

    def holds(self, text: Text) -> bool:
        return text.raw.count(self.sep) >= 2

    def fixed(self, text: Text) -> bool:
        mark = re.escape(self.sep.strip() or self.sep)
        return len(re.findall(rf"^[ \t]*{mark}|(?<!\S){mark}(?!\S)", text.raw, re.MULTILINE)) >= 2


class Thesis(Reference):
    """A part in <i> or <em> is not empty, and something follows it."""

    template = "Each section must begin with a thesis statement in italics, use HTML to indicate the italics."
    examples = (Example({}, accepts=("<i>a</i> b", "<em></em>"), rejects=("<i></i> b", "<i>a</i>", "*a* b")),)
    type: Literal["ifbench:format:thesis"] = "ifbench:format:thesis"

    def holds(self, text: Text) -> bool:
        raw = text.raw
        start = raw.find("<i>") if "<i>" in raw else raw.find("<em>")
        if start < 0:
            return False
        rest = raw[start:]
        end = rest.find("</i>") if "</i>" in rest else rest.find("</em>")
        # The lengths are those of <i> and </i>, for <em> too.
        return end >= 0 and bool(rest[3:end].strip()) and bool(rest[end + 4 :].strip())

    def fixed(self, text: Text) -> bool:
        sections = [section for section in _HEADING.split(text.raw) if section.strip()]
        return bool(sections) and all(map(_THESIS.match, sections))


class SubBullets(Reference):
    """A hyphen follows every asterisk, before the next one."""

    template = (
        "Your response must include bullet points denoted by * and at least one sub-bullet point denoted by - "
        "for each."
    )
    examples = (Example({}, accepts=("* a\n - b", "none"), rejects=("* a", "* a\n* b\n - c")),)
    type: Literal["ifbench:format:sub-bullets"] = "ifbench:format:sub-bullets"

    def holds(self, text: Text) -> bool:
        return all("-" in piece for piece in text.raw.split("*")[1:])

    def fixed(self, text: Text) -> bool:
        points = _BULLET.split(text.raw)[1:]
        return bool(points) and all(map(_SUB_BULLET.search, points))


class NoBulletsBullets(Reference):
    """Two sentences or more, then two bullet points or more, then nothing."""

    template = (
        "Your answer must contain at least two sentences ending in a period followed by at least two bullet "
        "points (*)."
    )
    examples = (
        Example(
            {}, accepts=("One. Two.\n* a\n* b",), rejects=("One.\n* a\n* b", "One. Two.\n* a", "A. B.\n* a\n* b\n")
        ),
    )
    type: Literal["ifbench:format:no_bullets_bullets"] = "ifbench:format:no_bullets_bullets"

    def holds(self, text: Text) -> bool:
        prose, count, bullets = True, 0, 0
        for line in text.raw.split("\n"):
            body = line.strip()
            if body.startswith("*"):
                prose = False
                if count < 2:
                    return False
                bullets += 1
            elif not prose:
                return False
            else:
                found = len(sentences(body))
                count += found
                prose = found > 0
        return bullets >= 2

    def fixed(self, text: Text) -> bool:
        prose, *points = _BULLET.split(text.raw)
        ends = [sentence.rstrip("\"'”’)*_")[-1:] for sentence in text.part(prose).sentences]
        return ends.count(".") >= 2 and len(points) >= 2


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


class OutputTemplate(Reference):
    """The three headings are all there, in any order."""

    template = f"Use this exact template for your response: {' [answer] '.join(_PARTS)}"
    examples = (
        Example(
            {},
            accepts=("My Answer: a My Conclusion: b Future Outlook: c",),
            rejects=("My Answer: a", "my answer:"),
        ),
    )
    type: Literal["ifbench:format:output_template"] = "ifbench:format:output_template"

    def holds(self, text: Text) -> bool:
        return all(part in text.raw for part in _PARTS)


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
    LineIndent,
    QuoteUnquote,
    List,
    Thesis,
    SubBullets,
    NoBulletsBullets,
    TitleCase,
    OutputTemplate,
    NoWhitespace,
)
