"""Rows of VerInstruct, in every shape that is published, flat or as verl's data sets wrap them.

Source: VerInstruct (arXiv 2506.09942).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from verif_sdk.case import Case
from verif_sdk.errors import InvalidSpec
from verif_sdk.rows.checkers import JUDGED, RULE, Checker, Reading, program, read
from verif_sdk.rows.published import as_published
from verif_sdk.spec import from_json

Untagged = Literal["infer", "ignore", "refuse"]
_SHARED = ("response", "id", "reference", "metadata")


def case(row: Mapping[str, Any], *, untagged: Untagged | None = None, exact: bool = False) -> Case:
    """Return the case that `row` describes.

    A row has `prompt`, `response`, `checkers` and `functions` of the same length, and optionally `id`,
    `reference` and `metadata`. A checker is a name with `[rule]`, whose function is Python source that
    defines `check_following(instruction, response)` and becomes a `code:python`, or with `[llm]`, which
    becomes a `soft:criterion` worded by its name, or by what its function asks a model where the name is a
    mere label. A function that does nothing but ask a model becomes criteria too, an item of a numbered list each.
    Functions may be null or empty. In verl's shape, `reward_model.ground_truth` holds checkers and functions,
    as an object or as JSON text. Other fields, such as verl's `data_source`, are left alone.

    Args:
        row: one row, as read from JSON.
        untagged: what becomes of a checker with neither tag. "infer", the default, judges those whose function
            asks a model, and runs the others; "ignore" leaves them out, as the published code does, and is the
            default with `exact`; "refuse" refuses the row.
        exact: run programs as the published code does, with all its quirks (see `rows/published.py`).

    `Case.notes` says what became of each checker; a run counts it.

    Raises:
        InvalidSpec: a field is missing or wrong, or no checker is left.
    """
    checks = _checks(row)
    checkers = _list(checks, "checkers", _field(checks, "checkers"))
    given = checks.get("functions")
    functions = [None] * len(checkers) if given is None else _list(checks, "functions", given)
    if len(checkers) != len(functions):
        raise InvalidSpec(f"{len(checkers)} checkers, but {len(functions)} functions; one function per checker")
    policy = untagged or ("ignore" if exact else "infer")
    readings = [_reading(Checker(*pair), policy, exact) for pair in zip(checkers, functions, strict=True)]
    constraints = [constraint for reading in readings for constraint in reading.constraints]
    if not readings:
        raise InvalidSpec("field 'checkers' is empty")
    if not constraints:
        raise InvalidSpec("no checker is left: none has a tag, and untagged=ignore leaves them out")
    shared = {name: row[name] for name in _SHARED if row.get(name) is not None}
    notes = tuple(reading.note for reading in readings)
    return Case.of(prompt=_field(row, "prompt"), constraints=constraints, notes=notes, **shared)


def _reading(checker: Checker, untagged: Untagged, exact: bool) -> Reading:
    if not checker.tag and untagged == "ignore":
        return Reading((), "untagged checker: ignored")
    if not checker.tag and untagged == "refuse":
        raise InvalidSpec(f"checker {checker.name!r:.120} has neither of the tags {RULE} and {JUDGED}")
    if exact and checker.tag == RULE:
        source = as_published(checker.source or "")
        return Reading((program(checker, source),), f"{RULE} checker: run as published")
    return read(checker)


def _checks(row: Mapping[str, Any]) -> Mapping[str, Any]:
    if "reward_model" not in row:
        return row
    wrapped = row["reward_model"]
    if not isinstance(wrapped, Mapping) or "ground_truth" not in wrapped:
        raise InvalidSpec("field 'reward_model' holds no 'ground_truth'")
    truth = wrapped["ground_truth"]
    parsed = from_json(truth) if isinstance(truth, str) else truth
    if not isinstance(parsed, Mapping):
        raise InvalidSpec(f"reward_model.ground_truth is an object, got {type(parsed).__name__}")
    return parsed


def _field(row: Mapping[str, Any], name: str) -> Any:
    if row.get(name) is None:
        raise InvalidSpec(f"field {name!r} is missing")
    return row[name]


def _list(row: Mapping[str, Any], name: str, given: Any) -> Sequence[Any]:
    """Return the list of strings in field `name`, which may stand there as JSON text; functions may be null."""
    values = _parsed(given) if isinstance(given, str) else given
    kinds = str if name == "checkers" else (str, type(None))
    if not isinstance(values, (list, tuple)) or not all(isinstance(value, kinds) for value in values):
        raise InvalidSpec(f"field {name!r} is a list of strings, got {row[name]!r:.80}")
    return values


def _parsed(text: str) -> Any:
    """Return the list that a text spells as JSON, or the text: a lone name may begin with a bracket too."""
    try:
        return from_json(text)
    except InvalidSpec:
        return text
