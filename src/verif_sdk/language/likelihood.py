"""How likely a text's letters are in each language: a model of characters, each given the two before it.

The counts are those of langdetect's profiles, capitals and small letters taken together. The probability of a
character is a mixture of its share after two characters, after one, and at all, as in interpolated n-gram models
(Jelinek and Mercer 1980).
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import add
from typing import Any

from verif_sdk.language.profiles import NORMAL, counted, langdetects, profiles
from verif_sdk.language.scripts import LANGUAGES
from verif_sdk.late import once

AFTER_TWO, AFTER_ONE, ALONE = 0.7, 0.26, 0.04
"""The weights of the mixture."""
_UNSEEN = 1e-7  # the probability of a character that a language has never shown
_UNITS = 1000  # of a row, per nat
_SMOOTHING = 0.5, 1000.0  # added to the count of a single character, and to the count of all


def likelihoods(text: str, script: str) -> dict[str, float]:
    """Return the log-likelihood (nats, below 0) of a text in each language of a script.

    Args:
        text: normalised, as `normal` does; a space stands before its first and after its last word.
        script: one of `scripts.LANGUAGES`.
    """
    padded = f"  {text} "
    runs = Counter(map(add, map(add, padded, padded[1:]), padded[2:]))
    best: dict[str, float] = {}
    for (code, _), total in zip(_columns(script), _totals(runs, script), strict=True):
        best[code] = max(total / _UNITS, best.get(code, -math.inf))
    return best


def _totals(runs: Mapping[str, int], script: str) -> Sequence[int]:
    """Return, per language of a script, the sum of the rows of runs, each as often as it occurs."""
    rows = [_row(run, script) for run in runs]
    if (numpy := _numpy()) is None:
        weighted = ([count * value for value in row] for count, row in zip(runs.values(), rows, strict=True))
        return [sum(column) for column in zip(*weighted, strict=True)]
    table = numpy.frombuffer(b"".join(rows), dtype=numpy.int32).reshape(len(rows), -1)
    totals: list[int] = (numpy.fromiter(runs.values(), dtype=numpy.int64) @ table).tolist()
    return totals


@once
def _numpy() -> Any:
    """Return numpy, which adds up faster; None where it, an extra, is absent."""
    try:
        import numpy
    except ImportError:
        return None
    return numpy


def normal(text: str) -> str:
    """Return a text's words as the profiles spell them: small letters, one space between words, no marks."""
    return " ".join(langdetects().normalize_vi(text).translate(NORMAL).lower().split())


@lru_cache(maxsize=40_000)
def _row(run: str, script: str) -> array[int]:
    """Return, per language of a script, the log-probability of the last of three characters.

    In whole units, so that their sums are the same in whatever order, with numpy and without.
    """
    after_two, two, after_one = _counts(run), _counts(run[:2]), _counts(run[1:])
    one, alone = _counts(run[1]), _counts(run[2])
    totals = profiles().totals
    row = []
    for _, column in _columns(script):
        probability = ALONE * (alone.get(column, 0) + _SMOOTHING[0]) / (totals[column][0] + _SMOOTHING[1])
        # langdetect's profiles drop rare runs, so that a run can be counted more often than what it begins with.
        if count := after_one.get(column):
            probability += AFTER_ONE * min(1.0, count / max(1, one.get(column, 0)))
        if count := after_two.get(column):
            probability += AFTER_TWO * min(1.0, count / max(1, two.get(column, 0)))
        row.append(round(math.log(probability + _UNSEEN) * _UNITS))
    return array("i", row)


@lru_cache(maxsize=len(LANGUAGES))
def _columns(script: str) -> tuple[tuple[str, int], ...]:
    """Return the languages of a script, each with its number in the profiles; Chinese has two numbers."""
    named = [(name.partition("-")[0], column) for column, name in enumerate(profiles().languages)]
    return tuple((code, column) for code, column in named if code in LANGUAGES[script])


@lru_cache(maxsize=40_000)
def _counts(ngram: str) -> dict[int, int]:
    """Return how often each language has an n-gram, in whatever case, by the language's number."""
    counts: dict[int, int] = defaultdict(int)
    for place in _places().get(ngram, ()):
        for language, count in counted(place):
            counts[language] += count
    return counts


@once
def _places() -> dict[str, list[int]]:
    """Return for each n-gram in small letters the numbers of the profiles' rows that spell it."""
    rows: dict[str, list[int]] = {}
    for place, ngram in enumerate(profiles().ngrams):
        rows.setdefault(ngram.lower(), []).append(place)
    return rows
