"""Our keywords of JSON Schema against jsonschema's own, and patterns that take for ever."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest

from verif_sdk import verify
from verif_sdk.catalogue.support.json_schema import violation

jsonschema = pytest.importorskip("jsonschema", reason="the extra `data` is not installed")

SCHEMAS: list[dict[str, Any]] = [
    {"pattern": "^a+$"},
    {"patternProperties": {"^a": {"type": "integer"}, "b$": {"minimum": 3}}},
    {"patternProperties": {"^a": {"type": "integer"}}, "additionalProperties": False},
    {"properties": {"c": {"type": "string"}}, "additionalProperties": {"type": "integer"}},
    {"properties": {"a": True}, "patternProperties": {"b": True}, "additionalProperties": False},
    {"additionalProperties": False},
    {"additionalProperties": True, "properties": {"a": {"additionalProperties": False}}},
    {"items": {"patternProperties": {"": {"type": "null"}}}},
]
VALUES: list[Any] = [
    "aaa",
    "ab",
    1,
    {},
    {"a": 1},
    {"a": "x"},
    {"ab": 2},
    {"ab": 4},
    {"c": "x"},
    {"c": 1},
    {"d": 1},
]
VALUES += [{"b": 1, "a": {}}, {"a": {"x": 1}}, [{"a": None}], [{"a": 1}], [], None]


@pytest.mark.parametrize(("schema", "value"), [*product(SCHEMAS, VALUES)])
def test_a_value_is_valid_where_jsonschema_says_so(schema: dict[str, Any], value: Any) -> None:
    own = jsonschema.Draft202012Validator(schema).is_valid(value)
    assert (violation(json.dumps(schema), json.dumps(value)) is None) is own


@pytest.mark.parametrize(
    ("schema", "response"),
    [
        ({"properties": {"x": {"pattern": "(a|a)*$"}}}, {"x": "a" * 5000 + "!"}),
        ({"patternProperties": {"(a|a)*$": {"type": "integer"}}}, {"a" * 5000 + "!": 1}),
        ({"patternProperties": {"(a|a)*$": True}, "additionalProperties": False}, {"a" * 5000 + "!": 1}),
    ],
)
def test_a_pattern_that_takes_for_ever_leaves_it_undecided(schema: dict[str, Any], response: Any) -> None:
    result = verify(json.dumps(response), {"type": "format:json", "json_schema": schema})
    assert result.reward is None
    assert "it took longer than 2 s" in result.errors[0]
