"""The registry: JSON Schema that agrees with the parser, and names that are found or suggested."""

from __future__ import annotations

import pickle

import pytest

from tests.decidable import TYPES
from verif_sdk import InvalidSpec, Registry, UnknownName, errors

REGISTRY = Registry.installed()


def valid(spec: object, schema: dict[str, object]) -> bool:
    jsonschema = pytest.importorskip("jsonschema", reason="the extra `data` is not installed")
    return bool(jsonschema.Draft202012Validator(schema).is_valid(spec))


@pytest.mark.parametrize("name", TYPES)
def test_the_json_of_every_example_is_parsed_back_and_accepted_by_the_union_schema(name: str) -> None:
    schema = REGISTRY.json_schema()
    for example in TYPES[name].examples:
        constraint = REGISTRY.parse({"type": name, **example.params})
        assert REGISTRY.parse(constraint.model_dump_json()) == constraint
        assert valid(constraint.model_dump(mode="json"), schema)


@pytest.mark.parametrize(
    "spec",
    [
        {"type": "length:word", "at_least": 1},
        {"at_least": 1},
        {"type": "length:words", "at_least": -1},
        {"type": "length:words", "at_leat": 1},
        {"type": "logic:not", "constraint": {"type": "length:word"}},
        {"type": "logic:all_of", "of": []},
    ],
)
def test_the_union_schema_rejects_what_the_parser_rejects(spec: dict[str, object]) -> None:
    assert not valid(spec, REGISTRY.json_schema())
    with pytest.raises(InvalidSpec):
        REGISTRY.parse(spec)


def test_the_schema_of_one_type_accepts_that_type_alone() -> None:
    schema = REGISTRY.json_schema("length:words")
    assert valid({"type": "length:words", "at_least": 1}, schema)
    assert not valid({"type": "length:lines", "at_least": 1}, schema)


def test_unknown_names_are_errors_with_near_matches() -> None:
    with pytest.raises(UnknownName, match="unknown constraint type 'length:word'; did you mean 'length:words'"):
        REGISTRY.parse({"type": "length:word"})
    with pytest.raises(UnknownName, match="unknown judge 'vlm'; did you mean 'vllm'"):
        REGISTRY.judge_factory("vlm")
    with pytest.raises(UnknownName, match="unknown row format 'natve'"):
        REGISTRY.row_format("natve")
    with pytest.raises(UnknownName, match="unknown constraint type 'x'"):
        REGISTRY.json_schema("x")


def test_a_wrong_nested_field_is_named_with_its_path() -> None:
    spec = {"type": "logic:all_of", "of": [{"type": "length:words", "at_least": 1}, {"type": "length:words"}]}
    with pytest.raises(ValueError, match=r"logic:all_of: field 'of.1': length:words: give a bound"):
        REGISTRY.parse(spec)


def test_every_error_survives_the_way_between_processes() -> None:
    with pytest.raises(UnknownName) as raised:
        Registry.installed().aggregator("meen")
    again = pickle.loads(pickle.dumps(raised.value))
    assert (type(again), str(again)) == (UnknownName, str(raised.value))
    for cls in vars(errors).values():
        if isinstance(cls, type) and issubclass(cls, errors.VerifError):
            copied = pickle.loads(pickle.dumps(cls("in words")))
            assert (type(copied), str(copied)) == (cls, str(cls("in words")))
