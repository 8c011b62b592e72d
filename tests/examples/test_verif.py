"""The VerInstruct example: rewards from the sandbox and a scripted judge equal those of its labels."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from verif_sdk import Composer, Question
from verif_sdk.judges.scripted import ScriptedJudge
from verif_sdk.judges.wrappers.all_in_one import AllInOneJudge
from verif_sdk.rows import verinstruct

ROWS = Path(__file__).resolve().parents[2] / "examples" / "verif" / "rows.jsonl"
pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")


def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in ROWS.read_text("utf-8").splitlines()]


def judge_by_the_labels() -> ScriptedJudge:
    labels = {
        (row["response"], checker.removeprefix("[llm] ")): held
        for row in rows()
        for checker, held in zip(row["checkers"], row["metadata"]["holds"], strict=True)
    }

    def script(question: Question) -> float:
        (held,) = {
            held
            for (response, words), held in labels.items()
            if response == question.response and words in question.question
        }
        return float(held)

    return ScriptedJudge(script)


def from_labels(row: dict[str, Any]) -> float:
    """Return the published reward from the labels alone: the mean of the rules times the mean of the rest."""
    labels = list(zip(row["checkers"], row["metadata"]["holds"], strict=True))
    rules: list[bool] = [held for checker, held in labels if checker.startswith("[rule]")] or [True]
    rest: list[bool] = [held for checker, held in labels if checker.startswith("[llm]")] or [True]
    return sum(rules) / len(rules) * (sum(rest) / len(rest))


def test_rewards_with_a_scripted_judge_equal_those_of_the_labels() -> None:
    results = Composer(judge=judge_by_the_labels()).verify_batch([verinstruct.case(row) for row in rows()])
    assert [result.reward for result in results] == pytest.approx([from_labels(row) for row in rows()], abs=1e-12)


def test_with_one_verdict_for_all_criteria_the_reward_is_the_published_codes() -> None:
    """Its judge says 1 if a response meets all criteria, which multiplies the mean of the rules."""
    held = {row["response"]: row for row in rows()}

    def script(question: Question) -> float:
        row = held[question.response]
        soft = [
            label
            for checker, label in zip(row["checkers"], row["metadata"]["holds"], strict=True)
            if "[llm]" in checker
        ]
        assert question.answers == (("1", 1.0), ("0", 0.0))
        assert question.question.count("\n") == len(soft)
        return float(all(soft))

    judge = AllInOneJudge(ScriptedJudge(script))
    results = Composer(judge=judge).verify_batch([verinstruct.case(row) for row in rows()])
    for row, result in zip(rows(), results, strict=True):
        labels = list(zip(row["checkers"], row["metadata"]["holds"], strict=True))
        rules: list[bool] = [label for checker, label in labels if checker.startswith("[rule]")] or [True]
        published = (
            sum(rules) / len(rules) * all(label for checker, label in labels if checker.startswith("[llm]"))
        )
        assert result.reward == pytest.approx(published, abs=1e-12)


def test_every_rule_holds_where_its_label_says_so() -> None:
    results = Composer(judge=judge_by_the_labels(), early_exit=False).verify_batch(
        [verinstruct.case(row) for row in rows()]
    )
    for row, result in zip(rows(), results, strict=True):
        assert [verdict.passed for verdict in result.verdicts] == row["metadata"]["holds"], row["id"]


def test_the_rows_cover_what_they_should() -> None:
    checkers = [checker for row in rows() for checker in row["checkers"]]
    held = [label for row in rows() for label in row["metadata"]["holds"]]
    assert len(rows()) == 40
    assert all(sum(checker.startswith(tag) for checker in checkers) >= 30 for tag in ("[rule]", "[llm]"))
    assert min(held.count(True), held.count(False)) >= 30


@pytest.mark.vllm
@pytest.mark.filterwarnings("ignore")
def test_rewards_of_the_real_engine_and_sandbox_equal_those_worked_out_one_by_one(vllm_judge: Any) -> None:
    from verif_sdk import Text, event_loop

    cases = [verinstruct.case(row) for row in rows()]
    results = Composer(judge=vllm_judge).verify_batch(cases)
    asked = 0
    for row, case, result in zip(rows(), cases, results, strict=True):
        soft = []
        for constraint in case.constraints:
            for question in constraint.questions(Text(row["response"], prompt=row["prompt"])):
                (answer,) = event_loop.submit(vllm_judge.answer([question])).result(timeout=120)
                soft.append(answer.score >= 0.5)
        rules = [
            held
            for checker, held in zip(row["checkers"], row["metadata"]["holds"], strict=True)
            if checker.startswith("[rule]")
        ]
        asked += len(soft)
        wanted = (sum(rules) / len(rules) if rules else 1.0) * (sum(soft) / len(soft) if soft else 1.0)
        assert result.reward == pytest.approx(wanted, abs=1e-12), row["id"]
    assert asked >= 20
