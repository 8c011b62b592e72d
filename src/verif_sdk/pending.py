"""`Pending`: one case on its way to its result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Literal

from verif_sdk.aggregate import rewarded, settled
from verif_sdk.case import Case
from verif_sdk.constraint import Constraint
from verif_sdk.errors import UndecidedReward, noted
from verif_sdk.question import Answer, Question
from verif_sdk.text import Text
from verif_sdk.verdict import Result, Usage, Verdict

_NOTHING = Usage()


@dataclass(frozen=True)
class Ask:
    """One question on its way to the judge: its place in a submission of several."""

    submission: Future[list[Answer]]
    place: int
    first: bool
    """Whether this case is the one that put the question to the judge, and pays for it."""


class Pending:
    """One case on its way: the verdicts by code, and the questions that stay open.

    Args:
        case: the case.
        text: its response, as it is checked.
        aggregate: what the verdicts become.
        early_exit: whether questions whose answers cannot change the reward are left unasked.
    """

    __slots__ = ("aggregate", "asks", "case", "failure", "questions", "raw", "saved", "text", "verdicts")

    def __init__(
        self, case: Case, text: Text, aggregate: Callable[[Sequence[Verdict]], float], *, early_exit: bool
    ) -> None:
        self.case, self.text, self.raw, self.aggregate = case, text, text.raw, aggregate
        self.verdicts: list[Verdict] = []
        self.questions: list[tuple[Question, ...]] = []
        """The open questions of each constraint."""
        self.asks: tuple[Ask, ...] = ()
        """Where the open questions are, in order."""
        self.saved = 0
        self.failure: Exception | None = None
        """What a check of this case raised: it has no result, and nothing is asked for it."""
        try:
            for constraint in case.constraints:
                self._check(constraint, early_exit)
            if early_exit and any(self.questions) and settled(self.verdicts, aggregate):
                self.saved += len(self.open)
                self.questions = [() for _ in self.questions]
        except Exception as error:  # noqa: BLE001  # kept with its case, for the caller to raise or to report
            self.failure, self.verdicts, self.questions = error, [], []
        if not any(self.questions):
            del self.text  # its words and sentences are not needed again

    def _check(self, constraint: Constraint, early_exit: bool) -> None:
        try:
            questions = constraint.questions(self.text)
            verdict = constraint.decide(self.text, [None] * len(questions))
        except Exception as error:
            noted(error, f"in {constraint.type}")
            raise
        if questions and early_exit and not verdict.skipped:
            # Settled without an answer, such as any_of with a check that passed.
            self.saved += len(questions)
            questions = ()
        self.verdicts.append(verdict)
        self.questions.append(questions)

    @property
    def open(self) -> list[Question]:
        """The open questions of all constraints, in order."""
        return [question for questions in self.questions for question in questions]

    def outcome(self, undecided: float | Literal["raise"] | None, timeout: float | None) -> Result | Exception:
        """Return the result, or what was raised on the way to it.

        Args:
            undecided: the reward where a verdict is undecided; "raise" makes that an `UndecidedReward`.
            timeout: the seconds that were waited for the judge, for the cause of what is unanswered.
        """
        if self.failure is not None:
            return self.failure
        answers = self._collected(timeout)
        try:
            verdicts = self._decided(answers)
            usage = self._usage(answers)
            reward = self._reward(verdicts, undecided)
            result = Result(reward=reward, verdicts=verdicts, usage=usage, id=self.case.id)
        except Exception as error:  # noqa: BLE001  # kept with its case, as in a check
            return error
        return result.about(self.raw)

    def _collected(self, timeout: float | None) -> list[Answer]:
        """Return the answers that came in time; the judge is told to stop at the others."""
        answers = []
        for one in self.asks:
            if one.submission.done() and not one.submission.cancelled():
                answers.append(one.submission.result()[one.place])
            else:
                one.submission.cancel()
                limit = "" if timeout is None else f" within {timeout:g} s"
                answers.append(Answer(error=f"the judge gave no answer{limit}"))
        return answers

    def _decided(self, answers: list[Answer]) -> tuple[Verdict, ...]:
        """Return the final verdicts, given the answer to each open question."""
        if not answers:
            return tuple(self.verdicts)
        rest = iter(answers)
        verdicts = []
        for constraint, questions, verdict in zip(
            self.case.constraints, self.questions, self.verdicts, strict=True
        ):
            own = [next(rest) for _ in questions]
            try:
                verdicts.append(constraint.decide(self.text, own) if questions else verdict)
            except Exception as error:
                noted(error, f"in {constraint.type}")
                raise
        return tuple(verdicts)

    def _reward(self, verdicts: tuple[Verdict, ...], undecided: float | Literal["raise"] | None) -> float | None:
        for verdict in verdicts:
            if verdict.error is None:
                continue
            if undecided == "raise":
                raise UndecidedReward(f"{verdict.type} is undecided: {verdict.error}")
            return undecided
        return rewarded(self.aggregate, verdicts)

    def _usage(self, answers: list[Answer]) -> Usage:
        """Return what this case cost; a shared answer is paid for by the case that asked first."""
        if not answers:
            return Usage(saved=self.saved) if self.saved else _NOTHING
        own = [answer for answer, ask in zip(answers, self.asks, strict=True) if ask.first]
        return Usage(
            asked=len(own),
            kept=sum(answer.kept for answer in own),
            shared=len(answers) - len(own),
            saved=self.saved,
            failed=sum(answer.score is None for answer in own),
            prompt_tokens=sum(answer.prompt_tokens for answer in own),
            cached_tokens=sum(answer.cached_tokens for answer in own),
            completion_tokens=sum(answer.completion_tokens for answer in own),
        )
