"""The aggregators: in [0, 1], blind to order, monotone where they say so, and equal to their formulas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verif_sdk import Verdict
from verif_sdk.aggregate import BUILT_IN, is_monotone


def verdict(score: float, *, hard: bool = True, weight: float = 1.0) -> Verdict:
    passed = score == 1.0 if hard else score >= 0.5
    return Verdict(type="t", passed=passed, score=score, hard=hard, weight=weight)


verdicts = st.lists(
    st.builds(verdict, st.floats(0, 1), hard=st.booleans(), weight=st.floats(0.1, 10)), min_size=1, max_size=6
)
names = st.sampled_from(sorted(BUILT_IN))


@given(names, verdicts)
def test_a_reward_is_in_the_unit_interval_and_does_not_depend_on_order(name: str, items: list[Verdict]) -> None:
    reward = BUILT_IN[name](items)
    assert 0.0 <= reward <= 1.0
    assert BUILT_IN[name](items[::-1]) == pytest.approx(reward)


@given(names, verdicts, st.data())
def test_raising_one_score_never_lowers_the_reward(name: str, items: list[Verdict], data: st.DataObject) -> None:
    assert is_monotone(BUILT_IN[name])
    place = data.draw(st.integers(0, len(items) - 1))
    old = items[place]
    better = verdict(data.draw(st.floats(old.score or 0.0, 1)), hard=old.hard, weight=old.weight)
    raised = [*items[:place], better, *items[place + 1 :]]
    assert BUILT_IN[name](raised) >= BUILT_IN[name](items) - 1e-12


def test_each_formula_by_hand() -> None:
    items = [
        verdict(1.0, weight=3.0),
        verdict(0.5),
        verdict(0.8, hard=False),
        verdict(0.5, hard=False),
        verdict(0.2, hard=False, weight=5.0),
    ]
    assert {name: BUILT_IN[name](items) for name in BUILT_IN} == {
        "mean": pytest.approx(0.6),
        "weighted": pytest.approx((3.0 + 0.5 + 0.8 + 0.5 + 1.0) / 11),
        "all": 0.0,
        "product": pytest.approx(0.04),
        "min": 0.2,
        "verif": pytest.approx(1 / 2 * 2 / 3),
        "verif-strict": 0.0,
        "verif-average": pytest.approx((1 / 2 + 2 / 3) / 2),
        "verif-paper": 0.0,
    }
    good = items[:1] + items[2:4]
    assert {name: BUILT_IN[name](good) for name in ("all", "product", "verif-strict", "verif-paper")} == {
        "all": 1.0,
        "product": pytest.approx(0.4),
        "verif-strict": 1.0,
        "verif-paper": 1.0,
    }
    assert BUILT_IN["verif-average"](items[:2]) == 0.5


@pytest.mark.parametrize(
    ("hard", "soft", "reward"),
    [
        ([1.0, 0.99], [0.9, 0.2], 0.25),
        ([1.0], [], 1.0),
        ([], [0.6], 1.0),
        ([0.0, 1.0, 1.0, 1.0], [0.7], 0.75),
        ([1.0], [0.49], 0.0),
    ],
)
def test_verif_is_the_share_of_passed_hard_times_that_of_soft_and_an_empty_side_is_one(
    hard: list[float], soft: list[float], reward: float
) -> None:
    items = [verdict(score) for score in hard] + [verdict(score, hard=False) for score in soft]
    assert BUILT_IN["verif"](items) == reward


def test_an_undecided_verdict_never_counts_as_a_number() -> None:
    with pytest.raises(ValueError, match="undecided verdict of t"):
        BUILT_IN["mean"]([Verdict(type="t", error="lost")])


@pytest.mark.parametrize(
    ("hard", "soft", "reward"),
    [
        ([1.0, 0.5], [0.9], 0.5),
        ([1.0], [0.9, 0.2], 0.5),
        ([1.0], [0.5], 1.0),
        ([0.0], [0.1], 0.0),
        ([0.2], [], 0.5),
    ],
)
def test_verif_paper_is_the_mean_of_two_bits(hard: list[float], soft: list[float], reward: float) -> None:
    items = [*map(verdict, hard), *(verdict(score, hard=False) for score in soft)]
    assert BUILT_IN["verif-paper"](items) == reward


@given(verdicts)
def test_the_reward_of_the_published_code(items: list[Verdict]) -> None:
    rules = [bool(one.passed) for one in items if one.hard]
    together = all(one.passed for one in items if not one.hard)
    joint = [
        one.model_copy(update={"passed": together, "score": float(together)}) for one in items if not one.hard
    ]
    published = (sum(rules) / len(rules) if rules else 1) * together
    assert BUILT_IN["verif"]([one for one in items if one.hard] + joint) == pytest.approx(published)
