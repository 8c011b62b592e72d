"""What the constraints of one case may be at most, whatever their types: they may have come from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

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

_CONTAINERS = (list, tuple, dict, Mapping)

Path = tuple[str | int, ...]


def check(specs: Any) -> None:
    """Raise InvalidSpec, which names the field, unless constraints as read from JSON keep the limits."""
    values = constraints = 0
    level: list[tuple[Path, Any]] = [((), specs)] if isinstance(specs, _CONTAINERS) else []
    for _ in range(DEPTH):
        deeper: list[tuple[Path, Any]] = []
        for path, container in level:
            values += len(container)
            if values > VALUES:
                _refuse(path, f"the constraints of a case hold at most {VALUES:,} values")
            if isinstance(container, (list, tuple)):
                deeper += _inside(path, enumerate(container))
                continue
            # Names of types have a colon, which tells them from the "type" of a JSON Schema.
            constraints += isinstance(name := container.get("type"), str) and ":" in name
            if constraints > CONSTRAINTS:
                _refuse(path, f"a case has at most {CONSTRAINTS} constraints, those inside others included")
            deeper += _inside(path, container.items())
        if not deeper:
            return
        level = deeper
    _refuse(level[0][0], f"constraints are nested at most {DEPTH} levels deep")


def _inside(path: Path, items: Iterable[tuple[str | int, Any]]) -> list[tuple[Path, Any]]:
    """Return the lists and objects among the items of one, whose texts and numbers keep the limits."""
    containers: list[tuple[Path, Any]] = []
    for name, value in items:
        if isinstance(value, str):
            if len(value) > CHARACTERS:
                _refuse((*path, name), f"a text has at most {CHARACTERS:,} characters, got {len(value):,}")
        elif isinstance(value, (int, float)):
            if not -NUMBER <= value <= NUMBER:
                _refuse((*path, name), f"a number is finite and at most {NUMBER:.0e}, above and below zero")
        elif isinstance(value, _CONTAINERS):
            containers.append(((*path, name), value))
    return containers


def _refuse(path: Path, cause: str) -> NoReturn:
    name = ".".join(f"{step!s:.40}" for step in path[:6])
    raise InvalidSpec(f"field {name!r}: {cause}" if path else cause)
