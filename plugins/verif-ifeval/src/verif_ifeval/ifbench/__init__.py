"""The 58 instructions of IFBench (arXiv 2507.02833), a file per group of ids."""

from __future__ import annotations

from verif_sdk import Constraint


def constraints() -> list[type[Constraint]]:
    """Return the classes of all 58."""
    from verif_ifeval.ifbench import count, custom, form, layout, ratio, repeat, tables, words

    return [
        *count.CONSTRAINTS,
        *ratio.CONSTRAINTS,
        *words.CONSTRAINTS,
        *form.CONSTRAINTS,
        *layout.CONSTRAINTS,
        *custom.CONSTRAINTS,
        *tables.CONSTRAINTS,
        *repeat.CONSTRAINTS,
    ]
