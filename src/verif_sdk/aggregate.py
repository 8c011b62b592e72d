"""The built-in aggregators: decided verdicts to one reward in [0, 1].

All are monotone: raising a score, or turning a fail into a pass, never lowers the reward.
`verif` and `all` look at passed or failed alone; the others take the graded scores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import prod
from typing import TypeVar

from verif_sdk.verdict import Verdict

A = TypeVar("A", bound=Callable[[Sequence[Verdict]], float])


def monotone(aggregator: A) -> A:
    """Mark an aggregator as monotone, so that judge calls that cannot change its reward are saved."""
    aggregator.monotone = True  # type: ignore[attr-defined]  # functions carry attributes
    return aggregator


def is_monotone(aggregator: Callable[[Sequence[Verdict]], float]) -> bool:
    """Return whether `aggregator` is marked as monotone."""
    return getattr(aggregator, "monotone", False)


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
    hard = _mean(float(bool(verdict.passed)) for verdict in verdicts if verdict.hard)
    soft = _mean(float(bool(verdict.passed)) for verdict in verdicts if not verdict.hard)
    return hard * soft


BUILT_IN = {
    "mean": mean,
    "weighted": weighted,
    "all": all_passed,
    "product": product,
    "min": minimum,
    "verif": verif,
}


def _score(verdict: Verdict) -> float:
    if verdict.score is None:
        raise ValueError(f"an aggregator was given the undecided verdict of {verdict.type}")
    return verdict.score


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else 1.0
