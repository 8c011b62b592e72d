"""Punctuation marks: which, how many, and quotes around the whole."""

from __future__ import annotations

from typing import Annotated, Literal

import regex
from pydantic import Field, StringConstraints

from verif_sdk.catalogue.support.bounds import Counted
from verif_sdk.constraint import Check, Example
from verif_sdk.text import Text
from verif_sdk.verdict import Verdict

Mark = Annotated[str, StringConstraints(min_length=1, max_length=8)]

# A mark also stands for the forms that other scripts and typesetters give it.
FORMS: dict[str, str | tuple[str, ...]] = {
    "...": ("...", "…"),
    ",": ",，、،",
    ".": ".。．｡",
    "!": "!！‼⁉‽",
    "?": "?？؟⁇⁈⁉‽",
    ":": ":：",
    ";": ";；؛",
    '"': '"“”„',
    "'": "'’‘",
    "-": "-‐‑",
}
_OPENERS = {"!": "¡", "?": "¿"}
"""The halves of a pair of marks, which are not counted once more."""
_OPENING, _CLOSING = '"“„«»「『＂', '"”“»«」』＂'
_QUOTE = regex.compile('["“”„«»「」『』＂]')


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
        used = [mark for mark in self.marks if _count(text.shown, mark) or _OPENERS.get(mark, "\0") in text.shown]
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
        return self.bounded(_count(text.shown, self.mark), f"use of {_named(self.mark)}")


class Quoted(Check):
    """The whole response is wrapped in one pair of double quotes, straight or typographic."""

    template = "Wrap the whole response in double quotation marks."
    examples = (
        Example(
            {},
            accepts=('"All of it."', "“All of it.”\n", "«Tout»", '"He said "hi" to me."', '*"All of it."*'),
            rejects=('"Some" of it', '"Half', '"', '"a" and "b"'),
        ),
    )
    type: Literal["punctuation:quoted"] = "punctuation:quoted"

    def check(self, text: Text) -> Verdict:
        body = text.shown.strip().strip("*_").strip()
        if len(body) < 2 or body[0] not in _OPENING or body[-1] not in _CLOSING:
            return self.verdict(False, "it does not begin and end with a double quote")
        if not body.strip(_OPENING + _CLOSING).strip():
            return self.verdict(False, "nothing stands between the quotes")
        wrapped = not _closes_early(body)
        return self.verdict(wrapped, "wrapped in quotes" if wrapped else "the first quote closes early")


def _closes_early(body: str) -> bool:
    """Return whether the quote that opens a text closes before its end, as in '"a" and "b"'."""
    depth = 0
    for found in _QUOTE.finditer(body, 0, len(body) - 1):
        # A quote at the beginning of a word opens; so does that of a further paragraph, without a closing one.
        before = body[found.start() - 1 : found.start()]
        depth += 1 if not before or before.isspace() or before in "([—" else -1
        if depth < 1:
            return True
    return False


def _count(raw: str, mark: str) -> int:
    return sum(raw.count(form) for form in FORMS.get(mark, (mark,)))


def _named(mark: str) -> str:
    names = {",": "commas", ".": "full stops", "!": "exclamation marks", "?": "question marks", ";": "semicolons"}
    return names.get(mark, f'"{mark}"')


CONSTRAINTS = (Exclude, Frequency, Quoted)
