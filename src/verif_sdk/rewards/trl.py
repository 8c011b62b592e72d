"""TRL: one callable for GRPOTrainer, RLOOTrainer and the asynchronous trainer.

    GRPOTrainer(..., reward_funcs=TrlReward(judge="vllm:Qwen/Qwen3-8B"))

On TRL's command line: `--reward_funcs verif_sdk.rewards.trl.reward`, configured by the file that VERIF_REWARD
names. Made for TRL 1.16.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from verif_sdk.case import Message
from verif_sdk.rewards import metrics
from verif_sdk.rewards.config import VARIABLE, RewardConfig
from verif_sdk.rewards.rollout import Rollout, Scored
from verif_sdk.rewards.scorer import Scorer

RESERVED = frozenset({"trainer_state", "log_extra", "log_metric", "environments"})
"""Arguments that TRL passes beside the columns of the data set; none is required."""


class TrlReward:
    """A reward function for TRL: takes a slice of the batch by keyword, and returns a reward or None for each.

    The reward is one combined scalar, because TRL adds up several functions and counts a missing part as 0.
    The trainer's metrics get the parts: `verif/TYPE`, `verif/undecided` and `verif/judge/…`.

    Args:
        config: a `RewardConfig` or its file; else the file that VERIF_REWARD names.
        name: the function's name in TRL's logs.
        fields: single fields of a `RewardConfig`, which override `config`.

    Raises:
        InvalidSpec: a field is wrong; the message names it.
        MissingExtra: the judge's backend is not installed.
    """

    def __init__(
        self, config: RewardConfig | str | Path | None = None, *, name: str = "verif", **fields: Any
    ) -> None:
        self.__name__ = name
        self.scorer = Scorer(RewardConfig.of(config, **fields))

    def __call__(
        self,
        *,
        prompts: Sequence[str | Sequence[Message]],
        completions: Sequence[str | Sequence[Message]],
        completion_ids: Sequence[Sequence[int]] | None = None,
        log_metric: Callable[[str, float], None] | None = None,
        log_extra: Callable[[str, list[Any]], None] | None = None,
        **columns: Any,
    ) -> list[float | None]:
        """Return a reward per completion; an undecided one is None, which TRL leaves out.

        Args:
            prompts: texts, or chat messages.
            completions: texts, or chat messages, whose last assistant message counts.
            completion_ids: their token ids, whose number shaping by tokens needs.
            log_metric: TRL's function of that name, if it passes one.
            log_extra: TRL's function of that name, if it passes one.
            columns: the other columns of the data set, a list each; TRL's own arguments are ignored.

        Raises:
            UndecidedReward: a reward is undecided and the configuration says "raise", or the first rollouts are
                all undecided for one cause.
            VerifError: the configuration is wrong, or the judge cannot start; in the first call.
        """
        scored = self.scorer.score(_rollouts(prompts, completions, completion_ids, columns))
        return self._returned(scored, log_metric, log_extra)

    def _returned(
        self,
        scored: list[Scored],
        log_metric: Callable[[str, float], None] | None,
        log_extra: Callable[[str, list[Any]], None] | None,
    ) -> list[float | None]:
        if log_metric is not None:
            for name, value in metrics.values(scored, telemetry=self.scorer.config.telemetry):
                log_metric(name, value)
        if log_extra is not None and self.scorer.config.log_columns:
            log_extra("verdicts", ["; ".join(map(str, one.verdicts)) or "; ".join(one.causes) for one in scored])
        undecided = self.scorer.config.undecided
        return [one.number_or_none(undecided) for one in scored]


class AsyncTrlReward(TrlReward):
    """`TrlReward` as a coroutine: TRL runs it alongside other asynchronous reward functions."""

    async def __call__(  # type: ignore[override]  # TRL tells the two apart by what the call returns
        self,
        *,
        prompts: Sequence[str | Sequence[Message]],
        completions: Sequence[str | Sequence[Message]],
        completion_ids: Sequence[Sequence[int]] | None = None,
        log_metric: Callable[[str, float], None] | None = None,
        log_extra: Callable[[str, list[Any]], None] | None = None,
        **columns: Any,
    ) -> list[float | None]:
        """Return what `TrlReward` does."""
        scored = await self.scorer.ascore(_rollouts(prompts, completions, completion_ids, columns))
        return self._returned(scored, log_metric, log_extra)


def reward(**call: Any) -> list[float | None]:
    """Return what `TrlReward` returns, configured only by VERIF_REWARD: for TRL's command line."""
    return _configured(os.environ.get(VARIABLE))(**call)


@cache
def _configured(path: str | None) -> TrlReward:
    return TrlReward(path)


def _rollouts(
    prompts: Sequence[str | Sequence[Message]],
    completions: Sequence[str | Sequence[Message]],
    completion_ids: Sequence[Sequence[int]] | None,
    columns: Mapping[str, Any],
) -> list[Rollout]:
    kept = {name: values for name, values in columns.items() if name not in RESERVED}
    return [
        Rollout(
            prompt=prompt,
            completion=completion,
            columns={name: values[place] for name, values in kept.items()},
            tokens=None if completion_ids is None else len(completion_ids[place]),
        )
        for place, (prompt, completion) in enumerate(zip(prompts, completions, strict=True))
    ]
