"""The same walks in numpy, with products in blocks and draws from a table.

The generator is always seeded with 0, so its stream of numbers is one table for all texts. The
products differ from langdetect's by rounding errors of about 1e-14; if a decision is closer than
1e-9, this module gives no answer and the exact walk decides.
"""

from __future__ import annotations

from array import array
from functools import cache, lru_cache
from math import cos, log, pi, sin, sqrt
from random import Random
from typing import Any, NamedTuple

import numpy as np

from verif_sdk.language.profiles import Profiles, ascii_profiles, profiles
from verif_sdk.language.walk import ALPHA, BASE, CERTAIN, LEAST, SPREAD, STEPS, WALKS
from verif_sdk.late import once

_FIRST_DRAWS, _GROWTH = 512, 4  # how many random numbers to draw at first, and the factor when they run out
_CLOSE = 1e-9
_FIRST_CHECKS, _NEXT_CHECKS = 14, 20  # checks per block, one after every five n-grams: first block, later blocks
_SCALE = 500.0  # keeps the products clear of underflow and overflow
_DOUBLE = 1 << 53
_PADDING = 4  # zeros before the random numbers, which fill the lone first n-gram up to a group of five
_AGREED = WALKS // 2 + 1
"""How many walks settle the matter if all of them end in one language."""

Numbers = Any  # an array of numpy; its types differ between numpy's versions


class _End(NamedTuple):
    """Where a walk ended."""

    language: int | None
    """The language that became certain; None if the walk grew too long."""
    weights: Numbers
    """The weight of each language; divided by their sum, its share."""


def most_probable(ngrams: array[int]) -> int | None:
    """Return the number of the most probable language, or None if it is too close to call here."""
    draws = _Draws(ngrams)
    ends: list[_End] = []
    for left in reversed(range(WALKS)):
        end = _walk(draws, (ALPHA + draws.gauss() * SPREAD) / BASE)
        if end is None:
            return None
        ends.append(end)
        if len(ends) < _AGREED:
            continue
        languages = {end.language for end in ends}
        if len(languages) == 1 and None not in languages:
            return ends[0].language
        total = sum(weights / weights.sum() for _, weights in ends)
        second, first = np.partition(total, -2)[-2:] / WALKS
        if first - second > (left + 0.001) / WALKS:
            break  # the remaining walks cannot change it
    else:
        if not min(first - second, first - LEAST) > _CLOSE:  # also where a product was too large a number
            return None
    return int(total.argmax())


def _walk(draws: _Draws, weight: float) -> _End | None:
    """Return where one walk ends, or None if that is too close to call."""
    checks = draws.checks(_FIRST_CHECKS, weight, first=True)
    steps, lead = 0, 1  # n-grams before this block's, and in its first row
    while True:
        np.multiply.accumulate(checks, axis=0, out=checks)
        needed = checks.dot(_nearly_certain())
        certain = checks > needed[:, None]
        ended, language = divmod(int(certain.argmax()), certain.shape[1])
        if certain[ended, language]:
            if not checks[ended, language] > (1 + 3 * _CLOSE) * needed[ended]:
                return None
            draws.advance(lead + 5 * ended)
            return _End(language, checks[ended])
        walked = lead + 5 * (len(checks) - 1)
        draws.advance(walked)
        steps += walked
        if steps > STEPS:
            return _End(None, checks[-1])
        before = checks[-1] / checks[-1].sum()
        checks, lead = draws.checks(min(_NEXT_CHECKS, (STEPS + 1 - steps) // 5), weight), 5
        checks[0] *= before


class _Draws:
    """The draws that Python's generator, seeded with 0, makes from a text's n-grams, read from a table."""

    def __init__(self, ngrams: array[int]) -> None:
        self._ngrams = np.frombuffer(ngrams, dtype=np.intc)
        ascii_only = int(self._ngrams.max()) < len(ascii_profiles().ngrams)
        self._table = _ascii_table() if ascii_only else _whole_table()
        self._size = 0
        self._grow(_FIRST_DRAWS)
        self._at = _PADDING
        self._next = _PADDING
        self._second: float | None = None

    def checks(self, fives: int, weight: float, *, first: bool = False) -> Numbers:
        """Return the products of the smoothed profiles of the next n-grams, a row for each five of them.

        Args:
            fives: how many.
            weight: what smooths the profiles.
            first: whether a row of one n-gram stands before them.
        """
        end = self._next + first + 5 * fives
        while end > len(self._drawn):
            self._grow(_GROWTH * self._size)
        # Ones before a lone n-gram make it five.
        drawn = self._drawn[self._next - _PADDING * first : end].reshape(-1, 5)
        rows = self._table.take(drawn.T, axis=0)  # the first of each five, then the second: long runs are quick
        rows += weight * _SCALE
        if first:
            rows[:_PADDING, 0] = 1.0
        return np.multiply.reduce(rows, axis=0)

    def advance(self, count: int) -> None:
        """Skip the next `count` draws."""
        self._next += count
        self._at = int(self._places[self._next - 1]) + 1

    def gauss(self) -> float:
        """Return the next normally distributed number; they come in pairs, as in Python."""
        if self._second is not None:
            number, self._second = self._second, None
            return number
        if self._at + 4 > self._size:
            self._grow(_GROWTH * self._size)
        number, self._second = _pair(self._at, self._size)
        self._at += 4
        self._next = int(self._places.searchsorted(self._at))
        return number

    def _grow(self, size: int) -> None:
        count = len(self._ngrams)
        numbers = _stream(size) >> (32 - count.bit_length())
        self._size = size
        self._places = np.flatnonzero(numbers < count)
        self._drawn = self._ngrams.take(numbers.take(self._places))


@lru_cache(maxsize=1024)  # every text begins with the same pair
def _pair(at: int, size: int) -> tuple[float, float]:
    """Return the two normally distributed numbers that Python derives from four random numbers."""
    high, low, higher, lower = map(int, _stream(size)[at : at + 4])
    first, second = (((a >> 5) * 67108864 + (b >> 6)) / _DOUBLE for a, b in ((high, low), (higher, lower)))
    angle, radius = first * 2.0 * pi, sqrt(-2.0 * log(1.0 - second))
    return cos(angle) * radius, sin(angle) * radius


@cache
def _stream(size: int) -> Numbers:
    random = Random(0)  # noqa: S311  # langdetect's seed
    return np.array([0] * _PADDING + [random.getrandbits(32) for _ in range(size - _PADDING)], dtype=np.int64)


@once
def _nearly_certain() -> Numbers:
    """Return the vector whose product with a row of weights is the threshold for certainty."""
    return np.full(len(ascii_profiles().languages), CERTAIN - _CLOSE)


@once
def _ascii_table() -> Numbers:
    return _table(ascii_profiles())


@once
def _whole_table() -> Numbers:
    return _table(profiles())


def _table(known: Profiles) -> Numbers:
    """Return the probability of each n-gram in each language, times `_SCALE`."""
    rows = np.repeat(np.arange(len(known.ngrams)), np.frombuffer(known.sizes, np.uint8))
    languages = np.frombuffer(known.owners, np.uint8)
    lengths = np.fromiter(map(len, known.ngrams), np.intp, len(known.ngrams))
    table = np.zeros((len(known.ngrams), len(known.languages)))
    probabilities = np.array(known.counts) / np.array(known.totals)[languages, lengths[rows] - 1]
    table[rows, languages] = probabilities * _SCALE
    return table
