"""lm-evaluation-harness: `process_results` of a task, and the mean of what was decided.

In a task's file, beside a Python file that imports these two:

    process_results: !function verif.process_results
    metric_list:
      - {metric: verif_reward, aggregation: !function verif.mean_decided, higher_is_better: true}
      - {metric: verif_passed, aggregation: !function verif.mean_decided, higher_is_better: true}

Made for lm-eval 0.4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from verif_sdk.rewards.config import RewardConfig
from verif_sdk.rewards.rollout import Rollout
from verif_sdk.rewards.scorer import Scorer


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float | None]:
    """Return reward and outcome of one document, configured by the file that VERIF_REWARD names.

    Args:
        doc: the document; its fields hold the prompt and the constraints.
        results: the model's response, in a list of one.

    Returns:
        `verif_reward`, and `verif_passed`: 1 if all constraints hold, else 0. Both are None where undecided.

    Raises:
        UndecidedReward: the reward is undecided and the configuration says "raise".
    """
    scorer = _scorer()
    (scored,) = scorer.score([Rollout(doc.get("prompt"), results[0], doc)])
    passed = [verdict.passed for verdict in scored.verdicts]
    reward = scored.number_or_none(scorer.config.undecided)
    if scored.reward is None:
        return {"verif_reward": reward, "verif_passed": None}
    if False not in passed and None in passed:  # not asked, because it could not change the reward
        return {"verif_reward": reward, "verif_passed": None}
    return {"verif_reward": reward, "verif_passed": float(all(passed))}


def mean_decided(values: Sequence[float | None]) -> float:
    """Return the mean of the decided values, NaN if there are none."""
    decided = [value for value in values if value is not None]
    return sum(decided) / len(decided) if decided else float("nan")


@cache
def _scorer() -> Scorer:
    return Scorer(RewardConfig.of())
