"""Inspect AI: a scorer of our reward. An undecided one is unscored, not wrong.

    Task(dataset=…, solver=generate(), scorer=verif(judge="server:http://judge:8500"))

The constraints are in the samples' metadata. Made for Inspect 0.3.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState

from verif_sdk.rewards import metrics
from verif_sdk.rewards.config import RewardConfig
from verif_sdk.rewards.rollout import Rollout
from verif_sdk.rewards.scorer import Scorer as Rewards


@scorer(metrics=[mean(), stderr()])  # type: ignore[untyped-decorator]
def verif(config: RewardConfig | str | Path | None = None, **fields: Any) -> Scorer:
    """Return the scorer.

    Args:
        config: a `RewardConfig` or its file; else the file that VERIF_REWARD names.
        fields: single fields of a `RewardConfig`, which override `config`.
    """
    rewards = Rewards(RewardConfig.of(config, **fields))

    async def score(state: TaskState, target: Target) -> Score:
        columns = {"reference": target.text or None, **(state.metadata or {})}
        (scored,) = await rewards.ascore([Rollout(state.input_text, state.output.completion, columns)])
        explanation = "; ".join(map(str, scored.verdicts)) or "; ".join(scored.causes)
        reward = scored.number_or_none(rewards.config.undecided)
        if reward is None:
            return Score.unscored(reason="scoring_failed", explanation="; ".join(scored.causes))
        numbers = metrics.constant(scored, telemetry=rewards.config.telemetry)
        return Score(value=reward, answer=state.output.completion, explanation=explanation, metadata=numbers)

    return score
