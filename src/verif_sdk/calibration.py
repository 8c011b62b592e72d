"""How good a judge is against people's labels, and the threshold at which it agrees with them best."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from verif_sdk.case import Case
from verif_sdk.composer import Composer
from verif_sdk.errors import InvalidSpec
from verif_sdk.question import PROMPT_VERSION
from verif_sdk.scoring import WINDOW, RowFormat

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
    usual: Agreement
    """At the threshold 0.5."""
    best: Agreement
    """At the threshold with the highest kappa; of several the one nearest to 0.5."""
    error: float
    """The expected calibration error over ten bins, in [0, 1] (Naeini et al. 2015)."""
    bins: tuple[Bin, ...]


def labelled(
    lines: Iterable[tuple[int, bytes]], read: RowFormat, composer: Composer
) -> tuple[list[Labelled], int]:
    """Return what the judge gives to every labelled soft constraint, and how many it left undecided.

    Args:
        lines: line numbers with the lines' bytes. Beside what its format reads a row has `labels`: for each
            constraint true, false, or null where nobody has labelled it.
        read: the row format.
        composer: asks the judge.

    Raises:
        InvalidSpec: a row cannot be read, or its labels do not fit its constraints; the message names the line.
    """
    found: list[Labelled] = []
    undecided = 0
    rest = iter(lines)
    while window := list(islice(rest, WINDOW)):
        rows = [_row(number, line, read) for number, line in window]
        results = composer.verify_batch([case for case, _ in rows])
        for (_, labels), result in zip(rows, results, strict=True):
            for label, verdict in zip(labels, result.verdicts, strict=True):
                if label is None or verdict.hard:
                    continue
                if verdict.score is None:
                    undecided += 1
                else:
                    found.append((verdict.score, label))
    return found, undecided


def calibrate(pairs: Sequence[Labelled], undecided: int = 0) -> Calibration:
    """Return the figures of a judge.

    Args:
        pairs: probabilities with labels; both labels must occur.
        undecided: labelled constraints without a verdict.

    Raises:
        InvalidSpec: there is no label, or all are the same.
    """
    if len({label for _, label in pairs}) < 2:
        raise InvalidSpec(f"calibration needs labels of both kinds, true and false; got {len(pairs)} of one kind")
    candidates = sorted({0.5, *(score for score, _ in pairs if 0 < score < 1)})
    agreements = [agreement(pairs, threshold) for threshold in candidates]
    best = max(agreements, key=lambda one: (round(one.kappa, 12), -abs(one.threshold - 0.5)))
    bins = [[pair for pair in pairs if min(BINS - 1, int(pair[0] * BINS)) == place] for place in range(BINS)]
    told = tuple(
        Bin(len(inside), _mean([score for score, _ in inside]), _mean([float(label) for _, label in inside]))
        for inside in bins
    )
    error = sum(one.count * abs(one.mean - one.share) for one in told) / len(pairs)
    return Calibration(len(pairs), undecided, agreement(pairs, 0.5), best, error, told)


def agreement(pairs: Sequence[Labelled], threshold: float) -> Agreement:
    """Return the figures at one threshold; precision and recall are 0 where they divide by nothing."""
    right = sum((score >= threshold) == label for score, label in pairs)
    said = sum(score >= threshold for score, _ in pairs)
    true = sum(label for _, label in pairs)
    both = sum(score >= threshold and label for score, label in pairs)
    count = len(pairs)
    chance = (said * true + (count - said) * (count - true)) / count**2
    accuracy = right / count
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
    try:
        row: Mapping[str, Any] = json.loads(line)
        labels = row["labels"] if isinstance(row, dict) else None
        case = read({name: value for name, value in row.items() if name != "labels"})
    except (ValueError, KeyError, AttributeError) as error:
        said = "field 'labels' is missing" if isinstance(error, KeyError) else str(error)
        raise InvalidSpec(f"line {number}: {said}") from None
    if not isinstance(labels, list) or not all(label is None or isinstance(label, bool) for label in labels):
        raise InvalidSpec(f"line {number}: field 'labels' is a list of true, false and null")
    if len(labels) != len(case.constraints):
        raise InvalidSpec(f"line {number}: {len(labels)} labels for {len(case.constraints)} constraints")
    return case, labels


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
