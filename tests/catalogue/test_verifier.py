"""The verdict sets of verifier models: what is asked, and what each answer comes to."""

from __future__ import annotations

from typing import Any

import pytest

from verif_sdk import Question, Result, verify
from verif_sdk.judges.scripted import ScriptedJudge
from verif_sdk.question import Answer

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
