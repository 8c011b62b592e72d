"""`Composer`: a configuration that turns cases into results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, fields
from functools import cached_property, partial
from threading import Event
from typing import Any, Literal, TypeVar

from verif_sdk import arguments
from verif_sdk.aggregate import Aggregator, try_out
from verif_sdk.batch import begin
from verif_sdk.case import THINK, Case, Message, Specs, case_of, read_cases
from verif_sdk.errors import MissingJudge, noted
from verif_sdk.judges.shared import resolve, start
from verif_sdk.judges.spec import look_at
from verif_sdk.pending import Pending
from verif_sdk.plugins.registry import Registry
from verif_sdk.question import Answer, Judge
from verif_sdk.sandbox.choice import unsandboxed
from verif_sdk.threads import NEVER, in_thread, run_programs, threads_of_programs
from verif_sdk.verdict import Result

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Composer:
    """A configuration that turns cases into results; picklable, and safe under many threads and event loops.

    Its methods take the arguments of the functions of the same names, minus the configuration.

    Args:
        judge: a judge, or a spec such as "vllm:Qwen/Qwen3-8B"; else VERIF_JUDGE. Only soft constraints need one.
        aggregate: the name of an aggregator, or a function from decided verdicts to [0, 1], which is first tried
            on made-up verdicts.
        undecided: the reward of a response with an undecided verdict: None, a number in [0, 1], or "raise".
        early_exit: whether to skip judge calls that cannot change the reward; their verdicts are `skipped`.
        think: the tags around reasoning, which is removed before checking; None keeps it.
        timeout: seconds that a batch waits for its judge; questions unanswered by then are undecided. None waits
            for as long as the judge's own limits allow.
        unsandboxed: whether programs that came with the data (`code:python`) run as plain subprocesses, which can
            read, change and send what you can.
        plugins: names of plugin modules (see `Registry.use`); a process that unpickles this loads them too.

    Raises:
        InvalidSpec: an argument is wrong, or the judge has no coroutine `answer`.
        UnknownName: no plugin provides the aggregator or the judge.
        MissingExtra: the judge's backend is not installed.
        PluginError: the aggregator returns something outside [0, 1], or a plugin cannot be used.
    """

    judge: Judge | str | None = None
    aggregate: str | Aggregator = "verif"
    undecided: float | Literal["raise"] | None = None
    early_exit: bool = True
    think: tuple[str, str] | None = THINK
    timeout: float | None = None
    unsandboxed: bool = False
    plugins: Sequence[str] = ()

    def __post_init__(self) -> None:
        arguments.check(self)
        if self.plugins:
            Registry.use(*self.plugins)
        if self.judge is not None:
            look_at(self.judge)
        try_out(self.aggregator)

    def __getstate__(self) -> dict[str, Any]:
        """Return only the fields: in another process a name may stand for another function."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        Registry.use(*self.plugins)

    @cached_property
    def aggregator(self) -> Aggregator:
        """The function that `aggregate` is or names."""
        aggregate = self.aggregate
        return Registry.installed().aggregator(aggregate) if isinstance(aggregate, str) else aggregate

    def verify(
        self,
        response: str | Sequence[Message] | Case | Mapping[str, Any],
        constraints: Specs | None = None,
        *,
        prompt: str | Sequence[Message] | None = None,
        reference: str | None = None,
    ) -> Result:
        """Return the result of one response, or of a case that brings its own constraints."""
        return self.verify_batch([case_of(response, constraints, prompt=prompt, reference=reference)])[0]

    async def averify(
        self,
        response: str | Sequence[Message] | Case | Mapping[str, Any],
        constraints: Specs | None = None,
        *,
        prompt: str | Sequence[Message] | None = None,
        reference: str | None = None,
    ) -> Result:
        """Return what `verify` does, without blocking the caller's event loop."""
        case = case_of(response, constraints, prompt=prompt, reference=reference)
        return (await self.averify_batch([case]))[0]

    def verify_batch(self, cases: Iterable[Case | Mapping[str, Any]]) -> list[Result]:
        """Return one result per case, in order.

        Raises:
            InvalidSpec: a case cannot be read; the message names its index, counted from 0.
            MissingJudge: a constraint is soft and no judge is set; raised before anything is scored.
            UndecidedReward: a verdict is undecided and `undecided` is "raise".
            Exception: the first exception of a check or the aggregator, with a note that names the case.
        """
        return _raise_first(self._outcomes(cases, strict=True))

    async def averify_batch(self, cases: Iterable[Case | Mapping[str, Any]]) -> list[Result]:
        """Return what `verify_batch` does, without blocking the caller's event loop."""
        return _raise_first(await self.aoutcomes(cases))

    def outcomes(self, cases: Iterable[Case | Mapping[str, Any]]) -> list[Result | Exception]:
        """Return, for each case in order, its result or the exception that a check or the aggregator raised.

        A case that raises does not disturb the others. A wrong configuration or an unreadable case raises as in
        `verify_batch`.
        """
        return self._outcomes(cases, strict=False)

    async def aoutcomes(self, cases: Iterable[Case | Mapping[str, Any]]) -> list[Result | Exception]:
        """Return what `outcomes` does, without blocking the caller's event loop."""
        import asyncio  # which checks alone do not need

        with unsandboxed(self.unsandboxed):
            pending = await self._abegin(cases)
            try:
                if awaited := _submissions(pending):
                    await asyncio.wait(map(asyncio.wrap_future, awaited), timeout=self.timeout)
                return self._finished(pending)
            except BaseException:
                _cancel(pending)
                raise

    def ready(self, cases: Iterable[Case]) -> None:
        """Find the judge, if one of the cases needs it, and load now what it needs.

        Raises:
            MissingJudge: a constraint is soft, and there is no judge.
            MissingExtra: the judge's backend is not installed.
            JudgeFailed: the judge cannot start; the message is the cause in a sentence.
        """
        start(self._judge(cases))

    def _outcomes(self, cases: Iterable[Case | Mapping[str, Any]], *, strict: bool) -> list[Result | Exception]:
        with unsandboxed(self.unsandboxed):
            pending = self._begin([*read_cases(cases)])
            try:
                if strict:  # before anyone waits for a judge
                    _raise_first([case.failure for case in pending])
                wait(_submissions(pending), self.timeout)
                return self._finished(pending)
            except BaseException:
                _cancel(pending)
                raise

    async def _abegin(self, cases: Iterable[Case | Mapping[str, Any]]) -> list[Pending]:
        """Read and check the cases in a thread; those that run programs wait for them in threads of their own."""

        def begin_here(given_up: Event) -> list[Pending] | list[Case]:
            read = [*read_cases(cases, given_up)]
            return read if run_programs(read) else self._begin(read, given_up)

        begun = await in_thread(begin_here)
        read = [one for one in begun if isinstance(one, Case)]
        pending = [one for one in begun if isinstance(one, Pending)]
        return await in_thread(partial(self._begin, read), threads_of_programs()) if read else pending

    def _begin(self, cases: list[Case], given_up: Event = NEVER) -> list[Pending]:
        """Check every case by code and send its open questions; stop where nobody waits any more."""
        judge = self._judge(cases)
        return begin(
            cases, judge, self.aggregator, early_exit=self.early_exit, think=self.think, given_up=given_up
        )

    def _judge(self, cases: Iterable[Case]) -> Judge | None:
        """Return the judge if one of the cases needs it.

        Raises:
            MissingJudge: no judge is set.
        """
        soft = next((item.type for case in cases for item in case.constraints if not item.hard), None)
        if soft is None:
            return None
        judge = resolve(self.judge)
        if judge is None:
            raise MissingJudge(soft)
        return judge

    def _finished(self, pending: list[Pending]) -> list[Result | Exception]:
        return [case.outcome(self.undecided, self.timeout) for case in pending]


def _submissions(pending: list[Pending]) -> set[Future[list[Answer]]]:
    """Return what the judge is working on for these cases."""
    return {ask.submission for case in pending for ask in case.asks}


def _cancel(pending: list[Pending]) -> None:
    """Tell the judge that nobody waits any more."""
    for submission in _submissions(pending):
        submission.cancel()


def _raise_first(outcomes: Sequence[T | Exception]) -> list[T]:
    """Return the outcomes if none is an exception; else raise the first, with a note of its case."""
    for place, outcome in enumerate(outcomes):
        if isinstance(outcome, Exception):
            raise outcome if len(outcomes) == 1 else noted(outcome, f"case {place} of the batch, from 0")
    return [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
