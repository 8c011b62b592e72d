"""The 29 instructions that only the IF-RLVR training registry has (open-instruct's IFEvalG), a file per theme.

Source: IF-RLVR (arXiv 2507.02833), the verifiers of its training set IF_multi_constraints_upto5.
"""

from __future__ import annotations

from verif_sdk import Constraint


def constraints() -> list[type[Constraint]]:
    """Return the classes of all 29."""
    from verif_ifeval.iftrain import copying, count, form, keywords, places

    return [
        *copying.CONSTRAINTS,
        *keywords.CONSTRAINTS,
        *count.CONSTRAINTS,
        *form.CONSTRAINTS,
        *places.CONSTRAINTS,
    ]
