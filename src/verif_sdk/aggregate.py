"""The built-in aggregators: decided verdicts to one reward in [0, 1].

All are monotone: raising a score, or turning a fail into a pass, never lowers the reward.
The `verif` ones and `all` look at passed or failed alone; the others take the graded scores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import prod
from typing import SupportsFloat, TypeAlias, TypeVar

from verif_sdk.errors import PluginError
from verif_sdk.verdict import Verdict

Aggregator: TypeAlias = Callable[[Sequence[Verdict]], float]
"""Decided verdicts to a reward in [0, 1]; decorated with `monotone` where it is."""

A = TypeVar("A", bound=Aggregator)


def monotone(aggregator: A) -> A:
    """Mark an aggregator as monotone, so that judge calls that cannot change its reward are saved."""
    aggregator.monotone = True  # type: ignore[attr-defined]  # functions carry attributes
    return aggregator


def is_monotone(aggregator: Aggregator) -> bool:
    """Return whether `aggregator` is marked as monotone."""
    return getattr(aggregator, "monotone", False)


def rewarded(aggregator: Aggregator, verdicts: Sequence[Verdict]) -> float:
    """Return the reward that `aggregator` gives for verdicts without an undecided one.

    A skipped verdict has been proven not to matter, so it counts as the worst it could be.

    Raises:
        PluginError: the aggregator returned something outside [0, 1].
    """
    return _in_range(aggregator, aggregator([bound(verdict, passed=False) for verdict in verdicts]))


def try_out(aggregator: Aggregator) -> None:
    """Call an aggregator other than ours with made-up verdicts, so that it fails now rather than later.

    Raises:
        PluginError: it returned something outside [0, 1].
    """
    if aggregator in BUILT_IN.values():
        return
    for verdicts in _MADE_UP:
        try:
            reward = aggregator(list(verdicts))
        except Exception:  # noqa: BLE001, S112  # it may want verdicts of other kinds
            continue
        _in_range(aggregator, reward)


def _in_range(aggregator: Aggregator, reward: object) -> float:
    # Test for float first: testing for the protocol takes longer than computing the reward.
    if isinstance(reward, (float, SupportsFloat)) and 0.0 <= (number := float(reward)) <= 1.0:
        return number
    name = getattr(aggregator, "__name__", type(aggregator).__name__)
    raise PluginError(f"aggregator {name!r} returned {reward!r:.80}, not in [0, 1]")


@monotone
def mean(verdicts: Sequence[Verdict]) -> float:
    """Return the mean score."""
    return _mean(_score(verdict) for verdict in verdicts)


@monotone
def weighted(verdicts: Sequence[Verdict]) -> float:
    """Return the mean score, weighted by the constraints' weights."""
    total = sum(verdict.weight for verdict in verdicts)
    return min(1.0, sum(_score(verdict) * verdict.weight for verdict in verdicts) / total)


@monotone
def all_passed(verdicts: Sequence[Verdict]) -> float:
    """Return 1.0 if every constraint passed, else 0.0."""
    return float(all(verdict.passed for verdict in verdicts))


@monotone
def product(verdicts: Sequence[Verdict]) -> float:
    """Return the product of the scores."""
    return prod(_score(verdict) for verdict in verdicts)


@monotone
def minimum(verdicts: Sequence[Verdict]) -> float:
    """Return the lowest score."""
    return min(_score(verdict) for verdict in verdicts)


@monotone
def verif(verdicts: Sequence[Verdict]) -> float:
    """Return the share of passed hard constraints times the share of passed soft ones; an empty side is 1.

    Source: VerIF (arXiv 2506.09942), the reward of its published code, with one judge verdict per
    soft constraint where that code has one for all of them together.
    """
    return _passed(verdicts, hard=True) * _passed(verdicts, hard=False)


@monotone
def verif_strict(verdicts: Sequence[Verdict]) -> float:
    """Return the share of passed soft constraints if every hard one passed, else 0; an empty side is 1.

    Source: VerIF (arXiv 2506.09942), the hard score as the paper defines it, all or nothing.
    """
    return float(_passed(verdicts, hard=True) == 1.0) * _passed(verdicts, hard=False)


@monotone
def verif_average(verdicts: Sequence[Verdict]) -> float:
    """Return the mean of the share of passed hard constraints and that of soft ones; an empty side is left out.

    Unlike with the product of `verif`, a side that fails completely leaves the other side's share.
    """
    sides = {verdict.hard for verdict in verdicts}
    return _mean(_passed(verdicts, hard=side) for side in sorted(sides))


@monotone
def verif_paper(verdicts: Sequence[Verdict]) -> float:
    """Return the mean of two bits: whether every hard constraint passed, and every soft one; an empty side is 1.

    Source: VerIF (arXiv 2506.09942), the paper's wording read with F as the mean. Its other readings are
    `verif-strict` (the product, with the share of soft constraints), `verif` (the published code) and
    `verif-average` (the mean of both shares).
    """
    return _mean(float(_passed(verdicts, hard=side) == 1.0) for side in (True, False))


BUILT_IN = {
    "mean": mean,
    "weighted": weighted,
    "all": all_passed,
    "product": product,
    "min": minimum,
    "verif": verif,
    "verif-strict": verif_strict,
    "verif-average": verif_average,
    "verif-paper": verif_paper,
}


def _made_up(*scores: float) -> list[Verdict]:
    """Return verdicts with these scores: a hard one, then soft ones."""
    return [
        Verdict(type="made:up", passed=score >= 0.5, score=score, hard=not place)
        for place, score in enumerate(scores)
    ]


_MADE_UP = (_made_up(1.0, 1.0, 1.0), _made_up(0.0, 0.0, 0.0), _made_up(1.0, 0.25), _made_up(0.0))


def _passed(verdicts: Sequence[Verdict], *, hard: bool) -> float:
    """Return the share of passed verdicts on one side; 1.0 where the side is empty."""
    return _mean([bool(verdict.passed) for verdict in verdicts if verdict.hard == hard])


def _score(verdict: Verdict) -> float:
    if verdict.score is None:
        raise ValueError(f"an aggregator was given the undecided verdict of {verdict.type}")
    return verdict.score


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else 1.0


def settled(verdicts: Sequence[Verdict], aggregate: Aggregator) -> bool:
    """Return whether no open verdict can change the reward any more."""
    if any(verdict.error is not None for verdict in verdicts):
        return True
    if not is_monotone(aggregate):
        return False
    low, high = ([bound(verdict, passed=passed) for verdict in verdicts] for passed in (False, True))
    return aggregate(low) == aggregate(high)


def bound(verdict: Verdict, *, passed: bool) -> Verdict:
    """Return `verdict`, or for a skipped one the worst or the best it could be."""
    if not verdict.skipped:
        return verdict
    return verdict.model_copy(update={"skipped": False, "passed": passed, "score": float(passed)})
