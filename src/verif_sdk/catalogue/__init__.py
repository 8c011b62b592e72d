"""The native constraint types, a file or a folder per family; each file lists its classes in `CONSTRAINTS`."""

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
    "format.data",
    "format.markdown",
    "format.shape",
    "logic.combinations",
    "logic.within",
    "code",
    "soft.qualities",
    "soft.rubric",
    "soft.labelled",
    "soft.by_parts",
)


def constraints() -> list[type[Constraint]]:
    """Return every native constraint class, family by family."""
    found: list[type[Constraint]] = []
    for family in FAMILIES:
        found.extend(import_module(f"verif_sdk.catalogue.{family}").CONSTRAINTS)
    return found
