"""`Composer`: checks by code, judges what is left in one stream, and folds the verdicts into a reward."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Literal

from verif_sdk import background
from verif_sdk.aggregate import is_monotone
from verif_sdk.case import THINK, Case
from verif_sdk.errors import MissingJudge, UndecidedReward
from verif_sdk.hookspecs import Aggregator
from verif_sdk.judges import resolve
from verif_sdk.question import Answer, Judge, Question
from verif_sdk.registry import Registry
from verif_sdk.text import Text
from verif_sdk.verdict import Result, Usage, Verdict


@dataclass(frozen=True)
class Composer:
    """A configuration that turns cases into results. Safe under many threads and event loops; picklable.

    Args:
        judge: a judge, a spec such as "vllm:Qwen/Qwen3-8B", or None for VERIF_JUDGE.
        aggregate: the name of an aggregator, or a function from decided verdicts to [0, 1].
        missing: the reward of a response with an undecided verdict: None, a number in [0, 1],
            or "raise".
        early_exit: whether judge calls that cannot change the reward are left out; their verdicts
            are `skipped`.
        think: the tags around reasoning, which is removed before checking; None keeps it.
        timeout: seconds that a batch waits for its judge; what is unanswered then is undecided. None
            waits for as long as the judge's own limits allow.
    """

    judge: Judge | str | None = None
    aggregate: str | Aggregator = "verif"
    missing: float | Literal["raise"] | None = None
    early_exit: bool = True
    think: tuple[str, str] | None = THINK
    timeout: float | None = None

    def verify(self, case: Case) -> Result:
        """Return the result of one case."""
        return self.verify_batch([case])[0]

    def verify_batch(self, cases: Iterable[Case]) -> list[Result]:
        """Return one result per case, in order.

        Raises:
            MissingJudge: a soft constraint, and no judge; before anything is scored.
            UndecidedReward: a verdict is undecided and `missing` is "raise".
        """
        rollouts = self._begin(list(cases))
        try:
            wait({ask.submission for rollout in rollouts for ask in rollout.asks}, self.timeout)
            return self._finished(rollouts)
        except BaseException:
            _cancel(rollouts)
            raise

    async def averify_batch(self, cases: Iterable[Case]) -> list[Result]:
        """Return what `verify_batch` does, without blocking the caller's event loop."""
        rollouts = await asyncio.to_thread(self._begin, list(cases))
        try:
            submissions = {ask.submission for rollout in rollouts for ask in rollout.asks}
            if submissions:
                await asyncio.wait(map(asyncio.wrap_future, submissions), timeout=self.timeout)
            return self._finished(rollouts)
        except BaseException:
            _cancel(rollouts)
            raise

    def check(self, cases: Sequence[Case] = ()) -> None:
        """Raise now what is wrong with this configuration, and would be raised later.

        Args:
            cases: those to come; a judge is looked for only where one of them needs it.

        Raises:
            UnknownName: no plugin provides the aggregator, or the judge.
            InvalidSpec: the judge's spec cannot be read.
            MissingExtra: the judge's backend is not installed.
            MissingJudge: a soft constraint, and no judge.
        """
        self._aggregator()
        self._judge(cases)

    def _begin(self, cases: list[Case]) -> list[_Rollout]:
        """Check every case by code; the judge starts on each as soon as its open questions are known."""
        judge = self._judge(cases)
        aggregate = self._aggregator()
        asked = _Asked()
        # A judge that divides a budget sees the batch as a whole; others begin while checks still run.
        whole = getattr(judge, "whole_batch", False)
        rollouts = []
        for case in cases:
            rollout = _Rollout(case, case.text(self.think), self.early_exit)
            rollouts.append(rollout)
            if judge is None or not rollout.wanted:
                continue
            if self.early_exit and _settled(rollout.verdicts, aggregate):
                rollout.save()
            elif not whole:
                asked.submit(judge, rollout.wanted)
        if judge is not None:
            if whole:
                asked.submit(judge, [question for rollout in rollouts for question in rollout.wanted])
            for rollout in rollouts:
                rollout.claim(asked)
        return rollouts

    def _judge(self, cases: Sequence[Case]) -> Judge | None:
        soft = next((item.type for case in cases for item in case.constraints if not item.hard), None)
        if soft is None:
            return None
        judge = resolve(self.judge)
        if judge is None:
            raise MissingJudge(
                f"{soft} needs a judge: pass judge=, or set VERIF_JUDGE to a spec such as "
                "'vllm:Qwen/Qwen3-8B' or 'openai:MODEL?base_url=http://localhost:8000/v1'"
            )
        return judge

    def _aggregator(self) -> Aggregator:
        return (
            Registry.installed().aggregator(self.aggregate) if isinstance(self.aggregate, str) else self.aggregate
        )

    def _collected(self, rollout: _Rollout) -> list[Answer]:
        """Return the answers that have come in; the judge is told to stop at the others."""
        answers = []
        for ask in rollout.asks:
            if ask.submission.done() and not ask.submission.cancelled():
                answers.append(ask.submission.result()[ask.place])
            else:
                ask.submission.cancel()
                answers.append(Answer(error=f"the judge gave no answer within {self.timeout:g} s"))
        return answers

    def _finished(self, rollouts: list[_Rollout]) -> list[Result]:
        aggregate = self._aggregator()
        results = []
        for rollout in rollouts:
            answers = self._collected(rollout)
            verdicts = rollout.decided(answers)
            reward = self._reward(verdicts, aggregate)
            results.append(
                Result(reward=reward, verdicts=verdicts, usage=rollout.usage(answers), id=rollout.case.id)
            )
        return results

    def _reward(self, verdicts: Sequence[Verdict], aggregate: Aggregator) -> float | None:
        for verdict in verdicts:
            if verdict.error is None:
                continue
            if self.missing == "raise":
                raise UndecidedReward(f"{verdict.type} is undecided: {verdict.error}")
            return self.missing
        # A skipped verdict was proven not to matter, so either bound gives the reward.
        return aggregate([_bound(verdict, passed=False) if verdict.skipped else verdict for verdict in verdicts])


