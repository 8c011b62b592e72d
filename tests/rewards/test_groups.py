"""Groups of completions: ranked by a judge against each other, and what a trainer can learn from their rewards."""

from __future__ import annotations

import pytest

from verif_sdk import Answer, MissingJudge, Question
from verif_sdk.judges.scripted import ScriptedJudge
from verif_sdk.rewards.groups import Signal, rank, signal


def test_a_group_is_ranked_by_both_orders_of_each_pair() -> None:
    def longer(question: Question) -> float:
        # It also likes what stands in the response's place, which the two orders take out again.
        better = len(question.response) > len(question.reference or "")
        return 0.9 if better else 0.3

    judge = ScriptedJudge(longer)
    assert rank(["aa", "a", "aaa", " "], "length", judge=judge) == pytest.approx([2 / 3, 1.4 / 3, 2.6 / 3, 0.0])
    assert len(judge.asked) == 6
    assert rank(["a", "b", "c"], "x", judge=ScriptedJudge(lambda _: 0.7)) == pytest.approx([0.5] * 3)


def test_the_judge_reads_prompt_and_criterion() -> None:
    judge = ScriptedJudge(lambda _: 1.0)
    rank(["a", "b"], "the kinder one", prompt="Say hi.", judge=judge)
    assert {question.prompt for question in judge.asked} == {"Say hi."}
    assert all("the kinder one" in question.question for question in judge.asked)
    assert {(question.response, question.reference) for question in judge.asked} == {("a", "b"), ("b", "a")}


def test_blank_completions_are_compared_without_a_judge() -> None:
    judge = ScriptedJudge(lambda _: 1.0)
    assert rank([" ", "", "a"], "x", judge=judge) == [0.25, 0.25, 1.0]
    assert judge.asked == []


def test_a_comparison_without_an_answer_leaves_both_undecided_and_nobody_else() -> None:
    def fails(question: Question) -> float | Answer:
        return Answer(error="no") if {question.response, question.reference} == {"a", "b"} else 0.5

    assert rank(["a", "b"], "x", judge=ScriptedJudge(fails)) == [None, None]
    assert rank(["a", "b", " "], "x", judge=ScriptedJudge(fails)) == [None, None, 0.0]


def test_one_completion_or_no_judge_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VERIF_JUDGE", raising=False)
    with pytest.raises(ValueError, match="two completions or more, got 1"):
        rank(["a"], "x", judge=ScriptedJudge(lambda _: 1.0))
    with pytest.raises(MissingJudge, match="ranking needs a judge"):
        rank(["a", "b"], "x")


def test_groups_without_a_signal_are_counted() -> None:
    counted = signal([[1.0, 1.0], [0.0, 1.0], [None, 1.0], [0.5, None, 0.5]])
    assert counted == Signal(groups=4, flat=2, undecided=1)
    assert counted.share == 0.25
    assert signal([[0.5, 0.5 + 1e-12], [0.5, 0.501], [None], []]) == Signal(groups=4, flat=1, undecided=2)
    assert signal([]).share == 0.0
