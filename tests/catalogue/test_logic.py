"""Combinators are exact: what they decide early holds for every answer that could still come."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verif_sdk import Answer, Registry, Text, Verdict, verify
from verif_sdk.judges.scripted import ScriptedJudge

YES = {"type": "keywords:include", "keywords": ["yes"]}  # holds for the response below
NO = {"type": "keywords:include", "keywords": ["no"]}
NEAR = {"type": "length:words", "exactly": 2}  # fails, with a score of 2/3
ERROR = {"type": "structure:repeats_prompt"}  # undecided without a prompt
SOFT: list[dict[str, Any]] = [{"type": "soft:tone", "tone": tone} for tone in ("a", "b", "c")]
LENIENT = {"type": "soft:scale", "criterion": "x", "at_least": 1}  # passes with a score of 0
RESPONSE = "well then yes"

leaves = st.sampled_from([YES, NO, NEAR, ERROR, *SOFT, LENIENT])


def nested(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.lists(parts, min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda of: {"type": "logic:all_of", "of": of}, lists),
        st.builds(lambda of: {"type": "logic:any_of", "of": of}, lists),
        st.builds(lambda part: {"type": "logic:not", "constraint": part}, parts),
        st.builds(lambda a, b: {"type": "logic:if_then", "condition": a, "then": b}, parts, parts),
        st.builds(lambda part: {"type": "logic:within", "part": "line", "constraint": part}, parts),
    )


@settings(deadline=None)
@given(st.recursive(leaves, nested, max_leaves=5))
def test_an_early_decision_holds_whatever_the_open_answers_become(spec: dict[str, Any]) -> None:
    constraint = Registry.installed().parse(spec)
    text = Text(RESPONSE)
    count = len(constraint.questions(text))
    if count > 4:
        return
    early = constraint.decide(text, [None] * count)
    finals = [
        constraint.decide(text, [Answer(score=score, choice="x") for score in scores])
        for scores in product((0.0, 0.3, 0.7, 1.0), repeat=count)
    ]
    assert not any(final.skipped for final in finals)
    if early.decided:
        assert {(final.passed, final.score) for final in finals} == {(early.passed, early.score)}
    if count == 0:
        assert not early.skipped


@settings(deadline=None)
@given(st.recursive(leaves, nested, max_leaves=5))
def test_an_error_of_the_judge_is_undecided_unless_the_outcome_was_certain(spec: dict[str, Any]) -> None:
    constraint = Registry.installed().parse(spec)
    count = len(constraint.questions(Text(RESPONSE)))
    early = constraint.decide(Text(RESPONSE), [None] * count)
    failed = constraint.decide(Text(RESPONSE), [Answer(error="away")] * count)
    assert not failed.skipped
    assert failed.decided == early.decided


def decided(spec: dict[str, Any], response: str = RESPONSE, score: float = 1.0) -> Verdict:
    (verdict,) = verify(response, spec, judge=ScriptedJudge(lambda _: score), early_exit=False).verdicts
    return verdict


@pytest.mark.parametrize(
    ("spec", "passed", "score"),
    [
        ({"type": "logic:all_of", "of": [YES, SOFT[0]]}, True, 0.8),
        ({"type": "logic:all_of", "of": [YES, NEAR]}, False, 2 / 3),
        ({"type": "logic:any_of", "of": [NO, SOFT[0]]}, True, 0.8),
        ({"type": "logic:any_of", "of": [NO, NEAR]}, False, 2 / 3),
        ({"type": "logic:not", "constraint": NEAR}, True, 1.0),
        ({"type": "logic:not", "constraint": SOFT[0]}, False, 0.2),
        ({"type": "logic:if_then", "condition": NO, "then": NEAR}, True, 1.0),
        ({"type": "logic:if_then", "condition": YES, "then": NEAR}, False, 2 / 3),
    ],
)
def test_scores_are_the_lowest_the_highest_and_the_rest(spec: dict[str, Any], passed: bool, score: float) -> None:
    verdict = decided(spec, score=0.8)
    assert verdict.passed is passed
    assert verdict.score == pytest.approx(score)


def test_a_combination_is_hard_only_if_all_its_parts_are() -> None:
    parse = Registry.installed().parse
    assert parse({"type": "logic:all_of", "of": [YES, NO]}).hard
    assert not parse({"type": "logic:all_of", "of": [YES, SOFT[0]]}).hard


def test_silence_is_not_the_absence_of_anything() -> None:
    assert decided({"type": "logic:not", "constraint": NO}, response=" ").passed is False


def test_evidence_within_a_part_points_into_the_whole_response() -> None:
    spec = {"type": "logic:within", "part": "paragraph", "n": 2, "constraint": {**YES}}
    verdict = decided(spec, response="first\n\nthen yes")
    ((start, end),) = verdict.evidence
    assert "first\n\nthen yes"[start:end] == "yes"


@pytest.mark.parametrize(
    ("part", "response"),
    [
        ({"part": "code_block"}, "text\n```py\nyes\n```"),
        ({"part": "code_block", "n": -1}, "```\nno\n```\n```\nyes\n```"),
        ({"part": "line", "n": -2}, "no\nyes\nno"),
        ({"part": "match", "pattern": "<(.*?)>", "n": 2}, "<no> <yes>"),
        ({"part": "match", "pattern": "y.s"}, "no yes"),
        ({"part": "json", "path": ["a", 1, "b"]}, '{"a": [0, {"b": "yes"}]}'),
        ({"part": "json", "path": []}, '["yes"]'),
    ],
)
def test_within_finds_its_part(part: dict[str, Any], response: str) -> None:
    assert decided({"type": "logic:within", "constraint": YES, **part}, response=response).passed is True


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ({"part": "line", "n": 0}, "n counts from 1"),
        ({"part": "match"}, "'pattern' goes with part 'match'"),
        ({"part": "line", "path": ["a"]}, "'path' goes with part 'json'"),
        ({"part": "match", "pattern": "("}, "not a regular expression"),
    ],
)
def test_an_incomplete_part_is_refused_in_words(part: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Registry.installed().parse({"type": "logic:within", "constraint": YES, **part})


@pytest.mark.parametrize(
    ("kind", "member"), [("all_of", LENIENT), ("any_of", {"type": "logic:not", "constraint": LENIENT})]
)
def test_a_certain_score_with_an_open_outcome_does_not_decide(kind: str, member: dict[str, Any]) -> None:
    constraint = Registry.installed().parse({"type": f"logic:{kind}", "of": [member, SOFT[0]]})
    assert constraint.decide(Text(RESPONSE), [Answer(score=0.0, choice="1"), None]).skipped


def test_a_combination_of_combinations_survives_json() -> None:
    spec = {"type": "logic:if_then", "condition": {"type": "logic:not", "constraint": NO}, "then": LENIENT}
    constraint = Registry.installed().parse(spec)
    assert Registry.installed().parse(constraint.model_dump_json()) == constraint
