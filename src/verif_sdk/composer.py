"""`Composer`: checks by code, judges what is left in one stream, and folds the verdicts into a reward."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Literal, TypeVar

from verif_sdk.aggregate import Aggregator, bound, rewarded, settled
from verif_sdk.case import THINK, Case
from verif_sdk.errors import InvalidSpec, MissingJudge, UndecidedReward, noted
from verif_sdk.judges.spec import checked, resolve
from verif_sdk.pending import Asked, Pending
from verif_sdk.plugins.registry import Registry
from verif_sdk.problems import shown
from verif_sdk.question import Judge
from verif_sdk.sandbox.choice import unsandboxed
from verif_sdk.threads import NEVER, in_thread, run_programs, threads_of_programs, until
from verif_sdk.verdict import Result, Verdict

T = TypeVar("T")


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
        unsandboxed: whether programs that came with the data (`code:python`) run as plain
            subprocesses, which can read, change and send what you can.

    Raises:
        InvalidSpec: the judge has no coroutine `answer`, or `aggregate` or `missing` is none of the above.
        UnknownName: no plugin provides the aggregator.
    """

    judge: Judge | str | None = None
    aggregate: str | Aggregator = "verif"
    missing: float | Literal["raise"] | None = None
    early_exit: bool = True
    think: tuple[str, str] | None = THINK
    timeout: float | None = None
    unsandboxed: bool = False

    def __post_init__(self) -> None:
        if self.judge is not None and not isinstance(self.judge, str):
            checked(self.judge)
        if not callable(self._aggregator()):
            raise InvalidSpec(f"aggregate is the name of an aggregator or a function, got {shown(self.aggregate)}")
        if not (self.missing is None or self.missing == "raise" or _is_reward(self.missing)):
            raise InvalidSpec(f"missing is None, 'raise' or a number in [0, 1], got {shown(self.missing)}")

    def verify(self, case: Case) -> Result:
        """Return the result of one case."""
        return self.verify_batch([case])[0]

    def verify_batch(self, cases: Iterable[Case]) -> list[Result]:
        """Return one result per case, in order.

        Raises:
            MissingJudge: a soft constraint, and no judge; before anything is scored.
            UndecidedReward: a verdict is undecided and `missing` is "raise".
            Exception: whatever a check or the aggregator raised first, with a note of the case.
        """
        waiting = self._begin(list(cases))
        with _cancelling(waiting):
            _raise_first([pending.failure for pending in waiting])  # before anyone waits for a judge
            return _raise_first(self._waited(waiting))

    def outcomes(self, cases: Iterable[Case]) -> list[Result | Exception]:
        """Return, per case and in order, its result, or what a check or the aggregator raised on it.

        A case that raises costs the others nothing. A wrong configuration raises, as in `verify_batch`.
        """
        waiting = self._begin(list(cases))
        with _cancelling(waiting):
            return self._waited(waiting)

    async def averify_batch(self, cases: Iterable[Case]) -> list[Result]:
        """Return what `verify_batch` does, without blocking the caller's event loop."""
        return _raise_first(await self.aoutcomes(cases))

    async def aoutcomes(self, cases: Iterable[Case]) -> list[Result | Exception]:
        """Return what `outcomes` does, without blocking the caller's event loop."""
        import asyncio  # which checks alone do not need

        waiting = await self._abegin(cases)
        with _cancelling(waiting):
            submissions = {ask.submission for pending in waiting for ask in pending.asks}
            if submissions:
                await asyncio.wait(map(asyncio.wrap_future, submissions), timeout=self.timeout)
            return self._finished(waiting)

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

    async def _abegin(self, cases: Iterable[Case]) -> list[Pending]:
        """Read and check the cases in a thread; those that run programs wait for them in threads of their own."""

        def begin(given_up: Event) -> list[Pending] | list[Case]:
            read = list(until(given_up, cases))
            return read if run_programs(read) else self._begin(read, given_up)

        begun = await in_thread(begin)
        read = [one for one in begun if isinstance(one, Case)]
        waiting = [one for one in begun if isinstance(one, Pending)]
        return await in_thread(partial(self._begin, read), threads_of_programs()) if read else waiting

    def _begin(self, cases: list[Case], given_up: Event = NEVER) -> list[Pending]:
        """Check every case by code; the judge starts on each as soon as its open questions are known.

        Where nobody waits for them any more, the cases that are left are left alone.
        """
        with unsandboxed(self.unsandboxed):
            return self._asked(cases, given_up)

    def _asked(self, cases: list[Case], given_up: Event) -> list[Pending]:
        judge = self._judge(cases)
        aggregate = self._aggregator()
        asked = Asked()
        # A judge that divides a budget sees the batch as a whole; others begin while checks still run.
        whole = getattr(judge, "whole_batch", False)
        waiting = []
        for case in until(given_up, cases):
            pending = Pending(case, case.text(self.think), self.early_exit)
            waiting.append(pending)
            if judge is None or not pending.wanted:
                continue
            if self.early_exit and _settles(pending, aggregate):
                pending.save()
            elif not whole:
                asked.submit(judge, pending.wanted)
        if judge is not None:
            if whole:
                asked.submit(judge, [question for pending in waiting for question in pending.wanted])
            for pending in waiting:
                pending.claim(asked)
        return waiting

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

    def _waited(self, waiting: list[Pending]) -> list[Result | Exception]:
        wait({ask.submission for pending in waiting for ask in pending.asks}, self.timeout)
        return self._finished(waiting)

    def _finished(self, waiting: list[Pending]) -> list[Result | Exception]:
        aggregate = self._aggregator()
        with unsandboxed(self.unsandboxed):
            return [pending.failure or self._outcome(pending, aggregate) for pending in waiting]

    def _outcome(self, pending: Pending, aggregate: Aggregator) -> Result | Exception:
        answers = pending.collected(self.timeout)
        try:
            verdicts = pending.decided(answers)
            reward = self._reward(verdicts, aggregate)
            usage = pending.usage(answers)
            return Result(reward=reward, verdicts=verdicts, usage=usage, id=pending.case.id).about(
                pending.text.raw
            )
        except Exception as error:  # noqa: BLE001  # the case's own, for the caller to raise or to report
            return error

    def _reward(self, verdicts: Sequence[Verdict], aggregate: Aggregator) -> float | None:
        for verdict in verdicts:
            if verdict.error is None:
                continue
            if self.missing == "raise":
                raise UndecidedReward(f"{verdict.type} is undecided: {verdict.error}")
            return self.missing
        # A skipped verdict was proven not to matter, so either bound gives the reward.
        return rewarded(
            aggregate, [bound(verdict, passed=False) if verdict.skipped else verdict for verdict in verdicts]
        )


def _is_reward(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


@contextmanager
def _cancelling(waiting: list[Pending]) -> Iterator[None]:
    """Tell the judge that nobody waits any more, where an error ends the batch."""
    try:
        yield
    except BaseException:
        for pending in waiting:
            pending.cancel()
        raise


def _raise_first(outcomes: Sequence[T | Exception]) -> list[T]:
    """Return the outcomes if none is an exception; else raise the first, with a note of its case."""
    for place, outcome in enumerate(outcomes):
        if isinstance(outcome, Exception):
            raise outcome if len(outcomes) == 1 else noted(outcome, f"case {place} of the batch, from 0")
    return [outcome for outcome in outcomes if not isinstance(outcome, Exception)]


def _settles(pending: Pending, aggregate: Aggregator) -> bool:
    """Return whether the verdicts by code settle the reward; an aggregator that raises fails its case."""
    try:
        return settled(pending.verdicts, aggregate)
    except Exception as error:  # noqa: BLE001  # the case's own, as in a check
        pending.fail(error)
        return True
