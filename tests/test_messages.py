"""What a person is told who got something wrong: one sentence with the field and the way out."""

from __future__ import annotations

import time
from typing import Any

import pytest

from verif_sdk import Case, Check, InvalidSpec, Registry, UnknownName, verify, verify_batch
from verif_sdk.errors import suggest
from verif_sdk.nearest import nearest_types, types_about
from verif_sdk.problems import described, kind, shown
from verif_sdk.rows import native

REGISTRY = Registry.installed()
NATIVE = {
    name: cls for name, cls in REGISTRY.constraints.items() if REGISTRY.owners[name].startswith("verif-sdk ")
}
BARE = Registry(NATIVE, rows={"native": native.case})  # an installation without plugins


def message(*constraints: Any) -> str:
    with pytest.raises(InvalidSpec) as error:
        verify("text", list(constraints))
    return str(error.value).removeprefix("field 'constraints.0': ")


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("words", "length:words"),
        ("max_words", "length:words"),
        ("tone", "soft:tone"),
        ("toone", "soft:tone"),
        ("regex", "format:regex"),
        ("lenght:words", "length:words"),
        ("LENGTH:WORDS", "length:words"),
        ("no_comma", "punctuation:exclude"),
        ("commas", "punctuation:exclude"),
        ("soft:formal", "soft:register"),
        ("bulleted_list", "format:bullets"),
        ("uppercase", "casing:upper"),
        ("startswith", "position:starts_with"),
        ("lang", "language:is"),
    ],
)
def test_the_type_that_was_meant_comes_first(name: str, nearest: str) -> None:
    assert nearest_types(name, NATIVE)[0] == nearest


def test_three_types_are_offered_at_most_and_never_all() -> None:
    assert nearest_types("len", NATIVE) == ["length:lines", "length:words", "length:sentences"]
    for name in ("zzz", "", ":", "x", "the", "\u202e", "\u6f22\u5b57"):
        assert nearest_types(name, NATIVE) == []
    assert message({"type": "zzz"}) == "unknown constraint type 'zzz'; `verif list WORD` searches them all"


def test_a_name_of_a_megabyte_costs_no_more_than_a_short_one_and_is_not_repeated() -> None:
    def seconds(name: str) -> float:
        start = time.perf_counter()
        for _ in range(20):
            nearest_types(name, REGISTRY.constraints)
        return time.perf_counter() - start

    seconds("warm")
    assert min(seconds("wrods" * 200_000) for _ in range(3)) < 10 * min(seconds("wrods" * 13) for _ in range(3))
    assert len(message({"type": "a:" + "wrods" * 200_000})) < 300


@pytest.mark.parametrize("hostile", ["\x1b[31mred", "\x9b2J", "line\nbreak", "\u202eback", "\ud800"])
def test_no_message_passes_on_a_control_character(hostile: str) -> None:
    for spec in (
        {"type": hostile},
        {"type": "length:words", "at_least": 1, hostile: 2},
        {"type": "length:words", "at_least": hostile},
        {"type": "length:words", "at_least": [hostile]},
        {"type": "language:is", "language": hostile},
        {hostile: 1},
        [hostile],
    ):
        assert message(spec).isprintable()


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (
            {"type": "soft:register", "register": "formal"},
            "soft:register: unknown field 'register', known: level, weight; field 'level' is missing",
        ),
        (
            {"type": "length:words", "at_leest": 1, "foo": 3, "at_most": "x"},
            "length:words: unknown field 'at_leest', did you mean 'at_least' or 'at_most'?; "
            "unknown field 'foo', known: at_least, at_most, exactly, weight; "
            "field 'at_most' should be a whole number, got \"x\"",
        ),
        (
            {"type": "keywords:include", "keywords": "foo"},
            "keywords:include: field 'keywords' should be an array, got \"foo\"",
        ),
        (
            {"type": "keywords:include", "keywords": []},
            "keywords:include: field 'keywords' should have 1 or more items, got []",
        ),
        (
            {"type": "keywords:include", "keywords": [1, None]},
            "keywords:include: field 'keywords.0' should be a string, got 1; "
            "field 'keywords.1' should be a string, got null",
        ),
        (
            {"type": "soft:rubric", "items": [{"criterion": "a", "weigt": 2}]},
            "soft:rubric: unknown field 'items.0.weigt', did you mean 'weight'?",
        ),
        ({"type": "length:words", "at_least": -1}, "length:words: field 'at_least' should be 0 or more, got -1"),
        (
            {"type": "soft:register", "level": "formall"},
            "soft:register: field 'level' should be 'formal', 'neutral' or 'casual', got \"formall\"",
        ),
        (
            {"type": "language:is", "language": "English"},
            "language:is: field 'language': unknown language 'English'; did you mean 'en'?",
        ),
        (
            {"type": "language:is", "language": "xx"},
            "language:is: field 'language': unknown language 'xx'; it takes an ISO 639-1 code, such as 'en'; "
            "`verif show language:is` has all",
        ),
        (
            {"type": "logic:not", "constraint": 3},
            "logic:not: field 'constraint': a constraint is an object with a 'type', got a number: 3",
        ),
    ],
)
def test_all_problems_of_a_constraint_are_named_in_the_words_of_json(spec: dict[str, Any], said: str) -> None:
    assert message(spec) == said


