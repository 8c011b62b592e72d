"""IFEval: detectable formats."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import StringConstraints

from verif_ifeval.patterns import searched
from verif_ifeval.reference import Count, Diverges, Finding, Reference, at_least, exactly
from verif_sdk import Example, Text, Undecidable
from verif_sdk.bounded import searches

# The reference lets blank lines before the mark belong to the match; the marks that are found are the same.
_STARS = re.compile(r"^[^\S\n]*+\*[^\*].*$", re.MULTILINE)
_DASHES = re.compile(r"^[^\S\n]*+-.*$", re.MULTILINE)
_ITALIC = re.compile(r"\*[^\n\*]*\*")
_BOLD = re.compile(r"\*\*[^\n\*]*\*\*")
# But for the rules "- - -" and "* * *".
_BULLETS = re.compile(r"^[ \t]*[*-][ \t]+(?![*\- \t]*$)\S", re.MULTILINE)
_HIGHLIGHT = re.compile(r"(?<![*\w])(\*{1,3})(?=\S)[^*\n]*[^*\s](?:\1)(?![*\w])")
_NUMERALS = "(?i:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
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
            # A number of any length is JSON, and is not needed; NaN and Infinity are not.
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


CONSTRAINTS = (
    NumberBulletLists,
    ConstrainedResponse,
    NumberHighlightedSections,
    MultipleSections,
    JsonFormat,
    Title,
)
