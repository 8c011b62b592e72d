"""The 25 instructions of IFEval (arXiv 2311.07911), a file per theme."""

from __future__ import annotations

from verif_sdk import Constraint


def constraints() -> list[type[Constraint]]:
    """Return the classes of all 25."""
    from verif_ifeval.ifeval import casing, content, form, keywords, length

    return [
        *keywords.CONSTRAINTS,
        *length.CONSTRAINTS,
        *content.CONSTRAINTS,
        *form.CONSTRAINTS,
        *casing.CONSTRAINTS,
    ]
