"""The form of a response as text: a title, placeholders, one of given options, a pattern, a template, emoji."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal, Self

import regex
from pydantic import Field, StringConstraints, model_validator

from verif_sdk.blocks import outline
from verif_sdk.catalogue.keywords import CaseSensitive, quoted
from verif_sdk.catalogue.support.bounds import Counted
from verif_sdk.catalogue.support.patterns import Pattern, full_match, search
from verif_sdk.constraint import Check, Example
from verif_sdk.folding import fold
from verif_sdk.shown import shown
from verif_sdk.text import Text
from verif_sdk.verdict import Verdict

_TITLE = regex.compile(r"<<([^<>\n]+)>>")
# Not what brackets also stand for: a link, its definition, an index, a number of a source, a box to tick.
_PLACEHOLDER = regex.compile(
    r"(?<![A-Za-z0-9_\]])\[(?!\^|\d++\]|[xX]\](?<=^\s*+(?:[-*+]|\d{1,3}[.)])\s++\[..))"
    r"[^\[\]\n\p{L}\p{N}]*+[\p{L}\p{N}][^\[\]\n]*+\](?![(\[]|:\s*+(?:https?:|#|<))",
    regex.MULTILINE,
)
# One emoji as a reader sees it: a flag, a keycap, or a pictograph with its modifiers and joined parts.
_EMOJI = regex.compile(
    r"\p{RI}\p{RI}|[0-9#*]\uFE0F?\u20E3"
    r"|(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|\p{Emoji_Modifier_Base})"
    r"[\uFE0F\p{Emoji_Modifier}\U000E0020-\U000E007F]*"
    r"(?:\u200D\p{Extended_Pictographic}[\uFE0F\p{Emoji_Modifier}]*)*"
)


class Title(Check):
    """The response has a title: <<in angle brackets>>, or a markdown heading of level 1 at its beginning."""

    examples = (
        Example(
            {}, accepts=("<<My day>>\nIt rained.", "# My day\nIt rained."), rejects=("My day", "<< >>", "<<a\nb>>")
        ),
        Example({"style": "angle"}, accepts=("<<My day>>",), rejects=("# My day",)),
    )
    type: Literal["format:title"] = "format:title"
    style: Literal["any", "angle", "heading"] = "any"

    def instruction(self) -> str:
        how = {"angle": "<<in double angle brackets>>", "heading": 'as a first line beginning with "# "'}
        return f"Give your response a title, {how.get(self.style, ' or '.join(how.values()))}."

    def check(self, text: Text) -> Verdict:
        angle = any(map(str.isalnum, "".join(_TITLE.findall(text.shown))))
        first = text.view(outline)[:1]
        heading = bool(first and first[0].level == 1)
        found = {"any": angle or heading, "angle": angle, "heading": heading}[self.style]
        return self.verdict(found, "it has a title" if found else "it has no such title")


class Placeholders(Counted):
    """The response has a number of placeholders, such as [name].

    Markdown links, boxes to tick, footnotes, sources such as [1], and indices such as a[i] do not count.
    """

    examples = (
        Example(
            {"at_least": 2},
            accepts=("Dear [name], from [address]",),
            rejects=("Dear [name]", "[a](http://b) and [c]", "[] and []", "- [x] a\n- [x] b", "So [1]. But [2]."),
        ),
    )
    type: Literal["format:placeholders"] = "format:placeholders"

    def instruction(self) -> str:
        return f"Use {self.amount('placeholder')} in square brackets, such as [address]."

    def check(self, text: Text) -> Verdict:
        places = tuple(match.span() for match in _PLACEHOLDER.finditer(text.raw))
        return self.bounded(len(places), "placeholder", evidence=places)


class Options(Check):
    """The response is one of the given options, and nothing else.

    End marks, quotes, brackets around it and case do not count.
    """

    examples = (
        Example({"options": ["yes", "no"]}, accepts=("Yes.", '"no"', " YES\n"), rejects=("Yes, sure.", "maybe")),
    )
    type: Literal["format:options"] = "format:options"
    options: Annotated[tuple[Annotated[str, StringConstraints(min_length=1)], ...], Field(min_length=2)]
    case_sensitive: CaseSensitive = False

    def instruction(self) -> str:
        return f"Answer with exactly one of these and nothing else: {quoted(self.options)}."

    def check(self, text: Text) -> Verdict:
        given = self._plain(text.raw)
        chosen = next((option for option in self.options if self._plain(option) == given), None)
        return self.verdict(chosen is not None, f'it is "{chosen}"' if chosen else "it is none of the options")

    def _plain(self, words: str) -> str:
        joined = fold(shown(words), case_sensitive=self.case_sensitive)
        # An option may be nothing but such marks, such as "*".
        return joined.strip(" \"'*_.!¡。()[]«»「」") or joined


class Regex(Check):
    """The response matches a regular expression, somewhere or as a whole.

    `^` and `$` match at every line. A pattern that takes longer than 2 s gives an error, no verdict.
    """

    examples = (
        Example({"pattern": r"\d{3}-\d{4}"}, accepts=("Call 555-1234.",), rejects=("Call me.",)),
        Example({"pattern": r"[a-z ]+", "match": "full"}, accepts=("only small",), rejects=("Not only",)),
    )
    type: Literal["format:regex"] = "format:regex"
    pattern: Pattern
    match: Literal["search", "full"] = "search"

    def instruction(self) -> str:
        how = "Make the whole response match" if self.match == "full" else "Include text that matches"
        return f"{how} this regular expression: {self.pattern}"

    def check(self, text: Text) -> Verdict:
        if self.match == "full":
            whole = full_match(self.pattern, text.raw.strip())
            return self.verdict(whole, "the whole matches" if whole else "the whole does not match")
        found = search(self.pattern, text.raw)
        evidence = tuple(match.span for match in found[:20])
        return self.verdict(bool(found), f"{len(found)} matches", evidence=evidence)


class Template(Check):
    """The response follows a template: its fixed texts in order, with something in each {slot}.

    Whitespace is counted as one space, quotes may be straight or curly, case matters, and nothing stands before or
    after the template.
    """

    examples = (
        Example(
            {"form": "My answer: {answer}\nWhy: {reason}"},
            accepts=("My answer: 42\n\nWhy: it is known.",),
            rejects=("My answer: 42", "My answer:\nWhy: so", "Well. My answer: 42\nWhy: so"),
        ),
    )
    type: Literal["format:template"] = "format:template"
    form: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)] = Field(
        description="Fixed text with {slots} to fill in."
    )

    @model_validator(mode="after")
    def _with_slots(self) -> Self:
        if not _SLOT.search(self.form):
            raise ValueError("form has no {slot} to fill in")
        return self

    def instruction(self) -> str:
        return f"Follow this template exactly, and fill in what stands in braces:\n{self.form}"

    def check(self, text: Text) -> Verdict:
        rest, texts = fold(text.shown, case_sensitive=True), _fixed(self.form)
        if left := next((slot for slot in _SLOT.findall(self.form) if slot in rest), None):
            return self.verdict(False, f"{left} is not filled in")
        if not rest.startswith(texts[0]):
            return self.verdict(False, f'it does not begin with "{texts[0]}"')
        met, at = 1, len(texts[0])
        for fixed in texts[1:-1]:
            # The slot takes at least one character that is not the space before it.
            place = rest.find(fixed, at + 1 + rest[at : at + 1].isspace())
            if place < 0:
                return self.verdict(False, f'"{fixed}" is missing, or its slot is empty', score=met / len(texts))
            met, at = met + 1, place + len(fixed)
        end = len(rest) - len(texts[-1])
        whole = rest.endswith(texts[-1]) and bool(rest[at:end].strip())
        reason = "it follows the template" if whole else "its last slot is empty, or other text follows"
        return self.verdict(whole, reason, score=1.0 if whole else met / len(texts))


class Emoji(Counted):
    """The response has a number of emoji; a flag, a keycap and a joined family are one each."""

    examples = (
        Example({"exactly": 2}, accepts=("Hi 👋🏽 🇫🇷", "👩‍👩‍👧 1️⃣"), rejects=("Hi 👋", "(c) ™ 12", "😀😀😀")),
    )
    type: Literal["format:emoji"] = "format:emoji"

    def instruction(self) -> str:
        return f"Use {self.amount('emoji')}."

    def check(self, text: Text) -> Verdict:
        places = tuple(match.span() for match in _EMOJI.finditer(text.raw))
        return self.bounded(len(places), "emoji", evidence=places)


_SLOT = regex.compile(r"\{[^{}\n]+\}")


@lru_cache(maxsize=256)
def _fixed(form: str) -> tuple[str, ...]:
    """Return the texts before, between and after the slots of a template."""
    return tuple(fold(piece, case_sensitive=True) for piece in _SLOT.split(form))


CONSTRAINTS = (Title, Placeholders, Options, Regex, Template, Emoji)
