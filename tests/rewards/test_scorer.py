"""The scorer: rollouts in, scored ones out, and what a framework gets for each."""

from __future__ import annotations

import logging
from dataclasses import FrozenInstanceError
from math import inf
from typing import Any

import pytest

from verif_sdk import InvalidSpec, UndecidedReward
from verif_sdk.rewards.config import RewardConfig
from verif_sdk.rewards.rollout import Rollout, Scored
from verif_sdk.rewards.scorer import Scorer

WORDS = {"type": "length:words", "at_most": 2}
OVERLAP = {"type": "ratio:overlap", "at_least": 0.5}
NOTHING = {"type": "structure:repeats_prompt"}


@pytest.mark.parametrize(
    ("undecided", "number", "number_or_none"),
    [(0.25, 0.25, 0.25), (0.0, 0.0, 0.0), (None, None, None), ("none", None, None), ("raise", None, "raises")],
)
def test_what_a_framework_gets_for_an_undecided_reward(
    undecided: float | str | None, number: float | None, number_or_none: float | str | None
) -> None:
    lost = Scored(None, causes=("lost", "gone"))
    if number is None:
        with pytest.raises(UndecidedReward, match=r"^lost; gone$"):
            lost.number(undecided)
    else:
        assert lost.number(undecided) == number
    if number_or_none == "raises":
        with pytest.raises(UndecidedReward, match=r"^lost; gone$"):
            lost.number_or_none(undecided)
    else:
        assert lost.number_or_none(undecided) == number_or_none
    assert Scored(0.5).number(undecided) == Scored(0.5).number_or_none(undecided) == 0.5


def scored(
    constraints: Any, response: str = "one two", /, *, config: RewardConfig | None = None, **row: Any
) -> Scored:
    scorer = Scorer(config or RewardConfig())
    good = Rollout("p", "one", {"constraints": [WORDS]})  # so that no first call comes to nothing
    return scorer.score([good, Rollout(None, response, {"constraints": constraints, **row})])[1]


def test_a_reference_is_a_text_or_is_left_out() -> None:
    assert scored([OVERLAP], reference="one two three").reward == 1.0
    assert scored([OVERLAP], reference=["one two three"]).reward is None


def test_a_step_that_cannot_be_taken_keeps_the_reward_before_it() -> None:
    config = RewardConfig.of(shaping=[{"kind": "soft-length", "soft": 1, "hard": 2}])
    one = Scorer(config).score(
        [Rollout("p", "one two", {"constraints": [WORDS]}, tokens=count) for count in (None, 1, 2)]
    )
    assert [(each.reward, each.score) for each in one] == [(None, 1.0), (1.0, 1.0), (0.0, 1.0)]
    assert one[0].causes == (
        'soft-length counts tokens, which this trainer does not hand over; use unit = "words"',
    )


def test_an_undecided_rollout_keeps_its_verdicts_and_has_no_score() -> None:
    one = scored([WORDS, NOTHING])
    assert (one.reward, one.score, len(one.verdicts), len(one.causes)) == (None, None, 2, 1)
    assert one.suspicions == ()


def test_a_cause_is_logged_once_with_how_many_rollouts_it_took(caplog: pytest.LogCaptureFixture) -> None:
    row = {"constraints": '[{"type": "no:such", "for": "this test alone"}]'}
    good = Rollout("p", "one", {"constraints": [WORDS]})
    scorer = Scorer(RewardConfig())
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            scorer.score([good, Rollout("p", "a", row), Rollout("p", "b", row)])
    (record,) = caplog.records
    assert record.getMessage().startswith("2 undecided: bad row: field 'constraints.0': unknown constraint type")


def test_nothing_to_score_is_nothing() -> None:
    assert Scorer(RewardConfig()).score([]) == []


@pytest.mark.parametrize("value", [Rollout("p", "a"), Scored(None)])
def test_what_goes_in_and_what_comes_out_is_frozen(value: Any) -> None:
    with pytest.raises(FrozenInstanceError):
        value.reward = 1.0


@pytest.mark.parametrize(
    "field",
    [{"undecided": inf}, {"undecided": "nothing"}, {"timeout": 0}, {"timeout": -1.0}, {"concurrency": 0}],
)
def test_a_field_out_of_bounds_is_named(field: dict[str, Any]) -> None:
    with pytest.raises(InvalidSpec, match=next(iter(field))):
        RewardConfig.of(**field)


def test_the_least_that_a_configuration_takes() -> None:
    config = RewardConfig.of(undecided=0.0, timeout=0.1, concurrency=1)
    assert (config.undecided, config.timeout, config.concurrency) == (0.0, 0.1, 1)
