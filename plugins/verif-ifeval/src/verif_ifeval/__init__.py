"""IFEval, IFBench and IF-RLVR as constraint types: their references' verdicts, on parameters that are checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from verif_sdk import Constraint, hookimpl

if TYPE_CHECKING:
    from verif_sdk import RowFormat


@hookimpl
def verif_constraints() -> Iterable[type[Constraint]]:
    from verif_ifeval import ifbench, ifeval, iftrain, loose

    return [*ifeval.constraints(), *ifbench.constraints(), *iftrain.constraints(), loose.Loose]


@hookimpl
def verif_rows() -> Mapping[str, RowFormat]:
    from verif_ifeval import rows

    return {
        "ifeval": rows.strict,
        "ifeval-loose": rows.loose,
        "ifbench": rows.strict,
        "ifbench-loose": rows.loose,
        "ifrlvr": rows.rlvr,
        "ifrlvr-loose": rows.rlvr_loose,
    }
