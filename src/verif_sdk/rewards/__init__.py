"""Reward functions in the shapes that trainers call, a file per framework.

Each maps the framework's call to cases and the results back; `Scorer` does the rest. A framework is imported by
nothing here: it hands its own objects over. The names below are loaded on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from verif_sdk.late import loading

if TYPE_CHECKING:
    from verif_sdk.rewards.config import RewardConfig
    from verif_sdk.rewards.rollout import Rollout, Scored
    from verif_sdk.rewards.scorer import Scorer

__all__ = ["RewardConfig", "Rollout", "Scored", "Scorer"]

_MODULE = {"RewardConfig": "config", "Rollout": "rollout", "Scored": "rollout", "Scorer": "scorer"}


def __getattr__(name: str) -> Any:
    if name not in _MODULE:
        raise AttributeError(f"module 'verif_sdk.rewards' has no attribute {name!r}")
    with loading():
        value = getattr(import_module(f"verif_sdk.rewards.{_MODULE[name]}"), name)
    globals()[name] = value
    return value
