"""A verdict is an expectation over the probabilities of the allowed answers."""

from __future__ import annotations

from math import log

import pytest

from verif_sdk import Question
from verif_sdk.judges.reading import read, spellings

YES_NO = Question(prompt=None, response="r", question="q")
SCALE = Question(prompt=None, response="r", question="q", answers=(("1", 0.0), ("2", 0.5), ("3", 1.0)))


def test_the_score_is_the_probability_of_yes_among_yes_and_no() -> None:
    answer = read(YES_NO, {"yes": [log(0.3)], "no": [log(0.1)]})
    assert answer.choice == "yes"
    assert answer.score == pytest.approx(0.75)
    assert answer.mass == pytest.approx(0.4)


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
