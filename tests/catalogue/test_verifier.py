"""The verdict sets of verifier models: what is asked, and what each answer comes to."""

from __future__ import annotations

from typing import Any

import pytest

from verif_sdk import Question, Result, verify
from verif_sdk.judges.scripted import ScriptedJudge
from verif_sdk.question import Answer
from verif_sdk.rewards import metrics
from verif_sdk.rewards.config import RewardConfig
from verif_sdk.rewards.rollout import Rollout
from verif_sdk.rewards.scorer import Scorer

REFERENCE = "The iron tower opened in 1889."


def judged(response: str, spec: dict[str, Any], script: Any, **fields: Any) -> Result:
    return verify(response, spec, judge=ScriptedJudge(script), **fields)


def letter(chosen: str) -> Any:
    return lambda _: Answer(score=float(chosen == "A"), choice=chosen)


@pytest.mark.parametrize(
    ("name", "chosen", "passed", "reason"),
    [
        ("correctness", "A", True, "the judge found it correct"),
        ("correctness", "B", False, "the judge found it incorrect"),
        ("correctness", "C", False, "the judge found it invalid"),
        ("grounding", "A", True, "the judge found it correct"),
        ("grounding", "B", False, "the judge found it a grounding error"),
        ("grounding", "C", False, "the judge found it a retrieval error"),
    ],
)
def test_labels_are_letters_to_the_judge_and_words_in_the_verdict(
    name: str, chosen: str, passed: bool, reason: str
) -> None:
    result = judged("In 1889.", {"type": f"soft:{name}"}, letter(chosen), reference=REFERENCE)
    assert (result.verdicts[0].passed, result.verdicts[0].reason) == (passed, reason)
    judge = ScriptedJudge(letter("A"))
    verify("In 1889.", {"type": f"soft:{name}"}, judge=judge, reference=REFERENCE)
    assert judge.asked[0].answers == (("A", 1.0), ("B", 0.0), ("C", 0.0))
    assert judge.asked[0].reference == REFERENCE


@pytest.mark.parametrize(
    ("spec", "chosen", "label", "passed"),
    [
        ({"type": "soft:correctness"}, "A", "correct", True),
        ({"type": "soft:correctness"}, "C", "invalid", False),
        ({"type": "soft:correctness", "kinds": True}, "C", "incomplete", False),
        ({"type": "soft:correctness", "kinds": True}, "E", "refusal", False),
        ({"type": "soft:correctness", "invalid": "leave_out"}, "B", "incorrect", False),
        ({"type": "soft:correctness", "invalid": "leave_out"}, "C", "invalid", None),
        ({"type": "soft:correctness", "invalid": "leave_out", "kinds": True}, "D", "repetitive", None),
        ({"type": "soft:grounding"}, "C", "retrieval_error", False),
        ({"type": "soft:scale", "criterion": "clarity"}, "4", "4", True),
    ],
)
def test_a_verdict_names_the_outcome_that_the_judge_chose(
    spec: dict[str, Any], chosen: str, label: str, passed: bool | None
) -> None:
    answer = Answer(score=0.75 if chosen == "4" else float(chosen == "A"), choice=chosen)
    result = judged("In 1889.", spec, lambda _: answer, reference=REFERENCE)
    assert (result.verdicts[0].label, result.verdicts[0].passed) == (label, passed)
    assert (result.reward is None) == (passed is None)


def test_a_response_that_repeats_itself_is_left_out_with_its_kind() -> None:
    spec = {"type": "soft:correctness", "invalid": "leave_out", "kinds": True}
    result = judged("Yes yes yes", spec, letter("D"), reference=REFERENCE)
    assert result.errors == ("the judge found it repetitive, and invalid responses are left out",)


def test_the_shares_of_labels_are_metrics_of_a_trainer() -> None:
    rollouts = [
        Rollout("p", said, {"constraints": [{"type": "soft:correctness"}], "reference": "x"}) for said in "abc"
    ]
    judge = ScriptedJudge(lambda question: letter({"a": "A", "b": "C", "c": "C"}[question.response])(question))
    found = metrics.values(Scorer(RewardConfig(judge=judge)).score(rollouts))
    shares = {name: [value for other, value in found if other == name] for name, _ in found}
    assert shares["verif/soft:correctness/correct"] == [1.0, 0.0, 0.0]
    assert shares["verif/soft:correctness/invalid"] == [0.0, 1.0, 1.0]
    assert shares["verif/soft:correctness/refusal"] == [0.0] * 3


@pytest.mark.parametrize("name", ["correctness", "grounding", "faithful_sentences"])
def test_without_a_reference_there_is_no_verdict(name: str) -> None:
    result = judged("In 1889.", {"type": f"soft:{name}"}, letter("A"))
    assert result.reward is None
    assert "needs a reference" in result.errors[0]


STEPS = {"type": "soft:steps", "unit": "line"}


def test_the_first_wrong_step_is_named_and_the_score_is_what_came_before_it() -> None:
    def wrong_from_three(question: Question) -> float:
        return 0.1 if "Step 3 is" in question.question else 0.9

    result = judged("2 + 3 = 5\n5 * 2 = 10\n10 - 1 = 8\n8 + 1 = 9", STEPS, wrong_from_three)
    (verdict,) = result.verdicts
    assert (verdict.passed, verdict.score) == (False, 0.5)
    assert verdict.reason == "soft:steps 3 is the first that fails: '10 - 1 = 8'"
    assert [part.passed for part in verdict.parts] == [True, True, False, True]
    right = judged("2 + 3 = 5\n5 * 2 = 10", STEPS, lambda _: 0.9)
    assert (right.verdicts[0].score, right.verdicts[0].reason) == (1.0, "all 2 hold")


def test_a_step_that_could_not_be_judged_leaves_all_undecided() -> None:
    def second_fails(question: Question) -> Any:
        return Answer(error="HTTP 500") if "Step 2 is" in question.question else 0.9

    assert judged("a\nb\nc", STEPS, second_fails).errors == ("HTTP 500",)
    assert "at most 64" in judged("a\n" * 65, STEPS, lambda _: 0.9).errors[0]
    assert judged(" ", STEPS, lambda _: 0.9).reward == 0.0


def test_faithfulness_is_told_from_correctness_sentence_by_sentence() -> None:
    spec = {"type": "soft:faithful_sentences"}

    def unsupported(question: Question) -> float:
        return 0.0 if "support sentence 2" in question.question else 1.0

    def false(question: Question) -> float:
        return 0.0 if "Is sentence 1" in question.question else 1.0

    text = "It opened in 1889. It is tall."
    (verdict,) = judged(text, spec, unsupported, reference=REFERENCE).verdicts
    assert (verdict.passed, verdict.score) == (False, 0.5)
    assert verdict.reason.endswith("2 is the first that fails: not faithful to the reference: 'It is tall.'")
    (verdict,) = judged(text, spec, false, reference=REFERENCE).verdicts
    assert (verdict.score, "1 is the first that fails: not correct" in verdict.reason) == (0.0, True)
    assert judged(text, spec, lambda _: 1.0, reference=REFERENCE).reward == 1.0


@pytest.mark.parametrize(("score", "passed"), [(0.5, True), (0.49, False)])
def test_a_rubric_passes_from_its_bound_on(score: float, passed: bool) -> None:
    rubric = {"type": "soft:rubric", "items": [{"criterion": "It is kind."}], "at_least": 0.5}
    assert verify("Hi.", rubric, judge=ScriptedJudge(lambda _: score)).passed is passed
