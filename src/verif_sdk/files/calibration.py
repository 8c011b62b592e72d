"""How well a judge agrees with people's labels, and the threshold at which it agrees best."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

from verif_sdk.case import Case, RowFormat
from verif_sdk.composer import Composer
from verif_sdk.constraint import Constraint, Judged
from verif_sdk.errors import InvalidSpec
from verif_sdk.files.accuracy import Share
from verif_sdk.files.agreement import DRAWS, Agreement, Interval, Labelled, agreement, best, with_intervals
from verif_sdk.files.lines import from_line
from verif_sdk.files.scoring import WINDOW
from verif_sdk.judges.prompt import PROMPT_VERSION
from verif_sdk.question import YES_NO
from verif_sdk.text import Text

BINS = 10


@dataclass(frozen=True)
class Bin:
    """The probabilities in one tenth: how many, their mean, and the share that people said yes to."""

    count: int
    mean: float
    share: float
    interval: Interval
    """The 95 % confidence interval of the share."""


@dataclass(frozen=True)
class Calibration:
    """A judge's figures against labels."""

    count: int
    undecided: int
    """Labelled constraints to which the judge gave no verdict; they count nowhere else."""
    other: int
    """Labelled constraints that are not yes-or-no questions, such as a scale: no threshold is found on them."""
    usual: Agreement
    """The agreement at the threshold 0.5."""
    best: Agreement
    """The agreement at the threshold with the highest kappa; of several the one nearest to 0.5."""
    error: float
    """The expected calibration error over ten bins, in [0, 1] (Naeini et al. 2015)."""
    noise: float
    """The error that a judge with exactly right probabilities exceeds by chance once in 20 times."""
    bins: tuple[Bin, ...]
    causes: Mapping[str, int] = field(default_factory=dict)
    """Why the judge gave no verdict, and how often."""


def labelled(
    lines: Iterable[tuple[int, bytes]], read: RowFormat, composer: Composer
) -> tuple[list[Labelled], Counter[str], int]:
    """Return the judge's probabilities of yes with their labels, then two counts of labels without one.

    The first counts, by cause, what the judge left undecided; the second counts soft constraints that are not
    yes-or-no questions, such as a scale or a negation.

    Args:
        lines: line numbers with the lines' bytes. Besides the fields of its format, a row has `labels`: for each
            constraint true, false, or null if nobody has labelled it.
        read: the row format.
        composer: asks the judge.

    Raises:
        InvalidSpec: a row cannot be read, or its labels do not fit its constraints; the message names the line.
    """
    pairs: list[Labelled] = []
    undecided: Counter[str] = Counter()
    other = 0
    rest = iter(lines)
    while window := list(islice(rest, WINDOW)):
        rows = [_row(number, line, read) for number, line in window]
        results = composer.verify_batch([case for case, _ in rows])
        for (number, _), (case, labels), result in zip(window, rows, results, strict=True):
            text = case.text(composer.think)
            for label, item, verdict in zip(labels, case.constraints, result.verdicts, strict=True):
                if label is None or verdict.hard:
                    continue
                if not _yes_or_no(item, text):
                    other += 1
                elif verdict.score is None:
                    undecided[verdict.error or "not asked"] += 1
                else:
                    pairs.append(Labelled(verdict.score, label, number))
    return pairs, undecided, other


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
        other: labelled constraints that are not yes-or-no questions.

    Raises:
        InvalidSpec: there are no labels, or all are the same.
    """
    if len({pair.label for pair in pairs}) < 2:
        causes = "".join(f"; {count} undecided: {cause}" for cause, count in undecided.items())
        got = f"all {len(pairs)} are {str(pairs[0].label).lower()}" if pairs else "got none with a verdict"
        raise InvalidSpec(f"calibration needs labels of both kinds, true and false; {got}{causes[:500]}")
    bins: list[list[Labelled]] = [[] for _ in range(BINS)]
    for pair in pairs:
        bins[min(BINS - 1, int(pair.score * BINS))].append(pair)
    usual, highest = (with_intervals(pairs, one) for one in (agreement(pairs, 0.5), best(pairs)))
    return Calibration(
        len(pairs),
        sum(undecided.values()),
        other,
        usual,
        highest,
        _error([[(pair.score, pair.label) for pair in inside] for inside in bins]),
        _noise([[pair.score for pair in inside] for inside in bins]),
        tuple(map(_bin, bins)),
        dict(undecided),
    )


def _bin(pairs: Sequence[Labelled]) -> Bin:
    share = Share()
    for pair in pairs:
        share.add(str(pair.row), pair.label)
    return Bin(len(pairs), _mean([pair.score for pair in pairs]), share.rate or 0.0, share.interval)


def _error(bins: Sequence[Sequence[tuple[float, bool]]]) -> float:
    """Return the expected calibration error: how far labels and scores lie apart per label, bin by bin."""
    off = sum(abs(sum(score - label for score, label in inside)) for inside in bins)
    return off / sum(map(len, bins))


def _noise(bins: Sequence[Sequence[float]]) -> float:
    """Return the 95th percentile of the error if labels come true as often as the scores say.

    Source: Bröcker and Smith (Weather and Forecasting 22, 2007), consistency resampling.
    """
    draw = random.Random(0).random  # noqa: S311  # the same figure each time
    errors = [_error([[(score, draw() < score) for score in inside] for inside in bins]) for _ in range(DRAWS)]
    return sorted(errors)[DRAWS * 95 // 100]


def write(path: Path, judge: str, calibration: Calibration, version: str = PROMPT_VERSION) -> None:
    """Write the file that a judge's option `calibration` reads.

    Args:
        path: the path of the file.
        judge: the judge's spec.
        calibration: the measured figures.
        version: the version of the prompt that the judge read.
    """
    facts = {
        "judge": judge,
        "prompt_version": version,
        "threshold": calibration.best.threshold,
        "labels": calibration.count,
        "kappa": round(calibration.best.kappa, 4),
        "accuracy": round(calibration.best.accuracy, 4),
        "expected_calibration_error": round(calibration.error, 4),
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
