"""The native constraint types, a file or a folder per family; each file lists its classes in `CONSTRAINTS`."""

from __future__ import annotations

from importlib import import_module

from verif_sdk.constraint import Constraint

FAMILIES = {
    "length": ("length",),
    "keywords": ("keywords",),
    "casing": ("casing",),
    "punctuation": ("punctuation",),
    "position": ("position",),
    "language": ("language",),
    "ratio": ("ratio",),
    "structure": ("structure",),
    "format": ("format.data", "format.markdown", "format.shape"),
    "logic": ("logic.combinations", "logic.within"),
    "code": ("code",),
    "soft": ("soft.qualities", "soft.rubric", "soft.labelled", "soft.by_parts"),
}
"""What stands before the colon of a type, and its modules."""


def constraints(family: str) -> list[type[Constraint]]:
    """Return the classes of a family, which are imported now."""
    modules = [import_module(f"verif_sdk.catalogue.{module}") for module in FAMILIES[family]]
    return [cls for module in modules for cls in module.CONSTRAINTS]
