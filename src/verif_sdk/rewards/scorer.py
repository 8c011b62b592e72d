"""`Scorer`: rollouts in, rewards out; nothing that happens on the way is a reward of its own."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from threading import Event
from typing import Any

from verif_sdk import visible
from verif_sdk.case import Case, Message, RowFormat
from verif_sdk.composer import Composer
from verif_sdk.errors import InvalidSpec, UndecidedReward, in_words, suggest
from verif_sdk.judges import spec as judges
from verif_sdk.plugins.registry import Registry
from verif_sdk.rewards.config import RewardConfig
from verif_sdk.rewards.opening import Opening
from verif_sdk.rewards.shaping import shape
from verif_sdk.threads import NEVER, in_thread, until
from verif_sdk.verdict import Result, Usage, Verdict

logger = visible.logger("verif_sdk.rewards")


@dataclass(frozen=True)
class Rollout:
    """One response as a trainer hands it over.

    Args:
        prompt: text or chat messages; None where the trainer does not tell.
        completion: text or chat messages.
        columns: the row of the data set, where its constraints are.
        tokens: the completion's length in tokens, where the trainer knows it.
    """

    prompt: str | Sequence[Message] | None
    completion: str | Sequence[Message]
    columns: Mapping[str, Any] = field(default_factory=dict)
    tokens: int | None = None


@dataclass(frozen=True)
class Scored:
    """What a rollout came to: a shaped reward, or None and the causes."""

    reward: float | None
    score: float | None = None
    """The reward before shaping, in [0, 1]."""
    verdicts: tuple[Verdict, ...] = ()
    usage: Usage = Usage()  # noqa: RUF009  # frozen
    causes: tuple[str, ...] = ()
    suspicions: tuple[str, ...] = ()
    """The kinds of `telemetry.KINDS` that the response shows, where the configuration asks for them."""

    def number(self, undecided: float | str | None) -> float:
        """Return what a framework gets that knows numbers alone: the reward, or the one named for an undecided.

        Raises:
            UndecidedReward: the reward is undecided and no number is named.
        """
        if self.reward is not None:
            return self.reward
        if isinstance(undecided, float):
            return undecided
        raise UndecidedReward("; ".join(self.causes))

    def number_or_none(self, undecided: float | str | None) -> float | None:
        """Return what a framework gets that knows None: as `number`, and None unless "raise" is named.

        Raises:
            UndecidedReward: the reward is undecided and "raise" is named.
        """
        return None if self.reward is None and undecided in (None, "none") else self.number(undecided)


@dataclass(frozen=True)
class Scorer:
    """Scores rollouts as a `RewardConfig` says. Safe under many threads and event loops; picklable.

    A rollout whose constraints cannot be read, a judge that fails, and an error in a check or a plugin
    all leave their rollout undecided, with the cause in `Scored.causes` and in the log, once per cause. A wrong
    configuration is no such thing: an unknown aggregator, row format or judge, and soft constraints without any
    judge, raise on the first call; so do a judge that cannot start, a column of constraints that no row has, and
    first rollouts that are all undecided for one cause.
    """

    config: RewardConfig
    opening: Opening = field(default_factory=Opening, repr=False, compare=False)
    """What is strict with the first calls; `Opening(over=True)` is not."""

    def check(self) -> None:
        """Raise now what is wrong with the configuration, a judge that cannot be made included.

        Raises:
            InvalidSpec: a name or a spec is wrong.
            MissingExtra: the judge's backend is not installed.
        """
        self._row_format()
        self.composer.check()
        judges.resolve(self.config.judge)

    def score(self, rollouts: Sequence[Rollout]) -> list[Scored]:
        """Return what each rollout came to, in order.

        Raises:
            VerifError: the configuration is wrong.
            JudgeFailed: the judge cannot start.
            UndecidedReward: the first rollouts are all undecided for one cause.
        """
        cases, readable = self._cases(rollouts)
        return self._scored(rollouts, cases, self.composer.outcomes(readable))

    async def ascore(self, rollouts: Sequence[Rollout]) -> list[Scored]:
        """Return what `score` does, without blocking the caller's event loop."""
        cases, readable = await in_thread(partial(self._cases, rollouts))
        outcomes = await self.composer.aoutcomes(readable)
        return await asyncio.to_thread(self._scored, rollouts, cases, outcomes)

    @property
    def composer(self) -> Composer:
        """The composer of this configuration."""
        config = self.config
        return Composer(
            config.judge,
            config.aggregate,
            early_exit=config.early_exit,
            timeout=config.timeout,
            unsandboxed=config.unsandboxed,
        )

    def _cases(self, rollouts: Sequence[Rollout], given_up: Event = NEVER) -> tuple[list[Case | str], list[Case]]:
        """Return the case of each rollout, or why there is none; and the cases alone.

        Raises:
            VerifError: the configuration is wrong.
        """
        read = self._row_format()
        if read is None and not self.opening.over:
            self._look_for_column(rollouts)
        cases = [self._case(rollout, read) for rollout in until(given_up, rollouts)]
        readable = [case for case in cases if isinstance(case, Case)]
        self.composer.check(readable)
        if not self.opening.over and not all(item.hard for case in readable for item in case.constraints):
            judges.start(self.config.judge)
        return cases, readable

    def _row_format(self) -> RowFormat | None:
        return None if self.config.rows is None else Registry.installed().row_format(self.config.rows)

    def _look_for_column(self, rollouts: Sequence[Rollout]) -> None:
        name = self.config.constraints
        if rollouts and not any(name in rollout.columns for rollout in rollouts):
            known = sorted({column for rollout in rollouts for column in rollout.columns})
            raise InvalidSpec(f"no row has the column {name!r}; {suggest(name, known)}")

    def _case(self, rollout: Rollout, read: RowFormat | None) -> Case | str:
        """Return the case of a rollout, or why there is none."""
        columns, name = rollout.columns, self.config.constraints
        completion = rollout.completion
        try:
            if read is not None:
                return read({"prompt": rollout.prompt, **columns, "response": completion})
            if columns.get(name) is None:
                raise InvalidSpec(f"the column {name!r} is missing or empty; the data set has {sorted(columns)}")
            reference = columns.get("reference")
            return Case.of(
                prompt=rollout.prompt,
                response=completion,
                constraints=columns[name],
                reference=reference if isinstance(reference, str) else None,
            )
        except InvalidSpec as error:
            return f"bad row: {error}"

    def _scored(
        self, rollouts: Sequence[Rollout], cases: list[Case | str], outcomes: list[Result | Exception]
    ) -> list[Scored]:
        rest = iter(outcomes)
        scored = []
        for rollout, case in zip(rollouts, cases, strict=True):
            scored.append(
                Scored(None, causes=(case,)) if isinstance(case, str) else self._one(rollout, case, next(rest))
            )
        for cause, count in Counter(cause for one in scored for cause in one.causes).items():
            _tell(cause, count)
        self.opening.look(scored)
        return scored

    def _one(self, rollout: Rollout, case: Case, result: Result | Exception) -> Scored:
        if isinstance(result, Exception):  # a check may be anyone's code
            logger.warning("a rollout could not be scored", exc_info=result)
            return Scored(None, causes=(in_words(result),))
        scored = self._shaped(rollout, case, result)
        if not self.config.telemetry:
            return scored
        from verif_sdk.telemetry import suspicions

        return replace(scored, suspicions=suspicions(case, result))

    def _shaped(self, rollout: Rollout, case: Case, result: Result) -> Scored:
        if result.reward is None:
            return Scored(None, None, result.verdicts, result.usage, result.errors)
        try:
            reward = shape(result.reward, self.config.shaping, case.text(), rollout.tokens)
        except ValueError as error:
            return Scored(None, result.reward, result.verdicts, result.usage, (str(error),))
        return Scored(reward, result.reward, result.verdicts, result.usage)


@lru_cache(maxsize=256)
def _tell(cause: str, count: int) -> None:
    """Log a cause the first time that it leaves so many rewards undecided."""
    logger.warning("%d undecided: %s", count, cause)
