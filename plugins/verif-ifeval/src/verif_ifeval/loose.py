"""The published loose reading: a constraint holds if it holds for any of eight variants of the response."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, Self

from pydantic import model_validator

from verif_ifeval.reference import is_blank
from verif_sdk import Answer, AnyConstraint, Constraint, Example, Text, Verdict

_CUT = ("without the first line", "without the last line", "without the first and the last line")
_NAMES = ("without *", *_CUT, *(f"{cut} and *" for cut in _CUT))


class Loose(Constraint):
    """A constraint holds for the response or for one of seven variants of it.

    The variants: every `*` deleted; the first line, the last, or both left out; and these without `*`.
    The constraint itself is the same for all of them, so loose is never below strict.
    Source: IFEval (arXiv 2311.07911), section 2.3.
    """

    examples = (
        Example(
            {"constraint": {"type": "ifeval:startend:end_checker", "end_phrase": "Bye."}},
            accepts=("Bye.", "**Bye.**", "So, bye.\nAnything else?"),
            rejects=("Bye. So.",),
        ),
    )
    type: Literal["ifeval:loose"] = "ifeval:loose"
    constraint: AnyConstraint

    @model_validator(mode="after")
    def _by_code(self) -> Self:
        if not self.constraint.hard:
            raise ValueError(f"{self.constraint.type} asks a judge; only a constraint by code is read loosely")
        if any(isinstance(part, Loose) for part in (self.constraint, *self.constraint.inside())):
            raise ValueError("a loose reading inside a loose one: each level takes eight times as long")
        return self

    def instruction(self) -> str:
        return self.constraint.instruction()

    def decide(self, text: Text, answers: Sequence[Answer | None] = ()) -> Verdict:
        if is_blank(text.raw):
            return self.blank()
        strict = self.constraint.decide(text)
        if strict.passed:
            return _verdict(True, strict, self.weight, self.deciders((strict,)))
        error = strict.error
        for name, variant in text.view(variants):
            verdict = self.constraint.decide(variant)
            if verdict.passed:
                return _verdict(True, verdict, self.weight, self.deciders((verdict,)), f"{name}: ")
            error = error or verdict.error
        if error is not None:
            return self.undecided(error, parts=(strict,))
        return _verdict(False, strict, self.weight, self.deciders((strict,)))


@lru_cache(maxsize=4096)
def _verdict(passed: bool, inner: Verdict, weight: float, decided_by: str, variant: str = "") -> Verdict:
    """Return a loose verdict; there are few different ones, which never change, so equal ones are one object."""
    return Verdict(
        type="ifeval:loose",
        passed=passed,
        score=float(passed),
        reason=f"{variant}{inner.reason}" if passed else f"{inner.reason}; no variant passes either",
        evidence=() if variant else inner.evidence,
        weight=weight,
        parts=(inner,),
        decided_by=decided_by,
    )


def variants(raw: str) -> tuple[tuple[str, Text], ...]:
    """Return the variants of a response that differ from it and are not blank, named, in the published order."""
    lines = raw.split("\n")
    without_first = "\n".join(lines[1:]).strip()
    without_last = "\n".join(lines[:-1]).strip()
    without_both = "\n".join(lines[1:-1]).strip()
    cut = (without_first, without_last, without_both)
    every = (raw.replace("*", ""), *cut, *(text.replace("*", "") for text in cut))
    names: dict[str, str] = {}
    for name, text in zip(_NAMES, every, strict=True):
        names.setdefault(text, name)
    return tuple((name, Text(text)) for text, name in names.items() if text != raw and text.strip())
