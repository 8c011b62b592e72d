"""How well the decisions of a judge agree with people's labels, and how sure that is."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import NamedTuple

from verif_sdk.files.accuracy import Share

Interval = tuple[float, float]
"""Where a figure lies with 95 % confidence."""

DRAWS = 1000
"""How often chance is simulated where there is no formula."""


class Labelled(NamedTuple):
    """What a judge says of one constraint, and what a person says."""

    score: float
    """The judge's probability of yes, in [0, 1]."""
    label: bool
    row: int
    """Which row it stands in: labels of one response are not independent evidence."""


@dataclass(frozen=True)
class Agreement:
    """Figures of the decisions "yes from this threshold on" against labels; each in [0, 1], kappa in [-1, 1]."""

    threshold: float
    accuracy: float
    precision: float
    recall: float
    kappa: float
    """Cohen's kappa: agreement beyond what chance gives (Cohen 1960)."""
    intervals: Mapping[str, Interval] = field(default_factory=dict)
    """By figure."""


def agreement(pairs: Sequence[Labelled], threshold: float) -> Agreement:
    """Return the figures at one threshold; precision and recall are 0 where they divide by nothing."""
    return _Counts.of(pairs, threshold).figures(threshold)


def best(pairs: Sequence[Labelled]) -> Agreement:
    """Return the figures at the threshold with the highest kappa; of several, the one nearest to 0.5."""
    return max(_agreements(pairs), key=lambda one: (round(one.kappa, 12), -abs(one.threshold - 0.5)))


def with_intervals(pairs: Sequence[Labelled], found: Agreement) -> Agreement:
    """Return figures with their intervals: Wilson's for shares, a bootstrap over rows for kappa.

    They take the threshold as given. One that was chosen on the same labels looks better than it is.
    """
    accuracy, precision, recall = Share(), Share(), Share()
    for score, label, row in pairs:
        said, place = score >= found.threshold, str(row)
        accuracy.add(place, said == label)
        precision.add(place, label if said else None)
        recall.add(place, said if label else None)
    shares = {"accuracy": accuracy.interval, "precision": precision.interval, "recall": recall.interval}
    return replace(found, intervals={**shares, "kappa": _kappas(pairs, found.threshold)})


def _kappas(pairs: Sequence[Labelled], threshold: float) -> Interval:
    rows: dict[int, list[Labelled]] = defaultdict(list)
    for pair in pairs:
        rows[pair.row].append(pair)
    counts = [_Counts.of(same, threshold) for same in rows.values()]
    chance = random.Random(0)  # noqa: S311  # the same figures each time
    drawn = (_Counts.total(chance.choices(counts, k=len(counts))) for _ in range(DRAWS))
    kappas = sorted(of_all.figures(threshold).kappa for of_all in drawn)
    return kappas[DRAWS // 40], kappas[-1 - DRAWS // 40]


class _Counts(NamedTuple):
    """Of some decisions: how many, labelled yes, decided yes, and both."""

    decided: int
    true: int
    said: int
    both: int

    @classmethod
    def of(cls, pairs: Sequence[Labelled], threshold: float) -> _Counts:
        said = [label for score, label, _ in pairs if score >= threshold]
        return cls(len(pairs), sum(one.label for one in pairs), len(said), sum(said))

    @classmethod
    def total(cls, several: Iterable[_Counts]) -> _Counts:
        return cls(*map(sum, zip(*several, strict=True)))

    def figures(self, threshold: float) -> Agreement:
        count, true, said, both = self
        accuracy = (count - said - true + 2 * both) / count
        chance = (said * true + (count - said) * (count - true)) / count**2
        kappa = (accuracy - chance) / (1 - chance) if chance < 1 else 0.0
        return Agreement(threshold, accuracy, both / said if said else 0.0, both / true if true else 0.0, kappa)


def _agreements(pairs: Sequence[Labelled]) -> Iterator[Agreement]:
    """Yield the figures at 0.5 and at every probability that occurs, in one pass from the highest down."""
    yield agreement(pairs, 0.5)
    true = sum(one.label for one in pairs)
    said = both = 0
    for threshold, same in groupby(sorted(pairs, reverse=True), key=lambda one: one.score):
        labels = [one.label for one in same]
        said, both = said + len(labels), both + sum(labels)
        if 0 < threshold < 1:
            yield _Counts(len(pairs), true, said, both).figures(threshold)
