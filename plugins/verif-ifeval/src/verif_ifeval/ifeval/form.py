"""IFEval: detectable formats, and the case of letters."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Literal

from pydantic import StringConstraints

from verif_ifeval.patterns import searched
from verif_ifeval.punkt import capitals
from verif_ifeval.reference import Count, Diverges, Finding, Reference, Relation, at_least, compared, exactly
from verif_sdk import Demand, Example, Text, Undecidable
from verif_sdk.bounded import searches
from verif_sdk.language import detect_raw

# The reference lets blank lines before the mark belong to the match; the marks that are found are the same.
_STARS = re.compile(r"^[^\S\n]*+\*[^\*].*$", re.MULTILINE)
_DASHES = re.compile(r"^[^\S\n]*+-.*$", re.MULTILINE)
_ITALIC = re.compile(r"\*[^\n\*]*\*")
_BOLD = re.compile(r"\*\*[^\n\*]*\*\*")
# But for the rules "- - -" and "* * *".
_BULLETS = re.compile(r"^[ \t]*[*-][ \t]+(?![*\- \t]*$)\S", re.MULTILINE)
_HIGHLIGHT = re.compile(r"(?<![*\w])(\*{1,3})(?=\S)[^*\n]*[^*\s](?:\1)(?![*\w])")
_NUMERALS = "(?i:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_FEW = 20  # letters, of which langdetect's guess is often wrong
_ANSWERS = ("My answer is yes.", "My answer is no.", "My answer is maybe.")


class NumberBulletLists(Reference):
    """The response has exactly a number of lines that begin with * or -; rules and negative numbers count."""

    template = (
        "Your answer must contain exactly {num_bullets} bullet points, using the markdown bullet points * or -."
    )
    examples = (
        Example({"num_bullets": 2}, accepts=("* a\n- b", "-5\n---"), rejects=("* a", "+ a\n+ b", "**a\n**b")),
    )
    diverges = Diverges("counts negative numbers and rules", "-5 degrees", {"num_bullets": 1})
    type: Literal["ifeval:detectable_format:number_bullet_lists"] = "ifeval:detectable_format:number_bullet_lists"
    num_bullets: Count

    def holds(self, text: Text) -> Finding:
        found = len(_STARS.findall(text.raw)) + len(_DASHES.findall(text.raw))
        return exactly(found, "bullet point", self.num_bullets)

    def fixed(self, text: Text) -> Finding:
        return exactly(len(_BULLETS.findall(text.raw)), "bullet point", self.num_bullets)


class ConstrainedResponse(Reference):
    """The response contains one of the three fixed answers."""

    template = f"Answer with one of the following options: {_ANSWERS}"
    examples = (Example({}, accepts=("So: My answer is no.",), rejects=("my answer is no.", "No.")),)
    diverges = Diverges("passes any number of the answers", "My answer is yes. My answer is no.")
    type: Literal["ifeval:detectable_format:constrained_response"] = (
        "ifeval:detectable_format:constrained_response"
    )

    def holds(self, text: Text) -> Finding:
        answer = next((answer for answer in _ANSWERS if answer in text.raw.strip()), None)
        return Finding(answer is not None, f"answers {answer!r}" if answer else "none of the three answers")

    def fixed(self, text: Text) -> Finding:
        return exactly(sum(text.raw.count(answer) for answer in _ANSWERS), "answer", 1, " of the three")


class NumberHighlightedSections(Reference):
    """The response has at least a number of *highlighted* parts, as two patterns find them."""

    template = (
        "Highlight at least {num_highlights} sections in your answer with markdown, i.e. *highlighted section*."
    )
    examples = (Example({"num_highlights": 2}, accepts=("*a* *b*", "***a***"), rejects=("**a**", "* *")),)
    diverges = Diverges("counts bold italics twice", "***a***")
    type: Literal["ifeval:detectable_format:number_highlighted_sections"] = (
        "ifeval:detectable_format:number_highlighted_sections"
    )
    num_highlights: Count

    def holds(self, text: Text) -> Finding:
        italic = sum(bool(found.strip("*").strip()) for found in _ITALIC.findall(text.raw))
        bold = sum(bool(found.removeprefix("**").removesuffix("**").strip()) for found in _BOLD.findall(text.raw))
        return at_least(italic + bold, "highlighted section", self.num_highlights)

    def fixed(self, text: Text) -> Finding:
        return at_least(len(_HIGHLIGHT.findall(text.raw)), "highlighted section", self.num_highlights)


class MultipleSections(Reference):
    """The response has at least a number of the label and a number behind it, anywhere."""

    template = (
        "Your response must have {num_sections} sections. Mark the beginning of each with {section_spliter} X."
    )
    examples = (
        Example(
            {"section_spliter": "Section", "num_sections": 2},
            accepts=("Section 1\na\nSubSection 2\nb",),
            rejects=("Section 1", "SECTION 1\nSECTION 2", "Section A\nSection B"),
        ),
    )
    diverges = Diverges(
        "finds the label inside words and lines, and passes too many",
        "See SubSection 1 below.",
        {"section_spliter": "Section", "num_sections": 1},
    )
    type: Literal["ifeval:detectable_format:multiple_sections"] = "ifeval:detectable_format:multiple_sections"
    section_spliter: Annotated[str, StringConstraints(strip_whitespace=True)]
    num_sections: Count

    def holds(self, text: Text) -> Finding:
        label = self.section_spliter
        if label.isalnum():  # spaces around it make no difference to how often it is found
            found = len(re.findall(rf"{label}\s?\d+", text.raw))
        else:
            found = searched(searches.count_pieces, rf"\s?{label}\s?\d+\s?", text.raw) - 1
        return at_least(found, "section", self.num_sections)

    def fixed(self, text: Text) -> Finding:
        label = re.escape(self.section_spliter)
        found = re.findall(rf"^[^\w\n]*{label}\s+(?:\d+|[A-Z]|[IVXL]+|{_NUMERALS})\b", text.raw, re.MULTILINE)
        return exactly(len(found), "section", self.num_sections)


class JsonFormat(Reference):
    """The response, without a code fence around it, is read by Python's json; lone numbers and NaN pass."""

    template = "Entire output should be wrapped in JSON format."
    examples = (Example({}, accepts=('```json\n{"a": 1}\n```', "42", "NaN"), rejects=("{a}", '{"a": 1} ok')),)
    diverges = Diverges("passes lone numbers, and NaN", "42")
    type: Literal["ifeval:detectable_format:json_format"] = "ifeval:detectable_format:json_format"

    def holds(self, text: Text) -> Finding:
        body = text.raw.strip()
        for fence in ("```json", "```Json", "```JSON", "```"):
            body = body.removeprefix(fence)
        try:
            json.loads(body.removesuffix("```").strip())
        except ValueError as error:
            return Finding(False, f"not JSON: {error}")
        except RecursionError:
            raise Undecidable("the JSON is nested too deeply for the reference, which raises there") from None
        return Finding(True, "JSON")

    def fixed(self, text: Text) -> Finding:
        try:
            # A number of any length is JSON, and is not needed; NaN and Infinity are none.
            read = json.loads(_unfenced(text.raw), parse_int=len, parse_constant=_refused)
        except ValueError as error:
            return Finding(False, f"not JSON: {error}")
        except RecursionError:
            raise Undecidable("the JSON is nested too deeply to be read") from None
        whole = isinstance(read, (dict, list))
        return Finding(whole, "JSON" if whole else "a lone value, not a JSON object or list")


