"""IFEval: detectable formats, and the case of letters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import StringConstraints

from verif_ifeval.punkt import capitals
from verif_ifeval.reference import Count, Reference, Relation, compared, elsewhere
from verif_sdk import Example, Text, Undecidable
from verif_sdk.demand import Demand
from verif_sdk.language import detect_raw

# The reference lets blank lines before the mark belong to the match; the marks that are found are the same.
_STARS = re.compile(r"^[^\S\n]*+\*[^\*].*$", re.MULTILINE)
_DASHES = re.compile(r"^[^\S\n]*+-.*$", re.MULTILINE)
_ITALIC = re.compile(r"\*[^\n\*]*\*")
_BOLD = re.compile(r"\*\*[^\n\*]*\*\*")
# But for the rules "- - -" and "* * *".
_BULLETS = re.compile(r"^[ \t]*[*-][ \t]+(?![*\- \t]*$)\S", re.MULTILINE)
_HIGHLIGHT = re.compile(r"(?<![*\w])(\*{1,3})(?=\S)[^*\n]*[^*\s](?:\1)(?![*\w])")
_FENCED = re.compile(r"```(?:json)?\s*(.*?)\s*```", re.IGNORECASE | re.DOTALL)
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
    type: Literal["ifeval:detectable_format:number_bullet_lists"] = "ifeval:detectable_format:number_bullet_lists"
    num_bullets: Count

    def holds(self, text: Text) -> bool:
        return len(_STARS.findall(text.raw)) + len(_DASHES.findall(text.raw)) == self.num_bullets

    def fixed(self, text: Text) -> bool:
        return len(_BULLETS.findall(text.raw)) == self.num_bullets


class ConstrainedResponse(Reference):
    """The response contains one of the three fixed answers."""

    template = f"Answer with one of the following options: {_ANSWERS}"
    examples = (Example({}, accepts=("So: My answer is no.",), rejects=("my answer is no.", "No.")),)
    type: Literal["ifeval:detectable_format:constrained_response"] = (
        "ifeval:detectable_format:constrained_response"
    )

    def holds(self, text: Text) -> bool:
        return any(answer in text.raw.strip() for answer in _ANSWERS)

    def fixed(self, text: Text) -> bool:
        return sum(text.raw.count(answer) for answer in _ANSWERS) == 1


class NumberHighlightedSections(Reference):
    """The response has at least a number of *highlighted* parts, as two patterns find them."""

    template = (
        "Highlight at least {num_highlights} sections in your answer with markdown, i.e. *highlighted section*."
    )
    examples = (Example({"num_highlights": 2}, accepts=("*a* *b*", "***a***"), rejects=("**a**", "* *")),)
    type: Literal["ifeval:detectable_format:number_highlighted_sections"] = (
        "ifeval:detectable_format:number_highlighted_sections"
    )
    num_highlights: Count

    def holds(self, text: Text) -> bool:
        italic = sum(bool(found.strip("*").strip()) for found in _ITALIC.findall(text.raw))
        bold = sum(bool(found.removeprefix("**").removesuffix("**").strip()) for found in _BOLD.findall(text.raw))
        return italic + bold >= self.num_highlights

    def fixed(self, text: Text) -> bool:
        return len(_HIGHLIGHT.findall(text.raw)) >= self.num_highlights


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
    type: Literal["ifeval:detectable_format:multiple_sections"] = "ifeval:detectable_format:multiple_sections"
    section_spliter: Annotated[str, StringConstraints(strip_whitespace=True)]
    num_sections: Count

    def holds(self, text: Text) -> bool:
        label = self.section_spliter
        if label.isalnum():  # spaces around it make no difference to how often it is found
            return len(re.findall(rf"{label}\s?\d+", text.raw)) >= self.num_sections
        pieces: int = elsewhere("pieces", rf"\s?{label}\s?\d+\s?", text.raw)
        return pieces - 1 >= self.num_sections

    def fixed(self, text: Text) -> bool:
        label = re.escape(self.section_spliter)
        found = re.findall(rf"^[^\w\n]*{label}\s+(?:\d+|[A-Z]|[IVXL]+|{_NUMERALS})\b", text.raw, re.MULTILINE)
        return len(found) == self.num_sections


class JsonFormat(Reference):
    """The response, without a code fence around it, is read by Python's json; lone numbers and NaN pass."""

    template = "Entire output should be wrapped in JSON format."
    examples = (Example({}, accepts=('```json\n{"a": 1}\n```', "42", "NaN"), rejects=("{a}", '{"a": 1} ok')),)
    type: Literal["ifeval:detectable_format:json_format"] = "ifeval:detectable_format:json_format"

    def holds(self, text: Text) -> bool:
        body = text.raw.strip()
        for fence in ("```json", "```Json", "```JSON", "```"):
            body = body.removeprefix(fence)
        try:
            json.loads(body.removesuffix("```").strip())
        except ValueError:
            return False
        except RecursionError:
            raise Undecidable("the JSON is nested too deeply for the reference, which raises there") from None
        return True

    def fixed(self, text: Text) -> bool:
        fenced = _FENCED.fullmatch(text.raw.strip())
        try:
            # A number of any length is JSON, and is not needed; NaN and Infinity are none.
            read = json.loads(fenced[1] if fenced else text.raw, parse_int=len, parse_constant=_refused)
        except ValueError:
            return False
        except RecursionError:
            raise Undecidable("the JSON is nested too deeply to be read") from None
        return isinstance(read, (dict, list))


