"""Reward functions in the shapes that trainers call, a file per framework.

Each maps the framework's call to cases and the results back; `Scorer` does the rest. A framework is imported by
nothing here: it hands its own objects over. The names below are loaded on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verif_sdk.late import names

if TYPE_CHECKING:
    from verif_sdk.rewards.config import RewardConfig
    from verif_sdk.rewards.rollout import Rollout, Scored
    from verif_sdk.rewards.scorer import Scorer

__all__ = ["RewardConfig", "Rollout", "Scored", "Scorer"]

_MODULE = {"RewardConfig": "config", "Rollout": "rollout", "Scored": "rollout", "Scorer": "scorer"}

if not TYPE_CHECKING:
    __getattr__ = names(__name__, _MODULE, globals())