class Title(Reference):
    """The response has a <<title>> that is not blank."""

    template = "Your answer must contain a title, wrapped in double angular brackets, such as <<poem of joy>>."
    examples = (Example({}, accepts=("<<a>>",), rejects=("<< >>", "<a>", "<<a\n>>")),)
    type: Literal["ifeval:detectable_format:title"] = "ifeval:detectable_format:title"

    def holds(self, text: Text) -> Finding:
        title = any(title.lstrip("<").rstrip(">").strip() for title in _titles(text.raw))
        return Finding(title, "a title" if title else "no title in <<double angular brackets>>")


class CapitalWordFrequency(Reference):
    """The response has a number of NLTK tokens in capitals; "I" counts."""

    template = "Words with all capital letters should appear {capital_relation} {capital_frequency} times."
    examples = (
        Example(
            {"capital_frequency": 2, "capital_relation": "at least"},
            accepts=("I like NASA.",),
            rejects=("NASA rocks.",),
        ),
    )
    diverges = Diverges("counts the parts of a contraction", "IT'S")
    type: Literal["ifeval:change_case:capital_word_frequency"] = "ifeval:change_case:capital_word_frequency"
    capital_frequency: int
    capital_relation: Relation

    def holds(self, text: Text) -> Finding:
        return self._capitals(text.view(capitals))

    def fixed(self, text: Text) -> Finding:
        return self._capitals(sum(map(str.isupper, text.words)))

    def _capitals(self, found: int) -> Finding:
        return compared(found, "word", self.capital_relation, self.capital_frequency, " in capitals")


