"""Punctuation marks: which, how many, and quotes around the whole."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from verif_sdk.catalog.bounds import Counted
from verif_sdk.constraint import Check, Example
from verif_sdk.text import Text
from verif_sdk.verdict import Verdict

Mark = Annotated[str, StringConstraints(min_length=1, max_length=8)]

# A mark also stands for the forms that other scripts and typesetters give it.
FORMS = {
    ",": ",，、،",
    ".": ".。．｡",
    "!": "!！",
    "?": "?？؟",
    ":": ":：",
    ";": ";；؛",
    '"': '"“”„',
    "'": "'’‘",
    "-": "-‐‑",
}
QUOTES = (('"', '"'), ("“", "”"), ("„", "“"), ("«", "»"), ("「", "」"))


class Exclude(Check):
    """The response uses none of the marks; a comma stands for the full-width and Arabic commas too."""

    examples = (
        Example({"marks": [","]}, accepts=("No commas here.",), rejects=("One, two.", "你好，世界")),
        Example({"marks": ["!", "?"]}, accepts=("Quiet.",), rejects=("Loud!",)),
    )
    type: Literal["punctuation:exclude"] = "punctuation:exclude"
    marks: Annotated[tuple[Mark, ...], Field(min_length=1)]

    def instruction(self) -> str:
        return f"Do not use {' or '.join(_named(mark) for mark in self.marks)} anywhere."

    def check(self, text: Text) -> Verdict:
        used = [mark for mark in self.marks if _count(text.raw, mark)]
        reason = f"it uses {' and '.join(map(_named, used))}" if used else "none of the marks is used"
        return self.verdict(not used, reason, score=1 - len(used) / len(self.marks))


class Frequency(Counted):
    """The response uses a mark a number of times."""

    examples = (Example({"mark": "!", "exactly": 2}, accepts=("Hey! Ho!",), rejects=("Hey!", "Hey!!!")),)
    type: Literal["punctuation:frequency"] = "punctuation:frequency"
    mark: Mark

    def instruction(self) -> str:
        return f"Use {_named(self.mark)} {self.amount('time')}."

    def check(self, text: Text) -> Verdict:
        return self.bounded(_count(text.raw, self.mark), f"use of {_named(self.mark)}")


class Quoted(Check):
    """The whole response is wrapped in one pair of double quotes, straight or typographic."""

    template = "Wrap the whole response in double quotation marks."
    examples = (
        Example(
            {},
            accepts=('"All of it."', "“All of it.”\n", "«Tout»"),
            rejects=('"Some" of it', '"Half', '"', '"a" and "b"'),
        ),
    )
    type: Literal["punctuation:quoted"] = "punctuation:quoted"

    def check(self, text: Text) -> Verdict:
        body = text.raw.strip()
        for opening, closing in QUOTES:
            if len(body) > 1 and body.startswith(opening) and body.endswith(closing):
                inner = body[1:-1]
                # '"a" and "b"' begins and ends with a quote, but is not wrapped in one pair.
                wrapped = closing not in inner
                return self.verdict(wrapped, "wrapped in quotes" if wrapped else "the first quote closes early")
        return self.verdict(False, "it does not begin and end with a double quote")


def _count(raw: str, mark: str) -> int:
    return sum(raw.count(form) for form in FORMS.get(mark, (mark,)))


def _named(mark: str) -> str:
    names = {",": "commas", ".": "full stops", "!": "exclamation marks", "?": "question marks", ";": "semicolons"}
    return names.get(mark, f'"{mark}"')


CONSTRAINTS = (Exclude, Frequency, Quoted)
