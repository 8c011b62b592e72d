"""What the constraints of one case may be at most, whatever their types: they may have come from anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verif_sdk.errors import InvalidSpec

CONSTRAINTS = 256
"""Constraints of one case, those inside others included."""
DEPTH = 32
"""Levels of lists and objects."""
VALUES = 20_000
"""Values in all lists and objects together."""
CHARACTERS = 100_000
"""Characters of one text."""
NUMBER = 10**15
"""The largest number, above and below zero."""


def check(specs: Any) -> None:
    """Raise InvalidSpec, which names the field, unless constraints as read from JSON keep the limits."""
    _Walk().into(specs, (), 0)


class _Walk:
    """One walk through the constraints of a case, and what it has counted."""

    def __init__(self) -> None:
        self._values = 0
        self._constraints = 0

    def into(self, value: Any, path: tuple[str | int, ...], depth: int) -> None:
        if isinstance(value, str):
            if len(value) > CHARACTERS:
                _refuse(path, f"a text has at most {CHARACTERS:,} characters, got {len(value):,}")
        elif isinstance(value, (int, float)):
            if not -NUMBER <= value <= NUMBER:
                _refuse(path, f"a number is finite and at most {NUMBER:.0e}, above and below zero")
        elif isinstance(value, Mapping):
            self._constraint(value, path)
            self._items(value.items(), path, depth)
        elif isinstance(value, (list, tuple)):
            self._items(enumerate(value), path, depth)

    def _constraint(self, value: Mapping[Any, Any], path: tuple[str | int, ...]) -> None:
        # Names of types have a colon, which tells them from the "type" of a JSON Schema.
        self._constraints += isinstance(name := value.get("type"), str) and ":" in name
        if self._constraints > CONSTRAINTS:
            _refuse(path, f"a case has at most {CONSTRAINTS} constraints, those inside others included")

    def _items(self, items: Any, path: tuple[str | int, ...], depth: int) -> None:
        if depth == DEPTH:
            _refuse(path, f"constraints are nested at most {DEPTH} levels deep")
        for name, value in items:
            self._values += 1
            if self._values > VALUES:
                _refuse(path, f"the constraints of a case hold at most {VALUES:,} values")
            if not _fits(value):
                self.into(value, (*path, name), depth + 1)


def _fits(value: Any) -> bool:
    """Return whether a value is one of the short texts and small numbers that most parameters are."""
    return (value.__class__ is str and len(value) <= CHARACTERS) or (
        value.__class__ is int and -NUMBER <= value <= NUMBER
    )


def _refuse(path: tuple[str | int, ...], cause: str) -> None:
    name = ".".join(f"{step!s:.40}" for step in path[:6])
    raise InvalidSpec(f"field {name!r}: {cause}" if path else cause)
