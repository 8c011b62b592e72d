"""Cases: reasoning is removed, chat messages are read as the trainers have them."""

from __future__ import annotations

from typing import Any

import pytest

from verif_sdk import Case, InvalidSpec

WORDS = [{"type": "length:words", "at_least": 1}]


def text(response: Any, **fields: Any) -> str:
    return Case.of(response=response, constraints=WORDS, **fields).text().raw


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        ("plain", "plain"),
        ("\n plain ", "\n plain "),
        ("<think>hm</think>\n\nanswer", "answer"),
        ("hm, the template opened it</think>answer", "answer"),
        ("<think>a</think>x<think>b</think>y", "y"),
        ("<think>never closed", ""),
        ("<think>a</think>x <think>again", ""),
        ("", ""),
    ],
)
def test_reasoning_is_removed(response: str, answer: str) -> None:
    assert text(response) == answer


def test_the_tags_of_reasoning_can_be_others_or_none() -> None:
    case = Case.of(response="<r>a</r>b", constraints=WORDS)
    assert case.text(("<r>", "</r>")).raw == "b"
    assert case.text(None).raw == "<r>a</r>b"


@pytest.mark.parametrize(
    ("messages", "answer"),
    [
        ([{"role": "assistant", "content": "hi"}], "hi"),
        ([{"role": "assistant", "content": [{"type": "text", "text": "h"}, {"type": "text", "text": "i"}]}], "hi"),
        (
            [
                {"role": "assistant", "content": None, "tool_calls": [{}]},
                {"role": "tool", "content": "42"},
                {"role": "assistant", "content": "It is 42."},
            ],
            "It is 42.",
        ),
        ([{"role": "user", "content": "hi"}], ""),
        ([], ""),
    ],
)
def test_the_last_message_of_the_assistant_is_the_response(messages: list[dict[str, Any]], answer: str) -> None:
    assert text(messages) == answer


def test_prompts_are_read_from_messages() -> None:
    one = [{"role": "user", "content": "Hi?"}]
    several = [{"role": "system", "content": "Be kind."}, *one]
    assert Case.of(response="x", constraints=WORDS, prompt=one).text().prompt == "Hi?"
    assert (
        Case.of(response="x", constraints=WORDS, prompt=several).text().prompt == "system: Be kind.\n\nuser: Hi?"
    )


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"constraints": WORDS}, "field 'response' is missing"),
        ({"response": "x"}, "field 'constraints' is missing"),
        ({"response": 3, "constraints": WORDS}, "field 'response"),
        ({"response": "x", "constraints": WORDS, "promt": "y"}, "unknown field 'promt', did you mean 'prompt'"),
    ],
)
def test_a_wrong_case_is_one_sentence_that_names_the_field(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidSpec) as error:
        Case.of(**fields)
    assert sentence in str(error.value)
