"""The functions for lm-evaluation-harness, called as its tasks do; the harness is under tests/frameworks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import isnan
from pathlib import Path
from typing import Any

import pytest

from verif_sdk import UndecidedReward
from verif_sdk.rewards import lm_eval

WORDS = {"type": "length:words", "at_most": 2}
UNREADABLE = {"type": "structure:repeats_prompt"}


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("VERIF_REWARD", raising=False)
    monkeypatch.delenv("VERIF_JUDGE", raising=False)
    lm_eval._scorer.cache_clear()
    yield
    lm_eval._scorer.cache_clear()


def results(constraints: Any, response: str = "one two", **doc: Any) -> dict[str, float | None]:
    return lm_eval.process_results({"prompt": "p", "constraints": json.dumps(constraints), **doc}, [response])


def test_reward_and_outcome_of_a_document() -> None:
    three = {"type": "length:words", "at_least": 3}
    assert results([WORDS]) == {"verif_reward": 1.0, "verif_passed": 1.0}
    assert results([WORDS, three]) == {"verif_reward": 0.5, "verif_passed": 0.0}
    copied = [{"type": "structure:repeats_prompt"}]
    assert results(copied, "Say hi there, all of you. Hi!", prompt="Say hi there, all of you.") == {
        "verif_reward": 1.0,
        "verif_passed": 1.0,
    }


def test_an_undecided_document_has_neither_unless_a_number_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert results([WORDS])["verif_reward"] == 1.0  # the first calls are strict
    assert results([WORDS, UNREADABLE], prompt=None) == {"verif_reward": None, "verif_passed": None}
    config = tmp_path / "reward.json"
    monkeypatch.setenv("VERIF_REWARD", str(config))
    for undecided, reward in ((0.25, 0.25), ("none", None)):
        config.write_text(json.dumps({"undecided": undecided}))
        lm_eval._scorer.cache_clear()
        results([WORDS])
        assert results([UNREADABLE], prompt=None) == {"verif_reward": reward, "verif_passed": None}
    config.write_text('{"undecided": "raise"}')
    lm_eval._scorer.cache_clear()
    results([WORDS])
    with pytest.raises(UndecidedReward, match="prompt"):
        results([UNREADABLE], prompt=None)


def test_constraints_that_were_not_asked_leave_the_outcome_open_and_the_reward_decided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "reward.json"
    config.write_text('{"judge": "kind:", "plugins": ["tests.failing_judges"]}')
    monkeypatch.setenv("VERIF_REWARD", str(config))
    tone = {"type": "soft:tone", "tone": "polite"}
    assert results([tone]) == {"verif_reward": 1.0, "verif_passed": 1.0}
    assert results([{"type": "length:words", "at_most": 1}, tone]) == {"verif_reward": 0.0, "verif_passed": 0.0}


def test_the_mean_is_that_of_what_was_decided() -> None:
    assert lm_eval.mean_decided([1.0, None, 0.0, 0.5]) == 0.5
    assert isnan(lm_eval.mean_decided([None]))
