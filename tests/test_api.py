"""The front door: what it accepts, and what it says about what it does not."""

from __future__ import annotations

import json

import pytest

from verif_sdk import Case, InvalidSpec, Result, verify, verify_batch

WORDS = {"type": "length:words", "at_least": 2}


@pytest.mark.parametrize("constraints", [WORDS, [WORDS], json.dumps(WORDS), json.dumps([WORDS]), (WORDS,)])
def test_constraints_are_taken_as_one_or_many_dicts_or_json(constraints: object) -> None:
    assert verify("two words", constraints).reward == 1.0  # type: ignore[arg-type]  # each shape in turn


def test_cases_are_taken_as_dicts() -> None:
    results = verify_batch([{"response": "one", "constraints": [WORDS], "id": "a"}])
    assert [(result.id, result.reward) for result in results] == [("a", 0.0)]


def test_results_and_cases_survive_json() -> None:
    result = verify("one", [WORDS])
    assert Result.model_validate_json(result.model_dump_json()) == result
    case = Case.of(response="one", constraints=[WORDS], prompt=[{"role": "user", "content": "Hi"}])
    assert Case.model_validate_json(case.model_dump_json()) == case


def test_a_result_prints_its_reward_and_a_line_per_verdict() -> None:
    assert str(verify("two words", [WORDS, {"type": "length:words", "exactly": 2}])).splitlines() == [
        "reward 1.000",
        "  pass  1.00  length:words: 2 words; at least 2 words wanted",
        "  pass  1.00  length:words: 2 words; exactly 2 words wanted",
    ]


@pytest.mark.parametrize(
    ("constraints", "sentence"),
    [
        ({"type": "length:word"}, "unknown constraint type 'length:word'; did you mean 'length:words'"),
        (
            {"type": "length:words", "at_leat": 3},
            "length:words: unknown field 'at_leat', did you mean 'at_least'?",
        ),
        ({"type": "length:words", "at_least": -1}, "length:words: field 'at_least'"),
        ({"type": "length:words", "at_least": "many"}, "length:words: field 'at_least'"),
        ({"type": "length:words"}, "length:words: give a bound"),
        ({}, "needs a 'type'"),
        ("[{", "not JSON"),
        ([], "should have 1 or more items"),
        ([3], "a constraint is an object with a 'type', got a number: 3"),
    ],
)
def test_bad_constraints_get_one_sentence_that_names_field_and_fix(constraints: object, sentence: str) -> None:
    with pytest.raises(InvalidSpec) as error:
        verify("text", constraints)  # type: ignore[arg-type]  # wrong on purpose
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_none_counts_as_absent_and_zero_does_not() -> None:
    assert verify("a b", {**WORDS, "at_most": None}).reward == 1.0
    assert verify("a b", {**WORDS, "at_least": None, "at_most": 0}).reward == 0.0


def test_unknown_names_are_errors_with_the_near_matches() -> None:
    with pytest.raises(InvalidSpec, match="unknown aggregator 'meen'; did you mean 'mean'"):
        verify("a b", WORDS, aggregate="meen")
