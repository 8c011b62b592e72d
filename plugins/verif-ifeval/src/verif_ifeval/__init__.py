"""IFEval, IFBench and IF-RLVR as constraint types: their references' verdicts, on parameters that are checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from verif_sdk import Constraint, Family, Readings, hookimpl


@hookimpl
def verif_constraints() -> Iterable[Family]:
    from verif_ifeval import ifbench, iftrain

    return [
        Family("ifeval", _ifeval),
        Family("ifbench", ifbench.constraints),
        Family("iftrain", iftrain.constraints),
    ]


@hookimpl
def verif_rows() -> Mapping[str, Readings]:
    from verif_ifeval import rows

    listed = Readings(strict=rows.strict, loose=rows.loose)
    return {"ifeval": listed, "ifbench": listed, "ifrlvr": Readings(strict=rows.rlvr, loose=rows.rlvr_loose)}


def _ifeval() -> Iterable[type[Constraint]]:
    from verif_ifeval import ifeval, loose

    return [*ifeval.constraints(), loose.Loose]