class Title(Reference):
    """The response has a <<title>> that is not blank."""

    template = "Your answer must contain a title, wrapped in double angular brackets, such as <<poem of joy>>."
    examples = (Example({}, accepts=("<<a>>",), rejects=("<< >>", "<a>", "<<a\n>>")),)
    type: Literal["ifeval:detectable_format:title"] = "ifeval:detectable_format:title"

    def holds(self, text: Text) -> bool:
        return any(title.lstrip("<").rstrip(">").strip() for title in _titles(text.raw))


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
    type: Literal["ifeval:change_case:capital_word_frequency"] = "ifeval:change_case:capital_word_frequency"
    capital_frequency: int
    capital_relation: Relation

    def holds(self, text: Text) -> bool:
        return compared(text.view(capitals), self.capital_relation, self.capital_frequency)

    def fixed(self, text: Text) -> bool:
        return compared(sum(map(str.isupper, text.words)), self.capital_relation, self.capital_frequency)


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
    type: Literal["ifeval:change_case:english_capital"] = "ifeval:change_case:english_capital"

    def demands(self) -> Iterable[Demand]:
        return [Demand("the language", value="en"), Demand("the case of letters", value="upper")]

    def holds(self, text: Text) -> bool:
        return text.raw.isupper() and text.view(detect_raw) in (None, "en")

    def fixed(self, text: Text) -> bool:
        return text.raw.isupper() and _english(text.raw.lower())


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
    type: Literal["ifeval:change_case:english_lowercase"] = "ifeval:change_case:english_lowercase"

    def demands(self) -> Iterable[Demand]:
        return [Demand("the language", value="en"), Demand("the case of letters", value="lower")]

    def holds(self, text: Text) -> bool:
        return text.raw.islower() and text.view(detect_raw) in (None, "en")

    def fixed(self, text: Text) -> bool:
        return text.raw.islower() and _english(text.raw)


def _titles(raw: str) -> Iterator[str]:
    """Yield the matches of the pattern `<<[^\\n]+>>` of the reference; a line has at most one."""
    for line in raw.split("\n"):
        start, end = line.find("<<"), line.rfind(">>")
        if 0 <= start <= end - len("<<a"):
            yield line[start : end + len(">>")]


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _english(raw: str) -> bool:
    """Return whether a text in small letters is in English, or too short to be told from it."""
    found = detect_raw(raw)
    letters = [letter for letter in raw if letter.isalpha()]
    return found == "en" or (found is not None and len(letters) < _FEW and all(map(str.isascii, letters)))


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
