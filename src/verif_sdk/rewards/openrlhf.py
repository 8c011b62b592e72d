"""OpenRLHF: the `reward_func` of a file that `--reward.remote_url` names.

    # reward.py
    from verif_sdk.rewards.openrlhf import OpenRlhfReward
    reward_func = OpenRlhfReward(judge="server:http://judge:8500", undecided=0.0)

Made for OpenRLHF 0.11, which calls it from many threads, with lists of one, and swallows exceptions.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from verif_sdk import visible
from verif_sdk.errors import InvalidSpec, VerifError
from verif_sdk.rewards import metrics
from verif_sdk.rewards.completion import completion_of
from verif_sdk.rewards.config import RewardConfig
from verif_sdk.rewards.rollout import Rollout, Scored
from verif_sdk.rewards.scorer import Scorer

logger = visible.logger("verif_sdk.rewards")


LOST = Scored(None, causes=("the query does not begin with its prompt, so what is the response is not known",))
"""The outcome of a query that does not begin with its prompt."""


class OpenRlhfReward:
    """Rewards for OpenRLHF, which has no undecided reward: `undecided` must be a number.

    Args:
        config: a `RewardConfig` or its file; else the file that VERIF_REWARD names.
        fields: single fields of a `RewardConfig`, which override `config`; one of the two must give `undecided`.

    Raises:
        InvalidSpec: `undecided` is not a number, or another field is wrong.
        MissingExtra: the judge's backend is not installed.
    """

    def __init__(self, config: RewardConfig | str | Path | None = None, **fields: Any) -> None:
        complete = RewardConfig.of(config, **fields)
        if not isinstance(complete.undecided, float):
            raise InvalidSpec(
                "undecided: OpenRLHF has no undecided reward; give the number to send instead, such as 0.0"
            )
        self.scorer, self._undecided = Scorer(complete), complete.undecided
        self.scorer.check()  # an error here stops the run; OpenRLHF would swallow one in a call
        self._slots = threading.BoundedSemaphore(complete.concurrency)

    def __reduce__(self) -> tuple[type[OpenRlhfReward], tuple[RewardConfig]]:
        """Pickle only the configuration."""
        return type(self), (self.scorer.config,)

    def __call__(self, queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any]) -> dict[str, Any]:
        """Return `rewards`, `scores` and `extra_logs`: numbers for one query, lists for several.

        Never raises: OpenRLHF would swallow the exception and later fail on a reward that is None. Any failure,
        even of a judge that cannot start, is logged, counted in `verif_undecided`, and gives `undecided`.

        Args:
            queries: decoded prompts and completions, including special tokens.
            prompts: the prompts, with the chat template.
            labels: the constraints, as JSON text; with the field `rows`, that format's `ground_truth`.
        """
        try:
            with self._slots:
                scored = self._scored(queries, prompts, labels)
        except Exception as error:  # OpenRLHF would swallow it silently
            if isinstance(error, VerifError):
                _refused(str(error))
            else:
                logger.exception("a reward could not be computed")
            scored = [Scored(None, causes=(f"{type(error).__name__}: {error}",)) for _ in queries]
        return reply(scored, self._undecided, telemetry=self.scorer.config.telemetry)

    def _scored(self, queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any]) -> list[Scored]:
        cut = rollouts(self.scorer.config, queries, prompts, labels)
        rest = iter(self.scorer.score([rollout for rollout in cut if rollout is not None]))
        return [LOST if rollout is None else next(rest) for rollout in cut]


def rollouts(
    config: RewardConfig, queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any]
) -> list[Rollout | None]:
    """Return the rollout in each query, or None if the query does not begin with its prompt."""
    column = "ground_truth" if config.rows else config.constraints
    cut = [completion_of(query, prompt) for query, prompt in zip(queries, prompts, strict=True)]
    return [
        None if completion is None else Rollout(prompt, completion, {column: label or None})
        for prompt, completion, label in zip(prompts, cut, labels, strict=True)
    ]


def reply(scored: Sequence[Scored], undecided: float, *, telemetry: bool = False) -> dict[str, Any]:
    """Return what OpenRLHF reads: numbers for one query, lists for several."""
    rewards = [one.number(undecided) for one in scored]
    scores = [undecided if one.reward is None or one.score is None else one.score for one in scored]
    logs = [metrics.constant(one, telemetry=telemetry) for one in scored]
    if len(scored) == 1:
        return {"rewards": rewards[0], "scores": scores[0], "extra_logs": logs[0]}
    by_name = {name: [log[name] for log in logs] for name in logs[0]} if logs else {}
    return {"rewards": rewards, "scores": scores, "extra_logs": by_name}


@cache
def _refused(cause: str) -> None:
    """Log once what every call would repeat."""
    logger.error("every reward is the number for undecided ones: %s", cause)
