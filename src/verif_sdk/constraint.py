"""`Constraint`, and its two kinds: `Check` decides by code, `Judged` asks a judge."""

# No `from __future__ import annotations`: every subclass would compile and evaluate them anew, 180 times.

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import ConfigDict, Field, model_validator

from verif_sdk.demand import Demand
from verif_sdk.errors import PluginError, Undecidable
from verif_sdk.question import YES_NO, Answer, Question
from verif_sdk.text import Text
from verif_sdk.value import Value
from verif_sdk.verdict import Verdict

AND = " + "
"""Joins the names in `decided_by` when several decided one verdict."""

_NEEDED = {"prompt": "the prompt", "reference": "a reference"}


class Example(NamedTuple):
    """Parameters of a constraint with responses that it accepts and rejects; run as tests, shown in the docs."""

    params: Mapping[str, Any]
    accepts: tuple[str, ...]
    rejects: tuple[str, ...]
    prompt: str | None = None
    reference: str | None = None


class Constraint(Value, ABC):
    """One requirement on a response: its fields are its parameters, its class is its behaviour.

    A subclass has a docstring (its catalogue entry), a `type` (`family:name`, a Literal with that
    default), a `template` and `examples`, and is either a `Check` or a `Judged`.
    """

    model_config = ConfigDict(defer_build=True)

    template: ClassVar[str] = ""
    """The instruction with `{field}` where a parameter goes."""
    examples: ClassVar[tuple[Example, ...]] = ()
    needs: ClassVar[Literal["prompt", "reference"] | None] = None
    """The field of a case that a judged constraint requires; the verdict on a case without it is undecided."""
    runs_program: ClassVar[bool] = False
    """Whether checking may wait for a program that came with the data."""
    provider: ClassVar[str] = ""
    """The distribution and version whose plugin provides this class; without one, the class's dotted name."""

    type: str
    weight: Annotated[float, Field(gt=0, allow_inf_nan=False, description="Its share in a weighted reward.")] = 1.0

    @model_validator(mode="before")
    @classmethod
    def _none_is_absent(cls, data: Any) -> Any:
        # Data sets pad rows with None; every other value, including 0 and "", is intended.
        if isinstance(data, (dict, Mapping)):  # most are dicts, and that test is the fast one
            return {name: value for name, value in data.items() if value is not None}
        return data

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        cls.provider = f"{cls.__module__}.{cls.__qualname__}"  # not inherited: a subclass brings its own code

    @property
    def hard(self) -> bool:
        """Whether code alone decides it."""
        return True

    def instruction(self) -> str:
        """Return the sentence that tells a model what to do: the template, filled in."""
        return fill(self.template, {name: getattr(self, name) for name in type(self).model_fields})

    def inside(self) -> "Iterator[Constraint]":
        """Yield the constraints nested in its fields, at any depth."""
        for value in vars(self).values():
            for part in value if isinstance(value, tuple) else (value,):
                if isinstance(part, Constraint):
                    yield part
                    yield from part.inside()

    def demands(self) -> Iterable[Demand]:
        """Return the quantities and properties it constrains, for `verif check-dataset` to find contradictions."""
        return ()

    def questions(self, text: Text) -> tuple[Question, ...]:
        """Return the questions that a judge must answer to decide `text`: none, for a check."""
        return ()

    @abstractmethod
    def decide(self, text: Text, answers: Sequence[Answer | None] = ()) -> Verdict:
        """Return the verdict on `text`.

        Args:
            text: the response.
            answers: one per question of `questions(text)`, in order; None stands for an answer
                that is not known yet. A constraint whose outcome depends on a missing answer returns a
                skipped verdict; otherwise it decides.
        """

    def verdict(
        self,
        passed: bool,
        reason: str = "",
        *,
        score: float | None = None,
        evidence: tuple[tuple[int, int], ...] = (),
        parts: tuple[Verdict, ...] = (),
        decided_by: str = "",
    ) -> Verdict:
        """Return a decided verdict of this constraint.

        Args:
            passed: whether it holds.
            reason: one sentence for a person.
            score: in [0, 1]; 1.0 or 0.0 unless given.
            evidence: (start, end) offsets of the passages in the text that the verdict rests on.
            parts: the verdicts that this one combines.
            decided_by: what reproduces the verdict; by default the provider of the class, followed by whatever
                decided the parts.
        """
        details: dict[str, Any] = {}
        if evidence:
            details["evidence"] = evidence
        if parts:
            details["parts"] = parts
        return Verdict(
            type=self.type,
            passed=passed,
            score=float(passed) if score is None else score,
            reason=reason,
            hard=self.hard,
            weight=self.weight,
            decided_by=decided_by or (self.deciders(parts) if parts else self.provider),
            **details,
        )

    def deciders(self, parts: Iterable[Verdict]) -> str:
        """Return the `decided_by` of a verdict that combines `parts`: the provider, then those of the parts."""
        names = [self.provider]
        for part in parts:
            names += part.decided_by.split(AND) if part.decided else ()
        return AND.join(dict.fromkeys(names))

    def undecided(self, error: str, *, parts: tuple[Verdict, ...] = ()) -> Verdict:
        """Return an undecided verdict of this constraint, with the cause in words."""
        return Verdict(type=self.type, error=error, hard=self.hard, weight=self.weight, parts=parts)

    def skipped(self, *, parts: tuple[Verdict, ...] = ()) -> Verdict:
        """Return the verdict of this constraint while its questions are unanswered."""
        return Verdict(
            type=self.type, skipped=True, reason="not asked", hard=self.hard, weight=self.weight, parts=parts
        )

    def lacking(self, text: Text) -> Verdict | None:
        """Return an undecided verdict if the case lacks what this constraint needs, else None."""
        if self.needs is None or getattr(text, self.needs) is not None:
            return None
        return self.undecided(f"{self.type} needs {_NEEDED[self.needs]}; give the case one")

    def blank(self) -> Verdict:
        """Return the verdict on a blank response: failed, whatever was required."""
        return self.verdict(False, "the response is blank")


