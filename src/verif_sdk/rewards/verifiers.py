"""verifiers: an asynchronous reward for tasks, plugged in by its path.

    --env.taskset.task.rewards.verif.fn verif_sdk.rewards.verifiers:reward

or called in a `@vf.reward` method of a task. Made for verifiers 0.4.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from verif_sdk.rewards.config import RewardConfig
from verif_sdk.rewards.rollout import Rollout
from verif_sdk.rewards.scorer import Scorer


async def reward(task: Any, trace: Any) -> float:
    """Return the reward of a trace's last reply, configured by the file that VERIF_REWARD names.

    Args:
        task: the task's data; its fields hold the prompt and the constraints.
        trace: the finished rollout.

    Raises:
        UndecidedReward: the reward is undecided, and `undecided` is not a number; even "none" raises, because only
            an error leaves the reward unset in verifiers, which records it and sets `trace.ok` to false.
    """
    scorer = _scorer()
    columns = task.model_dump()
    (scored,) = await scorer.ascore([Rollout(columns.get("prompt"), trace.last_reply, columns)])
    return scored.number(scorer.config.undecided)


@cache
def _scorer() -> Scorer:
    return Scorer(RewardConfig.of())
