"""Options of a judge spec, which arrive as text, or typed from Python."""

from __future__ import annotations

import json
from typing import Any

from verif_sdk.errors import InvalidSpec


def converted(value: Any) -> Any:
    """Return the JSON value that a text spells (`4096`, `0.3`, `true`), or the text itself."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def flag(name: str, value: bool | str) -> bool:
    """Return a yes-or-no option.

    Raises:
        InvalidSpec: the value is neither true nor false.
    """
    read = converted(value.lower() if isinstance(value, str) else value)
    if not isinstance(read, bool):
        raise InvalidSpec(f"judge option {name!r} is true or false, got {value!r}")
    return read


def number(name: str, value: float | str) -> float:
    """Return an option that is a number above 0.

    Raises:
        InvalidSpec: the value is not a number above 0.
    """
    read = converted(value)
    if isinstance(read, bool) or not isinstance(read, (int, float)) or read <= 0:
        raise InvalidSpec(f"judge option {name!r} is a number above 0, got {value!r}")
    return float(read)


def count(name: str, value: float | str) -> int:
    """Return an option that is a whole number from 0.

    Raises:
        InvalidSpec: the value is not a whole number from 0.
    """
    read = converted(value)
    if (
        isinstance(read, bool)
        or not isinstance(read, (int, float))
        or not 0 <= read < float("inf")
        or read != int(read)
    ):
        raise InvalidSpec(f"judge option {name!r} is a whole number from 0, got {value!r}")
    return int(read)


def share(name: str, value: float | str) -> float:
    """Return an option that is a number in [0, 1].

    Raises:
        InvalidSpec: the value is not one.
    """
    read = converted(value)
    if isinstance(read, bool) or not isinstance(read, (int, float)) or not 0 <= read <= 1:
        raise InvalidSpec(f"judge option {name!r} is a number from 0 to 1, got {value!r}")
    return float(read)
