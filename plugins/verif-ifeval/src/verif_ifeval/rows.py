"""Rows of IFEval, of IFBench and of the IF-RLVR training set, with a `response` to each."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from functools import lru_cache
from types import NoneType
from typing import Any

from verif_sdk import Case, InvalidSpec, Registry

LETTERS = "ifeval:keywords:letter_frequency"


def strict(row: Mapping[str, Any]) -> Case:
    """Return the case of a row of IFEval or IFBench, a constraint per instruction id, repeated ids included.

    A row has `instruction_id_list`, `kwargs` with the parameters of each, `response`, and optionally
    `key` and `prompt`. An id is looked up in IFEval, then in IFBench, then in IF-RLVR.

    Two rows of IFEval count a letter that is not one, "#" and "!", for which the reference draws a random
    letter; the character itself is counted there.

    Raises:
        InvalidSpec: a field is missing, an id is unknown, or a parameter is missing or wrong.
    """
    return _case(row, _listed(row), loose=False)


def loose(row: Mapping[str, Any]) -> Case:
    """Return the case of a row in which each constraint is read loosely; otherwise as `strict`."""
    return _case(row, _listed(row), loose=True)


def rlvr(row: Mapping[str, Any]) -> Case:
    """Return the case of a row of the IF-RLVR training set.

    A row has `messages` (or `prompt`), `response`, and `ground_truth`: a list of one object with the ids in
    `instruction_id` and their `kwargs`, as JSON, as Python, or as a list that holds the JSON text,
    which is how open-instruct writes it.

    Source: open-instruct's verifier of IF_multi_constraints_upto5.

    Raises:
        InvalidSpec: as in `strict`; a `ground_truth` of another shape.
    """
    return _case(row, _ground_truth(row), loose=False)


def rlvr_loose(row: Mapping[str, Any]) -> Case:
    """Return the case of a training row in which each constraint is read loosely; otherwise as `rlvr`."""
    return _case(row, _ground_truth(row), loose=True)


def _case(row: Mapping[str, Any], specs: list[dict[str, Any]], *, loose: bool) -> Case:
    if not isinstance(row.get("response"), str):
        raise InvalidSpec("field 'response' is missing or no text")
    key = row["key"] if row.get("key") is not None else row.get("id")
    return Case.of(
        id=None if key is None else str(key),
        prompt=row["prompt"] if row.get("prompt") is not None else row.get("messages"),
        response=row["response"],
        constraints=[{"type": "ifeval:loose", "constraint": spec} for spec in specs] if loose else specs,
    )


def _listed(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    return _specs(row, "instruction_id_list")


def _ground_truth(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    truth = row.get("ground_truth")
    for _ in range(3):
        if isinstance(truth, str):
            truth = _read(truth)
        elif isinstance(truth, list) and len(truth) == 1:
            (truth,) = truth
    if not isinstance(truth, Mapping):
        raise InvalidSpec("field 'ground_truth' is missing, or not a list of one object as text")
    return _specs(truth, "instruction_id")


def _read(text: str) -> Any:
    """Return what JSON, or a Python literal, stands for; a literal is read, never run."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        raise InvalidSpec(f"field 'ground_truth' is neither JSON nor a Python literal: {text!r:.80}") from None


def _specs(row: Mapping[str, Any], field: str) -> list[dict[str, Any]]:
    for name in (field, "kwargs"):
        if not isinstance(row.get(name), list):
            raise InvalidSpec(f"field {name!r} is missing or no list")
    ids, parameters = row[field], row["kwargs"]
    if len(ids) != len(parameters):
        raise InvalidSpec(f"{len(ids)} instruction ids and {len(parameters)} kwargs; there must be one for each")
    return [_spec(name, given) for name, given in zip(ids, parameters, strict=True)]


def _spec(name: Any, given: Any) -> dict[str, Any]:
    if not isinstance(name, str):
        raise InvalidSpec(f"an instruction id is a text, got {name!r:.80}")
    if not isinstance(given, (dict, Mapping, NoneType)):
        raise InvalidSpec(f"field 'kwargs' is a list of objects, got {given!r:.80}")
    if given and "type" in given:
        raise InvalidSpec("field 'kwargs' has a 'type'; the instruction id is what names it")
    spec = {"type": type_of(name), **(given or {})}
    if spec["type"] == LETTERS and not _is_letter(spec.get("letter")):
        spec.setdefault("variant", "fixed")
    return spec


def _is_letter(given: Any) -> bool:
    return isinstance(given, str) and len(given) == 1 and "a" <= given.lower() <= "z"


@lru_cache(maxsize=4096)  # ids come with the rows, so there is no end to unknown ones
def type_of(name: str) -> str:
    """Return the type of a public id, which is looked up in IFEval, then in IFBench, then in IF-RLVR."""
    places = [f"{family}:{name}" for family in ("ifeval", "ifbench", "iftrain")]
    return next((place for place in places if place in Registry.installed().constraints), places[0])
