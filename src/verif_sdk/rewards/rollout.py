"""`Rollout`, which a trainer hands over, and `Scored`, its outcome."""

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
        prompt: text or chat messages; None if the trainer does not pass it.
        completion: text or chat messages.
        columns: the row of the data set, which holds the constraints.
        tokens: the completion's length in tokens, if the trainer knows it.
    """

    prompt: str | Sequence[Message] | None
    completion: str | Sequence[Message]
    columns: Mapping[str, Any] = field(default_factory=dict)
    tokens: int | None = None


@dataclass(frozen=True)
class Scored:
    """The outcome of a rollout: a shaped reward, or None and the causes."""

    reward: float | None
    score: float | None = None
    """The reward before shaping, in [0, 1]."""
    verdicts: tuple[Verdict, ...] = ()
    usage: Usage = Usage()  # noqa: RUF009  # frozen
    causes: tuple[str, ...] = ()
    suspicions: tuple[str, ...] = ()
    """The kinds of `telemetry.KINDS` that the response shows, if the configuration asks for them."""

    def number(self, undecided: float | str | None) -> float:
        """Return a number for frameworks that take nothing else: the reward, or `undecided` if there is none.

        Raises:
            UndecidedReward: the reward is undecided, and `undecided` is not a number.
        """
        if self.reward is not None:
            return self.reward
        if isinstance(undecided, float):
            return undecided
        raise UndecidedReward("; ".join(self.causes))

    def number_or_none(self, undecided: float | str | None) -> float | None:
        """Return what `number` does, for frameworks that also take None: an undecided reward is None by default.

        Raises:
            UndecidedReward: the reward is undecided, and `undecided` is "raise".
        """
        return None if self.reward is None and undecided in (None, "none") else self.number(undecided)
