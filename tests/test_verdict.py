"""A verdict has exactly one outcome, and results add up what they cost."""

from __future__ import annotations

from typing import Any

import pytest

from verif_sdk import InvalidSpec, Result, Usage, Verdict


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"passed": True},
        {"score": 1.0},
        {"passed": True, "score": 1.0, "error": "lost"},
        {"passed": True, "score": 1.0, "skipped": True},
        {"error": "lost", "skipped": True},
        {"passed": True, "score": 1.5},
        {"passed": True, "score": float("nan")},
    ],
)
def test_a_verdict_is_decided_undecided_or_skipped_and_nothing_else(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidSpec):
        Verdict(type="t", **fields)


@pytest.mark.parametrize(
    ("outcomes", "passed"),
    [([True, True], True), ([True, False, None], False), ([True, None], None), ([None], None)],
)
def test_a_result_passes_if_all_pass_and_fails_if_one_fails(
    outcomes: list[bool | None], passed: bool | None
) -> None:
    verdicts = tuple(
        Verdict(type="t", error="lost")
        if outcome is None
        else Verdict(type="t", passed=outcome, score=float(outcome))
        for outcome in outcomes
    )
    assert Result(reward=None, verdicts=verdicts).passed is passed


def test_usage_adds_up() -> None:
    assert Usage(asked=1, prompt_tokens=5) + Usage(asked=2, failed=1) == Usage(asked=3, failed=1, prompt_tokens=5)


def test_verdicts_print_as_one_line() -> None:
    assert str(Verdict(type="t", passed=False, score=0.5, reason="why")) == "FAIL  0.50  t: why"
    assert str(Verdict(type="t", error="lost")) == "????        t: lost"
