"""Rows of VerInstruct, flat or as verl's data sets wrap them.

Source: VerInstruct (arXiv 2506.09942).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from verif_sdk.case import Case
from verif_sdk.errors import InvalidSpec
from verif_sdk.spec import from_json

RULE, JUDGED = "[rule]", "[llm]"
_SHARED = ("response", "id", "reference", "metadata")


def case(row: Mapping[str, Any]) -> Case:
    """Return the case that `row` describes.

    A row has `prompt`, `response`, `checkers` and `functions` of the same length, and optionally `id`,
    `reference` and `metadata`. A checker is a name with `[rule]`, whose function is Python source that
    defines `check_following(instruction, response)` and becomes a `code:python`, or with `[llm]`, which
    becomes a `soft:criterion` worded by its name; its function is not used. In verl's shape,
    `reward_model.ground_truth` holds checkers and functions, as an object or as JSON text. Other
    fields, such as verl's `data_source`, are left alone.

    Raises:
        InvalidSpec: a field is missing or wrong; a checker has neither tag, or both.
    """
    checks = _checks(row)
    checkers, functions = _strings(checks, "checkers"), _strings(checks, "functions")
    if len(checkers) != len(functions):
        raise InvalidSpec(f"{len(checkers)} checkers, but {len(functions)} functions; one function per checker")
    constraints = [_constraint(*pair) for pair in zip(checkers, functions, strict=True)]
    shared = {name: row[name] for name in _SHARED if row.get(name) is not None}
    return Case.of(prompt=_field(row, "prompt"), constraints=constraints, **shared)


def _checks(row: Mapping[str, Any]) -> Mapping[str, Any]:
    if "reward_model" not in row:
        return row
    wrapped = row["reward_model"]
    if not isinstance(wrapped, Mapping) or "ground_truth" not in wrapped:
        raise InvalidSpec("field 'reward_model' holds no 'ground_truth'")
    truth = wrapped["ground_truth"]
    read = from_json(truth) if isinstance(truth, str) else truth
    if not isinstance(read, Mapping):
        raise InvalidSpec(f"reward_model.ground_truth is no object but {type(read).__name__}")
    return read


def _constraint(checker: str, function: str) -> dict[str, Any]:
    words = checker.replace(RULE, " ").replace(JUDGED, " ").strip()
    if (RULE in checker) == (JUDGED in checker):
        raise InvalidSpec(f"checker {checker!r:.120} must have exactly one tag of {RULE} and {JUDGED}")
    if RULE in checker:
        named = {"requirement": words} if words else {}
        return {"type": "code:python", "source": function, **named}
    return {"type": "soft:criterion", "criterion": words}


def _field(row: Mapping[str, Any], name: str) -> Any:
    if row.get(name) is None:
        raise InvalidSpec(f"field {name!r} is missing")
    return row[name]


def _strings(row: Mapping[str, Any], name: str) -> Sequence[str]:
    values = _field(row, name)
    if not isinstance(values, (list, tuple)) or not all(isinstance(value, str) for value in values):
        raise InvalidSpec(f"field {name!r} is a list of strings, got {values!r:.80}")
    return values
