"""`Opening`: the first calls of a scorer, in which a wrong configuration shows."""

from __future__ import annotations

from collections.abc import Sequence

from verif_sdk.errors import UndecidedReward
from verif_sdk.rewards.rollout import Scored

FEW = 8
"""Rollouts that are enough to tell, where the trainer calls with one at a time."""


class Opening:
    """Refuses first calls that come to nothing for one common cause.

    A mistake, such as an address where no judge is, would otherwise go on for a whole run. The opening is over
    with the first call that shows that the configuration works: rewards come, the judge answers, or causes differ.
    """

    def __init__(self, *, over: bool = False) -> None:
        self.over = over
        self._causes: set[str] = set()
        self._undecided = 0

    def look(self, scored: Sequence[Scored]) -> None:
        """Look at what one call came to.

        Raises:
            UndecidedReward: no rollout has a reward, or no question an answer, and the cause is always the same.
        """
        if self.over or not scored:
            return
        undecided = [one for one in scored if one.reward is None]
        self._undecided += len(undecided)
        self._causes.update(cause for one in undecided for cause in one.causes)
        self.over = len(self._causes) != 1 or (len(undecided) < len(scored) and not _unanswered(scored))
        if not self.over and (len(scored) > 1 or self._undecided >= FEW):
            (cause,) = self._causes
            raise UndecidedReward(f"the first {self._undecided} undecided rewards have one cause: {cause}")


def _unanswered(scored: Sequence[Scored]) -> bool:
    """Return whether the judge was asked more than once, and answered nothing."""
    failed = sum(one.usage.failed for one in scored)
    return failed > 1 and failed == sum(one.usage.asked for one in scored)
