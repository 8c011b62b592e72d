"""`Pending`: one case on its way through the composer, and the questions that a batch has asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass

from verif_sdk.case import Case
from verif_sdk.constraint import Constraint
from verif_sdk.errors import noted
from verif_sdk.late import once
from verif_sdk.question import Answer, Judge, Question
from verif_sdk.text import Text
from verif_sdk.verdict import Usage, Verdict

_NOTHING = Usage()


@dataclass(frozen=True)
class Ask:
    """One question on its way to the judge: its place in a submission of several."""

    submission: Future[list[Answer]]
    place: int


@once
def _sending() -> Callable[[Judge, list[Question]], Future[list[Answer]]]:
    """Return what sends questions to a judge; it needs asyncio, which checks alone do not."""
    from verif_sdk.event_loop import submit
    from verif_sdk.judges.asking import ask

    return lambda judge, questions: submit(ask(judge, questions))


class Asked:
    """The questions of one batch, each of which the judge is asked once."""

    def __init__(self) -> None:
        self._asks: dict[Question, Ask] = {}
        self._claimed: set[Question] = set()

    def submit(self, judge: Judge, questions: Iterable[Question]) -> None:
        """Send those that no case has asked yet, next to each other."""
        new = [question for question in dict.fromkeys(questions) if question not in self._asks]
        if new:
            submission = _sending()(judge, new)
            self._asks.update((question, Ask(submission, place)) for place, question in enumerate(new))

    def claim(self, question: Question) -> tuple[Ask, bool]:
        """Return where a question is, and whether this is the first claim to it, which pays for it."""
        first = question not in self._claimed
        self._claimed.add(question)
        return self._asks[question], first


class Pending:
    """One case on its way: the verdicts by code, and the questions that stay open."""

    __slots__ = ("asks", "case", "failure", "first", "questions", "saved", "text", "verdicts")

    def __init__(self, case: Case, text: Text, early_exit: bool) -> None:
        self.case = case
        self.text = text
        self.verdicts: list[Verdict] = []
        self.questions: list[tuple[Question, ...]] = []
        self.asks: tuple[Ask, ...] = ()
        self.first: tuple[bool, ...] = ()
        """Per ask, whether this case is the one that put the question to the judge."""
        self.saved = 0
        self.failure: Exception | None = None
        """What a check of this case raised: it has no result, and nothing is asked for it."""
        for constraint in case.constraints:
            try:
                self._check(constraint, early_exit)
            except Exception as error:  # noqa: BLE001  # kept with its case, for the caller to raise or to report
                self.fail(noted(error, f"in {constraint.type}"))
                break
        if not self.wanted:
            self.text = text.part(text.raw)  # its words and sentences are not needed again

    def _check(self, constraint: Constraint, early_exit: bool) -> None:
        questions = constraint.questions(self.text)
        verdict = constraint.decide(self.text, [None] * len(questions))
        if questions and early_exit and not verdict.skipped:
            # Settled without an answer, such as any_of with a check that passed.
            self.saved += len(questions)
            questions = ()
        self.verdicts.append(verdict)
        self.questions.append(questions)

    def fail(self, error: Exception) -> None:
        """Keep what was raised on this case, and leave its questions unasked."""
        self.failure = error
        self.verdicts, self.questions = [], []

    @property
    def wanted(self) -> list[Question]:
        """The open questions of all constraints, in order."""
        return [question for questions in self.questions for question in questions]

    def save(self) -> None:
        """Leave the open questions unasked."""
        self.saved += len(self.wanted)
        self.questions = [() for _ in self.questions]

    def claim(self, asked: Asked) -> None:
        """Take the places of the open questions, which have been sent."""
        if claims := [asked.claim(question) for question in self.wanted]:
            self.asks, self.first = zip(*claims, strict=True)

    def collected(self, timeout: float | None) -> list[Answer]:
        """Return the answers that came in within `timeout` seconds; the judge is told to stop at the others."""
        answers = []
        for one in self.asks:
            if one.submission.done() and not one.submission.cancelled():
                answers.append(one.submission.result()[one.place])
            else:
                one.submission.cancel()
                limit = "" if timeout is None else f" within {timeout:g} s"
                answers.append(Answer(error=f"the judge gave no answer{limit}"))
        return answers

    def cancel(self) -> None:
        """Tell the judge that nobody waits any more."""
        for one in self.asks:
            one.submission.cancel()

    def decided(self, answers: list[Answer]) -> tuple[Verdict, ...]:
        """Return the final verdicts, given the answer to each of `asks`."""
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

    def usage(self, answers: list[Answer]) -> Usage:
        """Return what this case cost; a shared answer is paid for by the case that asked first."""
        if not answers:
            return Usage(saved=self.saved) if self.saved else _NOTHING
        own = [answer for answer, first in zip(answers, self.first, strict=True) if first]
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
