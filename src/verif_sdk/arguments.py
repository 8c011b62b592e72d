"""Checks of a composer's arguments, made before it is used."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from verif_sdk.case import THINK
from verif_sdk.errors import InvalidSpec
from verif_sdk.problems import shown

if TYPE_CHECKING:
    from verif_sdk.composer import Composer


def check(composer: Composer) -> None:
    """Raise InvalidSpec for the first wrong argument, with its name and what it may be."""
    for name, (fits, words) in _MAY_BE.items():
        if not fits(value := getattr(composer, name)):
            raise InvalidSpec(f"{name} is {words}, got {shown(value)}")


def _is_reward(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def _is_time(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0


def _are_tags(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(isinstance(tag, str) and tag for tag in value)


def _are_names(value: object) -> bool:
    return isinstance(value, (tuple, list)) and all(isinstance(name, str) for name in value)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


_MAY_BE: dict[str, tuple[Callable[[object], bool], str]] = {
    "aggregate": (
        lambda value: isinstance(value, str) or callable(value),
        "the name of an aggregator or a function",
    ),
    "undecided": (
        lambda value: value is None or value == "raise" or _is_reward(value),
        "None, 'raise' or a number in [0, 1]",
    ),
    "early_exit": (_is_flag, "True or False"),
    "think": (
        lambda value: value is None or _are_tags(value),
        f"None, or the tags around reasoning, such as {THINK}",
    ),
    "timeout": (lambda value: value is None or _is_time(value), "None, or a number of seconds above 0"),
    "unsandboxed": (_is_flag, "True or False"),
    "plugins": (_are_names, "a list of the names of modules"),
}
