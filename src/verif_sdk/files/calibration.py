"""How good a judge is against people's labels, and the threshold at which it agrees with them best."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any

from verif_sdk.case import Case, RowFormat
from verif_sdk.composer import Composer
from verif_sdk.constraint import Constraint, Judged
from verif_sdk.errors import InvalidSpec
from verif_sdk.files.lines import from_line
from verif_sdk.files.scoring import WINDOW
from verif_sdk.judges.prompt import PROMPT_VERSION
from verif_sdk.question import YES_NO
from verif_sdk.text import Text

BINS = 10

Labelled = tuple[float, bool]
"""A judge's probability, in [0, 1], and whether a person says that the requirement is met."""


@dataclass(frozen=True)
class Agreement:
    """Figures of the decisions "yes from this threshold on" against labels; each in [0, 1], kappa in [-1, 1]."""

    threshold: float
    accuracy: float
    precision: float
    recall: float
    kappa: float
    """Cohen's kappa: agreement beyond what chance gives (Cohen 1960)."""


@dataclass(frozen=True)
class Bin:
    """Probabilities of one tenth: how many, their mean, and the share that people said yes to."""

    count: int
    mean: float
    share: float


@dataclass(frozen=True)
class Calibration:
    """What some labels say of a judge."""

    count: int
    undecided: int
    """Labelled constraints to which the judge gave no verdict; they count nowhere else."""
    other: int
    """Labelled constraints that are no question of yes and no, such as a scale: no threshold is found on them."""
    usual: Agreement
    """At the threshold 0.5."""
    best: Agreement
    """At the threshold with the highest kappa; of several the one nearest to 0.5."""
    error: float
    """The expected calibration error over ten bins, in [0, 1] (Naeini et al. 2015)."""
    bins: tuple[Bin, ...]
    causes: Mapping[str, int] = field(default_factory=dict)
    """Why the judge gave no verdict, and how often."""


def labelled(
    lines: Iterable[tuple[int, bytes]], read: RowFormat, composer: Composer
) -> tuple[list[Labelled], Counter[str], int]:
    """Return the judge's probabilities of yes with their labels, and how many labels have none.

    First come those that the judge left undecided, by cause; second those of soft constraints that are no
    question of yes and no, such as a scale or a negation.

    Args:
        lines: line numbers with the lines' bytes. Beside what its format reads a row has `labels`: for each
            constraint true, false, or null where nobody has labelled it.
        read: the row format.
        composer: asks the judge.

    Raises:
        InvalidSpec: a row cannot be read, or its labels do not fit its constraints; the message names the line.
    """
    found: list[Labelled] = []
    undecided: Counter[str] = Counter()
    other = 0
    rest = iter(lines)
    while window := list(islice(rest, WINDOW)):
        rows = [_row(number, line, read) for number, line in window]
        results = composer.verify_batch([case for case, _ in rows])
        for (case, labels), result in zip(rows, results, strict=True):
            text = case.text()
            for label, item, verdict in zip(labels, case.constraints, result.verdicts, strict=True):
                if label is None or verdict.hard:
                    continue
                if not _yes_or_no(item, text):
                    other += 1
                elif verdict.score is None:
                    undecided[verdict.error or "not asked"] += 1
                else:
                    found.append((verdict.score, label))
    return found, undecided, other


def _yes_or_no(item: Constraint, text: Text) -> bool:
    """Return whether a constraint's score is a judge's probability of yes."""
    return isinstance(item, Judged) and [question.answers for question in item.questions(text)] == [YES_NO]


def calibrate(
    pairs: Sequence[Labelled], undecided: Mapping[str, int] = MappingProxyType({}), other: int = 0
) -> Calibration:
    """Return the figures of a judge.

    Args:
        pairs: probabilities with labels; both labels must occur.
        undecided: labelled constraints without a verdict, counted by cause.
        other: labelled constraints that are no question of yes and no.

    Raises:
        InvalidSpec: there is no label, or all are the same.
    """
    if len({label for _, label in pairs}) < 2:
        causes = "".join(f"; {count} undecided: {cause}" for cause, count in undecided.items())
        got = f"got {len(pairs)} of one kind" if pairs else "got none with a verdict"
        raise InvalidSpec(f"calibration needs labels of both kinds, true and false; {got}{causes[:500]}")
    best = max(_agreements(pairs), key=lambda one: (round(one.kappa, 12), -abs(one.threshold - 0.5)))
    bins = [[pair for pair in pairs if min(BINS - 1, int(pair[0] * BINS)) == place] for place in range(BINS)]
    told = tuple(
        Bin(len(inside), _mean([score for score, _ in inside]), _mean([float(label) for _, label in inside]))
        for inside in bins
    )
    error = sum(one.count * abs(one.mean - one.share) for one in told) / len(pairs)
    lost = sum(undecided.values())
    return Calibration(len(pairs), lost, other, agreement(pairs, 0.5), best, error, told, dict(undecided))


def agreement(pairs: Sequence[Labelled], threshold: float) -> Agreement:
    """Return the figures at one threshold; precision and recall are 0 where they divide by nothing."""
    said = sum(score >= threshold for score, _ in pairs)
    both = sum(score >= threshold and label for score, label in pairs)
    return _figures(threshold, len(pairs), sum(label for _, label in pairs), said, both)


def _agreements(pairs: Sequence[Labelled]) -> Iterator[Agreement]:
    """Yield the figures at 0.5 and at every probability that occurs, in one pass from the highest down."""
    yield agreement(pairs, 0.5)
    true = sum(label for _, label in pairs)
    said = both = 0
    for threshold, same in groupby(sorted(pairs, reverse=True), key=itemgetter(0)):
        labels = [label for _, label in same]
        said, both = said + len(labels), both + sum(labels)
        if 0 < threshold < 1:
            yield _figures(threshold, len(pairs), true, said, both)


def _figures(threshold: float, count: int, true: int, said: int, both: int) -> Agreement:
    """Return the figures of `count` decisions: labelled yes, decided yes, and both of it."""
    accuracy = (count - said - true + 2 * both) / count
    chance = (said * true + (count - said) * (count - true)) / count**2
    kappa = (accuracy - chance) / (1 - chance) if chance < 1 else 0.0
    return Agreement(threshold, accuracy, both / said if said else 0.0, both / true if true else 0.0, kappa)


def write(path: Path, judge: str, found: Calibration) -> None:
    """Write the file that a judge's option `calibration` reads."""
    facts = {
        "judge": judge,
        "prompt_version": PROMPT_VERSION,
        "threshold": found.best.threshold,
        "labels": found.count,
        "kappa": round(found.best.kappa, 4),
        "accuracy": round(found.best.accuracy, 4),
        "expected_calibration_error": round(found.error, 4),
    }
    path.write_text(json.dumps(facts, indent=2) + "\n", "utf-8")


def _row(number: int, line: bytes, read: RowFormat) -> tuple[Case, list[bool | None]]:
    def with_labels(row: dict[str, Any]) -> tuple[Case, list[bool | None]]:
        if "labels" not in row:
            raise InvalidSpec("field 'labels' is missing")
        labels = row.pop("labels")
        case = read(row)
        if not isinstance(labels, list) or not all(label is None or isinstance(label, bool) for label in labels):
            raise InvalidSpec("field 'labels' is a list of true, false and null")
        if len(labels) != len(case.constraints):
            raise InvalidSpec(f"{len(labels)} labels for {len(case.constraints)} constraints")
        return case, labels

    try:
        return from_line(line, with_labels)
    except InvalidSpec as error:
        raise InvalidSpec(f"line {number}: {error}") from None


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
