"""Rows of IFEval and IFBench: `key`, `prompt`, `instruction_id_list`, `kwargs`, and a `response` to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verif_sdk import Case, Constraint, InvalidSpec, Registry


def strict(row: Mapping[str, Any]) -> Case:
    """Return the case of a row, a constraint per instruction id, repeated ids included.

    Raises:
        InvalidSpec: a field is missing, an id is unknown, or a parameter is missing or wrong.
    """
    return _case(row, loose=False)


def loose(row: Mapping[str, Any]) -> Case:
    """Return the case of a row in which each constraint is read loosely; errors as in `strict`."""
    return _case(row, loose=True)


def _case(row: Mapping[str, Any], *, loose: bool) -> Case:
    for name in ("instruction_id_list", "kwargs"):
        if not isinstance(row.get(name), list):
            raise InvalidSpec(f"field {name!r} is missing or no list")
    ids, parameters = row["instruction_id_list"], row["kwargs"]
    if len(ids) != len(parameters):
        raise InvalidSpec(f"{len(ids)} instruction ids and {len(parameters)} kwargs; there must be one for each")
    if not isinstance(row.get("response"), str):
        raise InvalidSpec("field 'response' is missing or no text")
    specs = [{"type": _type(name), **(given or {})} for name, given in zip(ids, parameters, strict=True)]
    return Case.of(
        id=str(row["key"]) if row.get("key") is not None else None,
        prompt=row.get("prompt"),
        response=row["response"],
        constraints=[{"type": "ifeval:loose", "constraint": spec} for spec in specs] if loose else specs,
    )


def _type(name: str) -> str:
    """Return the type of a public id, which is looked up in IFEval, then in IFBench, then in IF-RLVR."""
    places = (f"{family}:{name}" for family in ("ifeval", "ifbench", "iftrain"))
    return next((place for place in places if place in _known()), f"ifeval:{name}")


def _known() -> Mapping[str, type[Constraint]]:
    return Registry.installed().constraints