_NOTHING = Usage()


@dataclass(frozen=True)
class _Ask:
    """One question on its way to the judge: its place in a submission of several."""

    submission: Future[list[Answer]]
    place: int


class _Asked:
    """The questions of one batch, each of which the judge is asked once."""

    def __init__(self) -> None:
        self._asks: dict[Question, _Ask] = {}
        self._claimed: set[Question] = set()

    def submit(self, judge: Judge, questions: Iterable[Question]) -> None:
        """Send those that no case has asked yet, next to each other."""
        new = [question for question in dict.fromkeys(questions) if question not in self._asks]
        if new:
            submission = background.submit(_answers(judge, new))
            self._asks.update((question, _Ask(submission, place)) for place, question in enumerate(new))

    def claim(self, question: Question) -> tuple[_Ask, bool]:
        """Return where a question is, and whether this is the first claim to it, which pays for it."""
        first = question not in self._claimed
        self._claimed.add(question)
        return self._asks[question], first


class _Rollout:
    """One case on its way: the verdicts by code, and the questions that stay open."""

    __slots__ = ("asks", "case", "first", "questions", "saved", "text", "verdicts")

    def __init__(self, case: Case, text: Text, early_exit: bool) -> None:
        self.case = case
        self.text = text
        self.verdicts: list[Verdict] = []
        self.questions: list[tuple[Question, ...]] = []
        self.asks: list[_Ask] = []
        self.first: list[bool] = []
        """Per ask, whether this case is the one that put the question to the judge."""
        self.saved = 0
        for constraint in case.constraints:
            questions = constraint.questions(text)
            verdict = constraint.decide(text, [None] * len(questions))
            if questions and early_exit and not verdict.skipped:
                # Settled without an answer, such as any_of with a check that passed.
                self.saved += len(questions)
                questions = ()
            self.verdicts.append(verdict)
            self.questions.append(questions)

    @property
    def wanted(self) -> list[Question]:
        """The open questions of all constraints, in order."""
        return [question for questions in self.questions for question in questions]

    def save(self) -> None:
        """Leave the open questions unasked."""
        self.saved += len(self.wanted)
        self.questions = [() for _ in self.questions]

    def claim(self, asked: _Asked) -> None:
        """Take the places of the open questions, which have been sent."""
        for question in self.wanted:
            ask, first = asked.claim(question)
            self.asks.append(ask)
            self.first.append(first)

    def decided(self, answers: list[Answer]) -> tuple[Verdict, ...]:
        """Return the final verdicts, given the answer to each of `asks`."""
        if not answers:
            return tuple(self.verdicts)
        rest = iter(answers)
        return tuple(
            constraint.decide(self.text, [next(rest) for _ in questions]) if questions else verdict
            for constraint, questions, verdict in zip(
                self.case.constraints, self.questions, self.verdicts, strict=True
            )
        )

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


async def _answers(judge: Judge, questions: list[Question]) -> list[Answer]:
    """Return the judge's answers; a judge that fails as a whole leaves each question undecided."""
    try:
        answers = await judge.answer(questions)
    except Exception as cause:  # noqa: BLE001  # a judge may be anyone's code, and its failure is no verdict
        return [Answer(error=f"the judge failed: {type(cause).__name__}: {cause}")] * len(questions)
    if len(answers) != len(questions):
        error = f"the judge gave {len(answers)} answers to {len(questions)} questions"
        return [Answer(error=error)] * len(questions)
    return answers


def _settled(verdicts: Sequence[Verdict], aggregate: Aggregator) -> bool:
    """Return whether no open verdict can change the reward any more."""
    if any(verdict.error is not None for verdict in verdicts):
        return True
    if not is_monotone(aggregate):
        return False
    low, high = ([_bound(verdict, passed=passed) for verdict in verdicts] for passed in (False, True))
    return aggregate(low) == aggregate(high)


def _bound(verdict: Verdict, *, passed: bool) -> Verdict:
    """Return `verdict`, or for a skipped one the worst or the best it could be."""
    if not verdict.skipped:
        return verdict
    return verdict.model_copy(update={"skipped": False, "passed": passed, "score": float(passed)})


def _cancel(rollouts: Iterable[_Rollout]) -> None:
    for rollout in rollouts:
        for ask in rollout.asks:
            ask.submission.cancel()
