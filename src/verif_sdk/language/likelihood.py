"""How likely a text's letters are in each language: a model of characters, each given the two before it.

The counts are those of langdetect's profiles, capitals and small letters taken together. The probability of a
character is a mixture of its share after two characters, after one, and at all, as in interpolated n-gram models
(Jelinek and Mercer 1980).
"""

from __future__ import annotations

import math
from collections import defaultdict
from functools import lru_cache
from itertools import accumulate

from verif_sdk.language.profiles import NORMAL, langdetects, profiles
from verif_sdk.language.scripts import LANGUAGES
from verif_sdk.late import once

AFTER_TWO, AFTER_ONE, ALONE = 0.7, 0.26, 0.04
"""The weights of the mixture."""
_UNSEEN = 1e-7  # the probability of a character that a language has never shown
_SMOOTHING = 0.5, 1000.0  # added to the count of a single character, and to the count of all


def likelihoods(text: str, script: str) -> dict[str, float]:
    """Return the log-likelihood (nats, below 0) of a text in each language of a script.

    Args:
        text: normalised, as `normal` does; a space stands before its first and after its last word.
        script: one of `scripts.LANGUAGES`.
    """
    padded = f"  {text} "
    rows = (_row(padded[at - 2 : at + 1], script) for at in range(2, len(padded)))
    best: dict[str, float] = {}
    for (code, _), total in zip(_columns(script), map(sum, zip(*rows, strict=True)), strict=True):
        best[code] = max(total, best.get(code, -math.inf))
    return best


def normal(text: str) -> str:
    """Return a text's words as the profiles spell them: small letters, one space between words, no marks."""
    return " ".join(langdetects().normalize_vi(text).translate(NORMAL).lower().split())


@lru_cache(maxsize=40_000)
def _row(run: str, script: str) -> tuple[float, ...]:
    """Return, per language of a script, the log-probability of the last of three characters."""
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
        row.append(math.log(probability + _UNSEEN))
    return tuple(row)


@lru_cache(maxsize=len(LANGUAGES))
def _columns(script: str) -> tuple[tuple[str, int], ...]:
    """Return the languages of a script, each with its number in the profiles; Chinese has two numbers."""
    named = [(name.partition("-")[0], column) for column, name in enumerate(profiles().languages)]
    return tuple((code, column) for code, column in named if code in LANGUAGES[script])


@lru_cache(maxsize=40_000)
def _counts(ngram: str) -> dict[int, int]:
    """Return how often each language has an n-gram, in whatever case, by the language's number."""
    known, ends = profiles(), _ends()
    counts: dict[int, int] = defaultdict(int)
    for place in _places().get(ngram, ()):
        for at in range(ends[place] - known.sizes[place], ends[place]):
            counts[known.owners[at]] += known.counts[at]
    return counts


@once
def _places() -> dict[str, list[int]]:
    """Return for each n-gram in small letters the numbers of the profiles' rows that spell it."""
    rows: dict[str, list[int]] = {}
    for place, ngram in enumerate(profiles().ngrams):
        rows.setdefault(ngram.lower(), []).append(place)
    return rows


@once
def _ends() -> list[int]:
    return [*accumulate(profiles().sizes)]
