"""open-instruct: a verifier for rows whose `dataset` is "verif".

open-instruct finds verifiers among the direct subclasses of its base class, so import this module before training
starts, in a script that then calls its `main`:

    import verif_sdk.rewards.open_instruct
    from open_instruct.grpo_fast import main

The `ground_truth` of such a row is its constraints as JSON text. Made for open-instruct of August 2026.
"""

from __future__ import annotations

from typing import Any

from open_instruct.ground_truth_utils import VerificationResult, VerifierFunction

from verif_sdk.rewards.config import RewardConfig
from verif_sdk.rewards.rollout import Rollout, Scored
from verif_sdk.rewards.scorer import Scorer


class VerifVerifier(VerifierFunction):  # type: ignore[misc]  # open-instruct is not on PyPI
    """Scores predictions as configured by the file that VERIF_REWARD names.

    Raises:
        UndecidedReward: on a call, if the reward is undecided and `undecided` is not a number: open-instruct takes
            no None, and a 0 would be a verdict.
    """

    def __init__(self, verifier_config: Any = None) -> None:
        super().__init__("verif", weight=1.0, verifier_config=verifier_config)
        self.scorer = Scorer(RewardConfig.of())

    def __call__(
        self,
        tokenized_prediction: list[int],
        prediction: str,
        label: Any,
        query: str | None = None,
        rollout_state: dict[str, Any] | None = None,
    ) -> Any:
        """Return open-instruct's result for one prediction."""
        (scored,) = self.scorer.score([self._rollout(tokenized_prediction, prediction, label, query)])
        return self._result(scored)

    async def async_call(
        self,
        tokenized_prediction: list[int],
        prediction: str,
        label: Any,
        query: str | None = None,
        rollout_state: dict[str, Any] | None = None,
    ) -> Any:
        """Return what a call does, without blocking the actor's event loop."""
        (scored,) = await self.scorer.ascore([self._rollout(tokenized_prediction, prediction, label, query)])
        return self._result(scored)

    def _rollout(self, tokens: list[int], prediction: str, label: Any, query: str | None) -> Rollout:
        name = "ground_truth" if self.scorer.config.rows else self.scorer.config.constraints
        return Rollout(query, prediction, {name: label}, tokens=len(tokens))

    def _result(self, scored: Scored) -> Any:
        reward = scored.number(self.scorer.config.undecided)
        reasoning = "; ".join(map(str, scored.verdicts)) or "; ".join(scored.causes)
        return VerificationResult(score=reward, reasoning=reasoning)
