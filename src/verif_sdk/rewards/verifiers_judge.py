"""verifiers: our reward as a judge for any task, beside the task's own rewards.

A judge's id is the name of a top-level module, so put `verif_judge.py` on the path:

    from verif_sdk.rewards.verifiers_judge import VerifJudge
    __all__ = ["VerifJudge"]

and name it: `--env.taskset.task.judges '[{"id": "verif_judge"}]'`. Made for verifiers 0.4.
"""

from __future__ import annotations

from typing import Any

from verifiers.v1.judge import Judge, JudgeConfig

from verif_sdk.rewards.verifiers import reward


class VerifJudge(Judge[Any, JudgeConfig]):  # type: ignore[misc]  # verifiers has no types where it is not installed
    """Scores a trace's last reply as `verif_sdk.rewards.verifiers.reward` does; its errors are the same."""

    async def score(self, task: Any, trace: Any) -> float:
        """Return the reward of a finished rollout.

        Args:
            task: the task's data; its fields hold the prompt and the constraints.
            trace: the rollout.
        """
        return await reward(task, trace)
