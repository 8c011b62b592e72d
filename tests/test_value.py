"""Constructors: whatever is wrong, one sentence of ours says so, whichever class it is."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from verif_sdk import Answer, Case, InvalidSpec, Question, Result, Usage, Verdict
from verif_sdk.catalogue.length import Words
from verif_sdk.catalogue.soft.rubric import Item
from verif_sdk.rewards.shaping import Affine, Clip
from verif_sdk.value import Value


@pytest.mark.parametrize(
    ("cls", "fields", "sentence"),
    [
        (Words, {"at_leest": 3}, "Words: unknown field 'at_leest', did you mean 'at_least' or 'at_most'?"),
        (Words, {}, "Words: give a bound: 'at_least', 'at_most' or 'exactly'"),
        (Words, {"at_least": "many"}, "Words: field 'at_least' should be a whole number, got \"many\""),
        (
            Case,
            {"respone": "x", "response": "x", "constraints": [Words(at_least=1)]},
            "Case: unknown field 'respone', did you mean 'response'?",
        ),
        (
            Case,
            {"response": "x", "constraints": [{"type": "length:words", "exact": 3}]},
            "Case: field 'constraints.0': length:words: unknown field 'exact', did you mean 'exactly'?",
        ),
        (Verdict, {"type": "a:b", "passed": True}, "Verdict: passed and score are given together"),
        (Result, {"reward": 3, "verdicts": ()}, "Result: field 'reward' should be 1.0 or less, got 3"),
        (Usage, {"askd": 1}, "Usage: unknown field 'askd', did you mean 'asked'?"),
        (Answer, {"scor": 1.0}, "Answer: unknown field 'scor', did you mean 'score'?"),
        (Question, {"prompt": None, "response": "a"}, "Question: field 'question' is missing"),
        (Item, {"criterion": "a", "wait": 2}, "Item: unknown field 'wait', did you mean 'weight'?"),
        (Affine, {"scal": 2}, "Affine: unknown field 'scal', did you mean 'scale'?"),
        (Clip, {"low": 2, "high": 1}, "Clip: clip: low (2) is above high (1)"),
    ],
)
def test_a_wrong_constructor_call_gets_one_sentence_of_ours(
    cls: type[Value], fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InvalidSpec) as refused:
        cls(**fields)
    assert str(refused.value) == sentence


def test_data_is_read_without_a_call_of_the_constructor(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    monkeypatch.setattr(Value, "__init__", lambda *given, **_: calls.append(given))
    assert Words.read({"at_least": 2}).at_least == 2
    assert calls == []


def test_a_value_is_frozen_equal_and_picklable() -> None:
    words = Words(at_least=2)
    assert pickle.loads(pickle.dumps(words)) == words
    with pytest.raises(ValueError, match="frozen"):
        setattr(words, "at_least", 3)  # noqa: B010  # a type checker refuses it too
