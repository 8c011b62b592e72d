"""What a trainer hands over, a `Rollout`, and what it comes to, a `Scored`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from verif_sdk.case import Message
from verif_sdk.errors import UndecidedReward
from verif_sdk.verdict import Usage, Verdict


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
