"""`Scorer`: rollouts in, rewards out; a failure on the way never becomes a reward."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from threading import Event

from verif_sdk import visible
from verif_sdk.case import Case
from verif_sdk.composer import Composer
from verif_sdk.errors import in_words
from verif_sdk.judges.shared import resolve
from verif_sdk.rewards.columns import cases_of, look_for_column
from verif_sdk.rewards.config import RewardConfig
from verif_sdk.rewards.opening import Opening
from verif_sdk.rewards.rollout import Rollout, Scored
from verif_sdk.rewards.shaping import shape
from verif_sdk.threads import NEVER, in_thread
from verif_sdk.verdict import Result

logger = visible.logger("verif_sdk.rewards")


@dataclass(frozen=True)
class Scorer:
    """Scores rollouts as a `RewardConfig` says. Safe under many threads and event loops; picklable.

    Unreadable constraints, a failing judge, and an error in a check or a plugin leave their rollout undecided and
    do not disturb the others; the cause is in `Scored.causes` and in the log. A wrong configuration raises on the
    first call: soft constraints without a judge, a judge that cannot start, a column of constraints that no row
    has, or first rollouts that are all undecided for one cause.
    """

    config: RewardConfig
    opening: Opening = field(default_factory=Opening, repr=False, compare=False)
    """Makes the first calls strict; `Opening(over=True)` does not."""

    @cached_property
    def composer(self) -> Composer:
        """The composer of this configuration."""
        config = self.config
        return Composer(
            judge=config.judge,
            aggregate=config.aggregate,
            early_exit=config.early_exit,
            think=config.think,
            timeout=config.timeout,
            unsandboxed=config.unsandboxed,
        )

    def check(self) -> None:
        """Make the judge, including one from VERIF_JUDGE, without starting it.

        Raises:
            InvalidSpec: the judge's spec is wrong.
            MissingExtra: the judge's backend is not installed.
        """
        resolve(self.config.judge)

    def score(self, rollouts: Sequence[Rollout]) -> list[Scored]:
        """Return the scored rollouts, in order.

        Raises:
            VerifError: the configuration is wrong.
            JudgeFailed: the judge cannot start.
            UndecidedReward: the first rollouts are all undecided for one cause.
        """
        cases = self._cases(rollouts)
        return self._scored(rollouts, cases, self.composer.outcomes(_readable(cases)))

    async def ascore(self, rollouts: Sequence[Rollout]) -> list[Scored]:
        """Return what `score` does, without blocking the caller's event loop."""
        cases = await in_thread(partial(self._cases, rollouts))
        outcomes = await self.composer.aoutcomes(_readable(cases))
        return await asyncio.to_thread(self._scored, rollouts, cases, outcomes)

    def _cases(self, rollouts: Sequence[Rollout], given_up: Event = NEVER) -> list[Case | str]:
        """Return the case of each rollout, or the cause in words if its row cannot be read.

        Raises:
            VerifError: the configuration is wrong; among the first calls, also a judge that cannot start.
        """
        if not self.opening.over and self.config.rows is None:
            look_for_column(rollouts, self.config.constraints)
        cases = cases_of(rollouts, self.config, given_up)
        if not self.opening.over:
            self.composer.ready(_readable(cases))
        return cases

    def _scored(
        self, rollouts: Sequence[Rollout], cases: list[Case | str], outcomes: list[Result | Exception]
    ) -> list[Scored]:
        rest = iter(outcomes)
        scored = [
            Scored(None, causes=(case,)) if isinstance(case, str) else self._one(rollout, case, next(rest))
            for rollout, case in zip(rollouts, cases, strict=True)
        ]
        for cause, count in Counter(cause for one in scored for cause in one.causes).items():
            _tell(cause, count)
        self.opening.look(scored)
        return scored

    def _one(self, rollout: Rollout, case: Case, outcome: Result | Exception) -> Scored:
        if isinstance(outcome, Exception):  # a check may be anyone's code
            logger.warning("a rollout could not be scored", exc_info=outcome)
            return Scored(None, causes=(in_words(outcome),))
        scored = self._shaped(rollout, case, outcome)
        if not self.config.telemetry:
            return scored
        from verif_sdk.telemetry import suspicions

        return replace(scored, suspicions=suspicions(case, outcome, self.config.think))

    def _shaped(self, rollout: Rollout, case: Case, result: Result) -> Scored:
        scored = Scored(result.reward, result.reward, result.verdicts, result.usage)
        if result.reward is None:
            return replace(scored, causes=result.errors)
        if not self.config.shaping:
            return scored
        try:
            text = case.text(self.config.think)
            return replace(scored, reward=shape(result.reward, self.config.shaping, text, rollout.tokens))
        except ValueError as error:
            return replace(scored, reward=None, causes=(str(error),))
        except Exception as error:  # the check of a gate may be anyone's code
            logger.warning("a reward could not be shaped", exc_info=error)
            return replace(scored, reward=None, causes=(in_words(error),))


def _readable(cases: Sequence[Case | str]) -> list[Case]:
    return [case for case in cases if isinstance(case, Case)]


@lru_cache(maxsize=256)
def _tell(cause: str, count: int) -> None:
    """Log a cause the first time that it leaves this many rewards undecided."""
    logger.warning("%d undecided: %s", count, cause)
