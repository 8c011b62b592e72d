"""Row formats of the family: ids and parameters find their places, in all shapes that data sets have."""

from __future__ import annotations

import json
from typing import Any

import pytest

from verif_sdk import Case, Composer, InvalidSpec, Registry


def read(name: str, row: dict[str, Any]) -> Case:
    return Registry.installed().row_format(name)(row)


def test_repeated_ids_keep_their_places() -> None:
    row = {
        "key": 7,
        "prompt": "p",
        "instruction_id_list": ["keywords:existence", "count:numbers", "keywords:existence"],
        "kwargs": [{"keywords": ["a"], "N": None}, {"N": 2.0}, {"keywords": ["b"]}],
        "response": "a 1 2",
    }
    case = read("ifeval", row)
    assert case.id == "7"
    assert [item.type for item in case.constraints] == [
        "ifeval:keywords:existence",
        "ifbench:count:numbers",
        "ifeval:keywords:existence",
    ]
    assert [verdict.passed for verdict in Composer().verify(case).verdicts] == [True, True, False]
    assert read("ifbench", row) == case


def test_one_parsed_constraint_serves_strict_and_loose() -> None:
    row = {"instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}], "response": "Well, yes:\nno comma"}
    assert Composer().verify(read("ifeval", row)).passed is False
    assert Composer().verify(read("ifeval-loose", row)).passed is True


ENTRY: dict[str, Any] = {
    "instruction_id": ["keywords:existence", "copy:repeat_phrase"],
    "kwargs": [{"keywords": ["fun"], "phrase": None}, {"phrase": "Time flies when having fun", "small_n": 1}],
}


@pytest.mark.parametrize(
    "truth",
    [
        str([json.dumps(ENTRY)]),
        str([ENTRY]),
        json.dumps([ENTRY]),
        json.dumps(ENTRY),
        [ENTRY],
        ENTRY,
        [json.dumps(ENTRY)],
    ],
)
def test_ground_truth_is_read_in_every_shape_that_is_written(truth: Any) -> None:
    row = {"messages": [{"role": "user", "content": "p"}], "ground_truth": truth, "response": "fun"}
    case = read("ifrlvr", row)
    assert [item.type for item in case.constraints] == ["ifeval:keywords:existence", "iftrain:copy:repeat_phrase"]
    assert Composer().verify(case).verdicts[0].passed is True
    assert [item.type for item in read("ifrlvr-loose", row).constraints] == ["ifeval:loose"] * 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"ground_truth": "[", "response": ""}, "neither JSON nor a Python literal"),
        (
            {"ground_truth": "[1, 2]", "response": ""},
            "field 'ground_truth' is missing, or not a list of one object",
        ),
        ({"response": ""}, "field 'ground_truth' is missing"),
        ({"ground_truth": "__import__('os').getcwd()", "response": ""}, "neither JSON nor a Python literal"),
        ({"ground_truth": {"instruction_id": ["a"]}, "response": ""}, "field 'kwargs' is missing or no list"),
        ({"ground_truth": {"instruction_id": [1], "kwargs": [{}]}, "response": ""}, "an instruction id is a text"),
        ({"ground_truth": {"instruction_id": ["a"], "kwargs": ["b"]}, "response": ""}, "a list of objects"),
        (
            {"ground_truth": {"instruction_id": [], "kwargs": [{}]}, "response": ""},
            "0 instruction ids and 1 kwargs",
        ),
        ({"ground_truth": ENTRY}, "field 'response' is missing"),
    ],
)
def test_a_training_row_that_cannot_be_read_says_why(row: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidSpec, match=said):
        read("ifrlvr", row)


def test_a_letter_that_is_none_is_counted_in_rows_and_refused_to_be_drawn_elsewhere() -> None:
    letter = {"letter": "#", "let_frequency": 2, "let_relation": "at least"}
    row = {"instruction_id_list": ["keywords:letter_frequency"], "kwargs": [letter], "response": "# #"}
    assert Composer().verify(read("ifeval", row)).passed is True
    faithful = Case.of(response="# #", constraints=[{"type": "ifeval:keywords:letter_frequency", **letter}])
    assert "random" in (Composer().verify(faithful).verdicts[0].error or "")


def test_a_judged_constraint_is_not_read_loosely() -> None:
    spec = {"type": "ifeval:loose", "constraint": {"type": "soft:tone", "tone": "friendly"}}
    with pytest.raises(InvalidSpec, match="soft:tone asks a judge; only a constraint by code is read loosely"):
        Registry.installed().parse(spec)


def test_the_loose_reading_belongs_to_the_format_and_keeps_its_old_name() -> None:
    registry = Registry.installed()
    row = {
        "key": 1,
        "prompt": "p",
        "response": "a",
        "instruction_id_list": ["punctuation:no_comma"],
        "kwargs": [{}],
    }
    for name in ("ifeval", "ifbench"):
        assert registry.modes(name) == ("strict", "loose")
        loose = registry.row_format(name, "loose")(row)
        assert [item.type for item in loose.constraints] == ["ifeval:loose"]
        assert registry.row_format(f"{name}-loose")(row) == loose
        assert [item.type for item in registry.row_format(name)(row).constraints] == [
            "ifeval:punctuation:no_comma"
        ]
    with pytest.raises(
        InvalidSpec, match="rows 'native' have no loose mode; those that have: ifbench, ifeval, ifrlvr"
    ):
        registry.row_format("native", "loose")
    with pytest.raises(InvalidSpec, match="mode 'lose' is neither strict nor loose"):
        registry.row_format("ifeval", "lose")
    with pytest.raises(InvalidSpec, match="unknown row format 'native-loose'"):
        registry.row_format("native-loose")