def test_five_problems_are_named_and_the_rest_counted() -> None:
    said = message({"type": "length:words", **{f"wrong{place}": 1 for place in range(9)}})
    assert said.count("unknown field") == 5
    assert said.endswith("; and 4 more")


def test_a_union_is_one_problem_without_the_names_of_its_members() -> None:
    with pytest.raises(InvalidSpec) as error:
        Case.of(response=5, constraints={"type": "length:words", "at_least": 1}, prompt=[1], metadata=[])
    assert str(error.value) == (
        "field 'response' should be a string or an array, got 5; field 'prompt.0' should be an object, got 1; "
        "field 'metadata' should be an object, got []"
    )


def test_values_are_shown_as_json_writes_them() -> None:
    assert [shown(value) for value in (None, True, "a'b", [1.5], {"a": None})] == [
        "null", "true", '"a\'b"', "[1.5]", '{"a": null}',
    ]  # fmt: skip
    assert shown(object()) == "a Python object"
    assert len(shown("a" * 1000)) == 80
    assert kind({}) == "an object"


def test_a_case_among_many_is_named_by_its_place() -> None:
    words = {"type": "length:words", "at_least": 1}
    good = {"response": "a", "constraints": words}
    with pytest.raises(InvalidSpec) as error:
        verify_batch([good, {"respons": "a", "constraints": words}])
    assert str(error.value) == (
        "case 1: unknown field 'respons', did you mean 'response'?; field 'response' is missing"
    )
    with pytest.raises(InvalidSpec, match=r"case 1 should be a Case or a dict of its fields, got 3"):
        verify_batch([good, 3])  # type: ignore[list-item]  # wrong on purpose


def test_a_field_called_as_an_argument_of_ours_is_an_unknown_field() -> None:
    with pytest.raises(InvalidSpec, match="unknown field 'cls'"):
        Case.of(cls=1, response="a", constraints=[])


def test_a_plugin_that_is_not_installed_is_named_for_its_types_and_formats(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("ifeval:punctuation:no_comma", "ifbench:format:emoji", "iftrain:copy:copy"):
        with pytest.raises(UnknownName) as error:
            BARE.constraint_type(name)
        assert str(error.value) == f"unknown constraint type '{name}'; it is in a plugin: pip install verif-ifeval"
    for name in ("ifeval", "ifbench", "ifrlvr", "ifeval-loose"):
        with pytest.raises(UnknownName, match=f"format '{name}'; it is in a plugin: pip install verif-ifeval"):
            BARE.row_format(name)
    with pytest.raises(UnknownName, match="known: native"):
        BARE.row_format("parquet")
    monkeypatch.setenv("VERIF_SDK_BLOCK", "ifeval")
    with pytest.raises(UnknownName, match="it is in verif-ifeval, which VERIF_SDK_BLOCK may leave out"):
        BARE.row_format("ifeval")


def test_a_broken_plugin_is_told_of_beside_the_near_matches() -> None:
    broken = Registry(NATIVE, broken={"'acme' (acme 1.0)": "its model file is gone"})
    with pytest.raises(UnknownName) as error:
        broken.constraint_type("acme:words")
    assert str(error.value) == (
        "unknown constraint type 'acme:words'; 1 plugin is broken, see `verif doctor`; "
        "did you mean 'length:words'?"
    )
    with pytest.raises(UnknownName, match=r"see `verif doctor`; `verif list WORD`"):
        Registry(NATIVE, broken={"'ifeval' (verif-ifeval 0.1.0)": "no emoji"}).constraint_type("ifeval:zzz")


def test_few_names_are_listed_and_many_are_not() -> None:
    assert suggest("zzz", ["b", "a"]) == "known: a, b"
    assert suggest("zzz", map(str, range(11))) == ""
    assert suggest("MEAN", ["mean", "min"]) == "did you mean 'mean'?"


def test_rows_of_another_format_are_told_apart() -> None:
    read = REGISTRY.row_format("native")
    for row, name in (
        ({"instruction_id_list": [], "kwargs": [], "prompt": "p"}, "ifeval"),
        ({"checkers": [], "functions": [], "prompt": "p"}, "verinstruct"),
        ({"ground_truth": "[]", "messages": []}, "ifrlvr"),
    ):
        with pytest.raises(InvalidSpec, match=f"is not a native one; `--rows {name}` reads it"):
            read(row)


def test_descriptions_are_searched_too() -> None:
    assert types_about("comma", NATIVE) == ["punctuation:exclude"]
    assert types_about("length:w", NATIVE) == ["length:words"]
    assert types_about("zzz", NATIVE) == []


def test_a_model_of_ours_that_holds_no_constraint_is_described_too() -> None:
    from pydantic import BaseModel, ValidationError

    class Point(BaseModel):
        x: int

    with pytest.raises(ValidationError) as error:
        Point.model_validate(3)
    assert described(error.value, Point) == "it should be an object, got 3"
    assert issubclass(NATIVE["length:words"], Check)
