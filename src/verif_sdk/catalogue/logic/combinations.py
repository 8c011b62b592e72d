"""Combinations of constraints, hard and soft alike: all of, any of, not, if … then …

Each is exact with answers that are not known yet. It decides as soon as both `passed` and `score`
are certain whatever those answers turn out to be, and not before.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

from pydantic import Field

from verif_sdk.any_constraint import AnyConstraint
from verif_sdk.constraint import Constraint, Example
from verif_sdk.demand import Demand
from verif_sdk.question import Answer, Question
from verif_sdk.text import Text
from verif_sdk.verdict import Verdict

_SHORT = {"type": "length:words", "at_most": 3}
_POLITE = {"type": "keywords:include", "keywords": ["please"]}


class Combination(Constraint):
    """A constraint made of others: asks their questions in order, and decides from their verdicts."""

    @property
    @abstractmethod
    def members(self) -> tuple[Constraint, ...]:
        """The constraints that it is made of, in order."""

    @abstractmethod
    def combine(self, verdicts: tuple[Verdict, ...]) -> Verdict:
        """Return the verdict that those of the members amount to; some may be open or undecided."""

    @property
    def hard(self) -> bool:
        return all(member.hard for member in self.members)

    def questions(self, text: Text) -> tuple[Question, ...]:
        if text.blank:
            return ()
        return tuple(question for member in self.members for question in member.questions(text))

    def decide(self, text: Text, answers: Sequence[Answer | None] = ()) -> Verdict:
        if text.blank:
            return self.blank()
        rest = iter(answers)
        return self.combine(
            tuple(member.decide(text, [next(rest) for _ in member.questions(text)]) for member in self.members)
        )

    def uncertain(self, verdicts: tuple[Verdict, ...]) -> Verdict:
        """Return the verdict where the members leave the outcome open: skipped, or undecided with the cause."""
        error = next((verdict.error for verdict in verdicts if verdict.error is not None), None)
        return self.skipped(parts=verdicts) if error is None else self.undecided(error, parts=verdicts)


class AllOf(Combination):
    """Every one of the constraints holds; the score is the lowest among them."""

    examples = (
        Example(
            {"of": [_SHORT, _POLITE]},
            accepts=("Come in, please.",),
            rejects=("Come in.", "Please come in right now."),
        ),
    )
    type: Literal["logic:all_of"] = "logic:all_of"
    of: Annotated[tuple[AnyConstraint, ...], Field(min_length=1)]

    @property
    def members(self) -> tuple[Constraint, ...]:
        return self.of

    def demands(self) -> Iterable[Demand]:
        return [demand for member in self.of for demand in member.demands()]

    def instruction(self) -> str:
        return " ".join(member.instruction() for member in self.of)

    def combine(self, verdicts: tuple[Verdict, ...]) -> Verdict:
        lowest = min((verdict for verdict in verdicts if verdict.decided), key=_score, default=None)
        certain = all(verdict.decided for verdict in verdicts)
        failed = next((verdict for verdict in verdicts if verdict.passed is False), None)
        # A score of 0 may pass (a scale from its first level on), so it settles only the score.
        if lowest is None or not (certain or (failed is not None and _score(lowest) == 0.0)):
            return self.uncertain(verdicts)
        reason = f"{failed.type}: {failed.reason}" if failed else "all of them hold"
        return self.verdict(failed is None, reason, score=_score(lowest), parts=verdicts)


class AnyOf(Combination):
    """At least one of the constraints holds; the score is the highest among them."""

    examples = (
        Example(
            {"of": [_SHORT, _POLITE]},
            accepts=("Come in.", "Would you please come right in?"),
            rejects=("Come in right now.",),
        ),
    )
    type: Literal["logic:any_of"] = "logic:any_of"
    of: Annotated[tuple[AnyConstraint, ...], Field(min_length=1)]

    @property
    def members(self) -> tuple[Constraint, ...]:
        return self.of

    def instruction(self) -> str:
        if len(self.of) == 1:
            return self.of[0].instruction()
        listed = " ".join(f"({n}) {member.instruction()}" for n, member in enumerate(self.of, 1))
        return f"Do at least one of the following: {listed}"

    def combine(self, verdicts: tuple[Verdict, ...]) -> Verdict:
        highest = max((verdict for verdict in verdicts if verdict.decided), key=_score, default=None)
        certain = all(verdict.decided for verdict in verdicts)
        held = next((verdict for verdict in verdicts if verdict.passed), None)
        # A score of 1 may fail (the negation of such a scale), so it settles only the score.
        if highest is None or not (certain or (held is not None and _score(highest) == 1.0)):
            return self.uncertain(verdicts)
        reason = f"{held.type} holds: {held.reason}" if held else "none of them holds"
        return self.verdict(held is not None, reason, score=_score(highest), parts=verdicts)


class Not(Combination):
    """The constraint does not hold; a blank response fails all the same.

    The score is 1 or 0 over a hard constraint, and 1 - score over a soft one.
    """

    examples = (Example({"constraint": _POLITE}, accepts=("Come in.",), rejects=("Please come in.",)),)
    type: Literal["logic:not"] = "logic:not"
    constraint: AnyConstraint

    @property
    def members(self) -> tuple[Constraint, ...]:
        return (self.constraint,)

    def instruction(self) -> str:
        return f"Do not do the following: {self.constraint.instruction()}"

    def combine(self, verdicts: tuple[Verdict, ...]) -> Verdict:
        (inner,) = verdicts
        if not inner.decided:
            return self.uncertain(verdicts)
        # The near miss of a check (98 of 100 words) is a full success of its negation.
        score = float(not inner.passed) if self.hard else 1.0 - _score(inner)
        return self.verdict(not inner.passed, f"{inner.type}: {inner.reason}", score=score, parts=verdicts)


class IfThen(Combination):
    """If one constraint holds, another has to; if it does not, nothing is asked."""

    examples = (
        Example(
            {"condition": _POLITE, "then": _SHORT},
            accepts=("Come in, please.", "Come in right now, all of you."),
            rejects=("Please come in right now.",),
        ),
    )
    type: Literal["logic:if_then"] = "logic:if_then"
    condition: AnyConstraint
    then: AnyConstraint

    @property
    def members(self) -> tuple[Constraint, ...]:
        return (self.condition, self.then)

    def instruction(self) -> str:
        return f"If your response does this: ({self.condition.instruction()}) then also: {self.then.instruction()}"

    def combine(self, verdicts: tuple[Verdict, ...]) -> Verdict:
        condition, then = verdicts
        if condition.passed is False:
            decided_by = self.deciders((condition,))
            return self.verdict(True, "the condition does not hold", parts=verdicts, decided_by=decided_by)
        met = then.decided and then.passed and _score(then) == 1.0
        if not then.decided or not (condition.passed or met):
            return self.uncertain(verdicts)
        return self.verdict(bool(then.passed), f"{then.type}: {then.reason}", score=_score(then), parts=verdicts)


def _score(verdict: Verdict) -> float:
    return verdict.score if verdict.score is not None else 0.0


CONSTRAINTS = (AllOf, AnyOf, Not, IfThen)