class EnglishCapital(Reference):
    """The response is in capitals, and langdetect, seeded, takes it for English."""

    template = "Your entire response should be in English, and in all capital letters."
    examples = (
        Example(
            {},
            accepts=("THE WEATHER IS VERY NICE TODAY AND WE ARE GOING TO THE PARK.",),
            rejects=("The weather is very nice today.", "DAS WETTER IST HEUTE SEHR SCHÖN UND WIR GEHEN RAUS."),
        ),
    )
    diverges = Diverges(
        "detects the language of capitals, which langdetect was not made for", "THANK YOU VERY MUCH"
    )
    type: Literal["ifeval:change_case:english_capital"] = "ifeval:change_case:english_capital"

    def demands(self) -> Iterable[Demand]:
        return [Demand("the language", value="en"), Demand("the case of letters", value="upper")]

    def holds(self, text: Text) -> Finding:
        return _cased("capitals", text.raw, text.raw.isupper(), lambda: _is(text.view(detect_raw)))

    def fixed(self, text: Text) -> Finding:
        return _cased("capitals", text.raw, text.raw.isupper(), lambda: _english(text.raw.lower()))


class EnglishLowercase(Reference):
    """The response is in small letters, and langdetect, seeded, takes it for English."""

    template = (
        "Your entire response should be in English, and in all lowercase letters. No capital letters are allowed."
    )
    examples = (
        Example(
            {},
            accepts=("the weather is very nice today and we are going to the park.",),
            rejects=("The weather is very nice today.", "das wetter ist heute sehr schön und wir gehen raus."),
        ),
    )
    diverges = Diverges("passes a text without words", "http://a.b/c")
    type: Literal["ifeval:change_case:english_lowercase"] = "ifeval:change_case:english_lowercase"

    def demands(self) -> Iterable[Demand]:
        return [Demand("the language", value="en"), Demand("the case of letters", value="lower")]

    def holds(self, text: Text) -> Finding:
        return _cased("small letters", text.raw, text.raw.islower(), lambda: _is(text.view(detect_raw)))

    def fixed(self, text: Text) -> Finding:
        return _cased("small letters", text.raw, text.raw.islower(), lambda: _english(text.raw))


def _titles(raw: str) -> Iterator[str]:
    """Yield the matches of the pattern `<<[^\\n]+>>` of the reference; a line has at most one."""
    for line in raw.split("\n"):
        start, end = line.find("<<"), line.rfind(">>")
        if 0 <= start <= end - len("<<a"):
            yield line[start : end + len(">>")]


def _unfenced(raw: str) -> str:
    """Return the inside of the code fence that a response consists of, or the response."""
    body = raw.strip()
    if len(body) < len("``````") or not (body.startswith("```") and body.endswith("```")):
        return raw
    inside = body[3:-3]
    return inside[4:] if inside[:4].lower() == "json" else inside


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _cased(letters: str, raw: str, holds: bool, language: Callable[[], tuple[bool, str]]) -> Finding:
    """Return whether a text is in one case and in English; `language` is asked only where the case is right."""
    if not holds:
        return _stray(letters, raw)
    english, found = language()
    return Finding(english, f"in {letters}, and the language is {found}")


def _stray(letters: str, raw: str) -> Finding:
    wrong = str.islower if letters == "capitals" else str.isupper
    place = next((place for place, letter in enumerate(raw) if wrong(letter)), -1)
    if place < 0:
        return Finding(False, f"no letter in {letters}")
    return Finding(
        False, f"{raw[place]!r} at character {place + 1}, asked for {letters} alone", ((place, place + 1),)
    )


def _is(found: str | None) -> tuple[bool, str]:
    """Return whether the reference takes what langdetect says for English, and it in words."""
    return found in (None, "en"), found or "unknown, for lack of letters"


def _english(raw: str) -> tuple[bool, str]:
    """Return whether a text in small letters is in English, or too short to be told from it, and the language."""
    found = detect_raw(raw)
    letters = [letter for letter in raw if letter.isalpha()]
    short = found is not None and len(letters) < _FEW and all(map(str.isascii, letters))
    return found == "en" or short, found or "unknown, for lack of letters"


CONSTRAINTS = (
    NumberBulletLists,
    ConstrainedResponse,
    NumberHighlightedSections,
    MultipleSections,
    JsonFormat,
    Title,
    CapitalWordFrequency,
    EnglishCapital,
    EnglishLowercase,
)