class Check(Constraint):
    """A constraint that code decides, the same way every time."""

    @abstractmethod
    def check(self, text: Text) -> Verdict:
        """Return `self.verdict(...)` for a response that is not blank.

        It must not raise on any text, except `Undecidable` with the cause if it cannot decide.
        """

    def decide(self, text: Text, answers: Sequence[Answer | None] = ()) -> Verdict:
        if text.blank:
            return self.blank()
        try:
            verdict = self.check(text)
        except Undecidable as cause:
            return self.undecided(str(cause))
        if isinstance(verdict, Verdict):
            return verdict
        where = f"{self.type} ({self.provider})"
        raise PluginError(
            f"{where}: check returned {verdict!r:.80}, not a Verdict; end it with `return self.verdict(...)`"
        )


class Judged(Constraint):
    """A constraint that a judge decides: most are fields and a `template`, no code."""

    answers: ClassVar[tuple[tuple[str, float], ...]] = YES_NO
    """The answers the judge may give, each with its score in [0, 1]."""
    threshold: ClassVar[float] = 0.5
    """The lowest score that passes."""

    @property
    def hard(self) -> bool:
        return False

    def question(self, text: Text) -> str:
        """Return the question, which quotes the instruction so that the two cannot drift apart."""
        return f"Does the response follow this requirement? {self.instruction()}"

    def questions(self, text: Text) -> tuple[Question, ...]:
        if text.blank or self.lacking(text):
            return ()
        return (
            Question(
                prompt=text.prompt,
                response=text.raw,
                question=self.question(text),
                answers=self.answers,
                reference=text.reference if self.needs == "reference" else None,
                type=self.type,
                requirements=(self.instruction(),),
            ),
        )

    def decide(self, text: Text, answers: Sequence[Answer | None] = ()) -> Verdict:
        if text.blank:
            return self.blank()
        if lacking := self.lacking(text):
            return lacking
        (answer,) = answers
        if answer is None:
            return self.skipped()
        if answer.score is None:
            return self.undecided(answer.error or "the judge gave no answer")
        passed = self.passes(answer.score)
        return self.verdict(passed, answer.reason, score=answer.score, decided_by=answer.decided_by)

    def passes(self, score: float) -> bool:
        """Return whether a judge's score, in [0, 1], is enough."""
        return score >= self.threshold


def fill(template: str, values: Mapping[str, Any]) -> str:
    """Return `template` with each `{name}` replaced by its value, in one pass: braces in a value stay."""
    return _FIELD.sub(lambda match: _worded(values[match[1]]), template)


def fields_of(template: str) -> list[str]:
    """Return the names that `fill` replaces, in order."""
    return _FIELD.findall(template)


_FIELD = re.compile(r"\{(\w+)\}")


def _worded(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return ", ".join(f'"{item}"' if isinstance(item, str) else str(item) for item in value)
    return str(value)
