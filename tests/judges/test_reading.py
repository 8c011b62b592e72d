"""A verdict is an expectation over the probabilities of the allowed answers."""

from __future__ import annotations

from math import log

import pytest

from verif_sdk import Question
from verif_sdk.judges.reading import read, spellings

YES_NO = Question(prompt=None, response="r", question="q")
SCALE = Question(prompt=None, response="r", question="q", answers=(("1", 0.0), ("2", 0.5), ("3", 1.0)))


def test_the_score_is_the_probability_of_yes_among_yes_and_no() -> None:
    answer = read(YES_NO, {"yes": [log(0.6)], "no": [log(0.2)]})
    assert answer.choice == "yes"
    assert answer.score == pytest.approx(0.75)
    assert answer.mass == pytest.approx(0.8)


def test_spellings_of_one_answer_add_up() -> None:
    answer = read(YES_NO, {"yes": [log(0.2), log(0.2)], "no": [log(0.3)]})
    assert answer.choice == "yes"
    assert answer.score == pytest.approx(4 / 7)


def test_a_scale_is_read_as_its_expectation() -> None:
    answer = read(SCALE, {"1": [log(0.25)], "2": [log(0.5)], "3": [log(0.25)]})
    assert answer.choice == "2"
    assert answer.score == pytest.approx(0.5)


def test_no_probability_for_any_answer_is_an_error() -> None:
    answer = read(YES_NO, {})
    assert answer.score is None
    assert answer.error == "the judge gave none of the answers a probability: yes, no"


def test_spellings_begin_with_the_plain_one() -> None:
    assert spellings("yes") == ["yes", " yes", "Yes", " Yes", "YES", " YES"]


def test_a_verdict_from_nothing_is_no_verdict() -> None:
    almost = read(YES_NO, {"yes": [log(2e-9)]})
    assert almost.score is None
    assert almost.mass == pytest.approx(2e-9)
    assert almost.error == (
        "the judge gave 2e-09 of its probability to the answers yes, no, less than 0.5: "
        "it would rather begin its reply with something else"
    )
    assert read(YES_NO, {"yes": [log(0.3)], "no": [log(0.19)]}).score is None
    assert read(YES_NO, {"yes": [log(0.3)], "no": [log(0.21)]}).score is not None
    assert read(YES_NO, {"yes": [log(0.01)]}, 0.005).score == 1.0
    assert read(YES_NO, {"yes": [log(2e-9)]}, 0.0).score == 1.0


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2.0, 1e308])
def test_what_is_no_log_probability_is_an_error(value: float) -> None:
    answer = read(YES_NO, {"yes": [value], "no": [log(0.9)]}, 0.0)
    assert answer.score is None
    assert "not a number up to 0" in (answer.error or "")


def test_half_precision_may_round_a_probability_above_one() -> None:
    assert read(YES_NO, {"yes": [0.0004], "no": [float("-inf")]}).mass == 1.0
