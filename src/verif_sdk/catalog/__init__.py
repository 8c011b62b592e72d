"""The native constraint types, a file per family; each file lists its classes in `CONSTRAINTS`."""

from __future__ import annotations

from importlib import import_module

from verif_sdk.constraint import Constraint

FAMILIES = (
    "length",
    "keywords",
    "casing",
    "punctuation",
    "position",
    "language",
    "ratio",
    "structure",
    "data",
    "markdown",
    "shape",
    "logic",
    "within",
    "code",
    "soft",
    "rubric",
    "verifier",
    "by_parts",
)


def constraints() -> list[type[Constraint]]:
    """Return every native constraint class, family by family."""
    found: list[type[Constraint]] = []
    for family in FAMILIES:
        found.extend(import_module(f"verif_sdk.catalog.{family}").CONSTRAINTS)
    return found
