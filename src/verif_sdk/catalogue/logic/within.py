"""Any constraint, applied to a part of the response: a paragraph, a code block, a field of its JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from verif_sdk.any_constraint import AnyConstraint
from verif_sdk.blocks import code_blocks
from verif_sdk.catalogue.support.patterns import Pattern, search
from verif_sdk.constraint import Constraint, Example
from verif_sdk.errors import Undecidable
from verif_sdk.question import Answer, Question
from verif_sdk.text import Text
from verif_sdk.verdict import Verdict

_SHORT = {"type": "length:words", "at_most": 2}


class Within(Constraint):
    """A constraint holds for one part of the response; where the part is missing, it fails.

    `part` says what is counted: paragraphs, sentences, lines, code blocks, the matches of `pattern`
    (its first group where it has one), or the values at `path` in the response's JSON. `n` picks one of
    them: 1 is the first, -1 the last.
    """

    examples = (
        Example(
            {"part": "paragraph", "n": 2, "constraint": _SHORT},
            accepts=("A long first paragraph.\n\nTwo words.",),
            rejects=("Short.\n\nNot so short.", "Only one."),
        ),
        Example(
            {"part": "sentence", "n": -1, "constraint": {"type": "position:ends_with", "phrase": "bye"}},
            accepts=("Hello. And bye!",),
            rejects=("Bye. Hello.",),
        ),
        Example(
            {"part": "match", "pattern": "<b>(.*?)</b>", "constraint": _SHORT},
            accepts=("A <b>bold one</b>.",),
            rejects=("A <b>very bold one</b>.", "No tags."),
        ),
        Example(
            {"part": "json", "path": ["title"], "constraint": _SHORT},
            accepts=('{"title": "Two words"}', '```json\n{"title": "One"}\n```'),
            rejects=('{"title": "Now three words"}', '{"name": "x"}', "title"),
        ),
    )
    type: Literal["logic:within"] = "logic:within"
    part: Literal["paragraph", "sentence", "line", "code_block", "match", "json"]
    n: Annotated[int, Field(description="Which of them: 1 is the first, -1 the last.")] = 1
    pattern: Pattern | None = None
    path: tuple[str | int, ...] | None = None
    constraint: AnyConstraint

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.n == 0:
            raise ValueError("n counts from 1, or from -1 for the last; it cannot be 0")
        if (self.pattern is not None) != (self.part == "match"):
            raise ValueError("'pattern' goes with part 'match', and only with it")
        if (self.path is not None) != (self.part == "json"):
            raise ValueError("'path' goes with part 'json', and only with it")
        if self.part == "json" and self.n != 1:
            raise ValueError("a path names one value, so 'n' does not go with part 'json'")
        return self

    @property
    def hard(self) -> bool:
        return self.constraint.hard

    def instruction(self) -> str:
        return f"In {self._named()}: {self.constraint.instruction()}"

    def questions(self, text: Text) -> tuple[Question, ...]:
        found = self._found(text)
        return self.constraint.questions(found) if isinstance(found, Text) else ()

    def decide(self, text: Text, answers: Sequence[Answer | None] = ()) -> Verdict:
        if text.blank:
            return self.blank()
        found = self._found(text)
        if isinstance(found, Undecidable):
            return self.undecided(str(found))
        if found is None:
            return self.verdict(False, f"the response has no {self._named(article='')}")
        inner = self.constraint.decide(found, answers)
        if inner.error is not None:
            return self.undecided(inner.error, parts=(inner,))
        if inner.passed is None:
            return self.skipped(parts=(inner,))
        reason = f"{self._named(article='')}: {inner.reason}"
        return self.verdict(
            inner.passed,
            reason,
            score=inner.score,
            evidence=_shifted(text.raw, found.raw, inner.evidence),
            parts=(inner,),
        )

    def _named(self, article: str = "the ") -> str:
        which = _ordinal(self.n)
        match self.part:
            case "match":
                return f"{article}{which} match of the pattern {self.pattern}"
            case "json":
                return f"{article}JSON field {'.'.join(map(str, self.path or ()))}"
            case part:
                return f"{article}{which} {part.replace('_', ' ')}"

    def _found(self, text: Text) -> Text | Undecidable | None:
        """Return the part as a text of its own, None if the response lacks it, or why that cannot be told."""
        parts = self._parts(text)
        if isinstance(parts, Undecidable):
            return parts
        place = self.n - 1 if self.n > 0 else self.n
        return text.part(parts[place]) if -len(parts) <= place < len(parts) else None

    def _parts(self, text: Text) -> Sequence[str] | Undecidable:
        match self.part:
            case "paragraph" | "sentence" | "line":
                return text.units(self.part)
            case "code_block":
                return [block.body for block in text.view(code_blocks)]
            case "match":
                return text.view(_finder(self.pattern or ""))
            case "json":
                return _values(text.raw, self.path or ())


@lru_cache(maxsize=1024)
def _finder(pattern: str) -> Callable[[str], tuple[str, ...] | Undecidable]:
    """Return a segmenter for `Text.view`, so that asking and deciding see one outcome, a time-out included."""

    def matches(raw: str) -> tuple[str, ...] | Undecidable:
        try:
            return tuple(raw[slice(*(found.group or found.span))] for found in search(pattern, raw))
        except Undecidable as cause:
            return cause

    return matches


def _ordinal(n: int) -> str:
    if n < 0:
        return "last" if n == -1 else f"{_ordinal(-n)} to last"
    names = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    return names[n - 1] if n <= len(names) else f"number {n}"


def _values(raw: str, path: tuple[str | int, ...]) -> list[str]:
    """Return the value at `path` in the JSON of a response, as text, or nothing if the path leads nowhere."""
    from verif_sdk.catalogue.format.data import unfenced

    try:
        value = json.loads(unfenced(raw))
        for step in path:
            if isinstance(value, str):
                return []
            value = value[step]
    except (ValueError, RecursionError, LookupError, TypeError):
        return []
    return [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)]


def _shifted(raw: str, part: str, evidence: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Return offsets into a part as offsets into the whole, where the part stands in it exactly once."""
    start = raw.find(part)
    if start < 0 or raw.find(part, start + 1) >= 0:
        return ()
    return tuple((start + first, start + last) for first, last in evidence)


CONSTRAINTS = (Within,)
