"""The front door: what it accepts, and what it says about what it does not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from inspect import signature
from typing import Any

import pytest

from verif_sdk import (
    Answer,
    Case,
    Composer,
    InvalidSpec,
    Result,
    UndecidedReward,
    Usage,
    averify,
    averify_batch,
    verify,
    verify_batch,
)
from verif_sdk.judges.scripted import ScriptedJudge

WORDS = {"type": "length:words", "at_least": 2}
KIND = {"type": "soft:tone", "tone": "kind"}


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


FUNCTIONS = (verify, averify, verify_batch, averify_batch)
METHODS = (Composer.verify, Composer.averify, Composer.verify_batch, Composer.averify_batch)


@pytest.mark.parametrize(("function", "method"), [*zip(FUNCTIONS, METHODS, strict=True)])
def test_a_function_takes_what_the_composer_and_its_method_take(function: Any, method: Any) -> None:
    _, *of_the_call = signature(method).parameters.values()
    of_the_composer = signature(Composer).parameters.values()
    assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in of_the_composer)
    expected = [(one.name, one.kind, one.default) for one in (*of_the_call, *of_the_composer)]
    assert [(one.name, one.kind, one.default) for one in signature(function).parameters.values()] == expected


def every_way(**options: Any) -> list[Callable[..., Result]]:
    """Return the eight ways in, each as a function of one case that is given as a dict."""
    composer = Composer(**options)
    return [
        lambda **case: verify(**case, **options),
        lambda **case: verify(case, **options),
        lambda **case: asyncio.run(averify(Case.of(**case), **options)),
        lambda **case: verify_batch([case], **options)[0],
        lambda **case: asyncio.run(averify_batch([Case.of(**case)], **options))[0],
        composer.verify,
        lambda **case: asyncio.run(composer.averify(case)),
        lambda **case: composer.verify_batch([case])[0],
        lambda **case: asyncio.run(composer.averify_batch([case]))[0],
    ]


def test_every_way_in_gives_the_same_result() -> None:
    judge = ScriptedJudge(lambda question: 0.9 if question.response == "a b" else 0.1)
    options: dict[str, Any] = {"judge": judge, "aggregate": "mean", "think": ("[T]", "[/T]"), "timeout": 60.0}
    case = {"response": "[T]c[/T]a b", "constraints": [WORDS, KIND], "prompt": "p", "reference": "r"}
    results = [way(**case).model_copy(update={"usage": Usage()}) for way in every_way(**options)]
    assert len({result.model_dump_json() for result in results}) == 1
    assert results[0].reward == pytest.approx(0.95)


def test_every_way_in_knows_the_undecided() -> None:
    judge = ScriptedJudge(lambda _: Answer(error="gone"))
    case = {"response": "a b", "constraints": KIND}
    assert [way(**case).reward for way in every_way(judge=judge, undecided=0.25)] == [0.25] * 9
    for way in every_way(judge=judge, undecided="raise"):
        with pytest.raises(UndecidedReward, match="soft:tone is undecided: gone"):
            way(**case)


def test_a_case_is_given_whole_or_in_parts() -> None:
    with pytest.raises(InvalidSpec, match="a case has its own constraints, prompt, reference: put prompt into it"):
        verify(Case.of(response="a", constraints=WORDS), prompt="p")
    with pytest.raises(InvalidSpec, match="field 'constraints' is missing"):
        verify("a")
    with pytest.raises(InvalidSpec, match="unknown field 'respons', did you mean 'response'"):
        verify({"respons": "a"})
    for one in (Case.of(response="a", constraints=WORDS), {"response": "a"}, "text"):
        with pytest.raises(InvalidSpec, match="a batch is a list of cases; put the one case into a list"):
            verify_batch(one)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(InvalidSpec, match="case 1 should be a Case or a dict of its fields, got 3"):
        Composer().verify_batch([Case.of(response="a", constraints=WORDS), 3])  # type: ignore[list-item]  # as above


@pytest.mark.parametrize(
    ("name", "wrong", "words"),
    [
        ("undecided", 7, r"None, 'raise' or a number in \[0, 1\], got 7"),
        ("early_exit", "no", 'True or False, got "no"'),
        ("think", "<think>", 'None, or the tags around reasoning, such as .*, got "<think>"'),
        ("think", ("", "</t>"), "None, or the tags around reasoning"),
        ("timeout", 0, "None, or a number of seconds above 0, got 0"),
        ("timeout", True, "None, or a number of seconds above 0, got true"),
        ("unsandboxed", 1, "True or False, got 1"),
        ("aggregate", 3, "the name of an aggregator or a function, got 3"),
    ],
)
def test_a_wrong_argument_is_refused_by_every_way_in_before_anything_is_read(
    name: str, wrong: Any, words: str
) -> None:
    ways: list[Callable[[], Any]] = [
        lambda: Composer(**{name: wrong}),
        lambda: verify("a", WORDS, **{name: wrong}),
        lambda: verify_batch(iter(()), **{name: wrong}),
        lambda: asyncio.run(averify("a", WORDS, **{name: wrong})),
        lambda: asyncio.run(averify_batch([], **{name: wrong})),
    ]
    for way in ways:
        with pytest.raises(InvalidSpec, match=f"^{name} is {words}"):
            way()


def test_the_old_word_is_gone() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'missing'"):
        verify("a", WORDS, missing=0.0)  # type: ignore[call-arg]  # wrong on purpose
