"""The same walks in numpy: a walk's products are taken at once, and its draws from a table.

The generator is always seeded with 0, so its stream of numbers is one table for all texts. The
products are rounded otherwise than langdetect's, by some 1e-14; where a decision is closer than
1e-9 there is no answer here, and the exact walk gives it.
"""

from __future__ import annotations

from array import array
from functools import cache
from math import cos, log, pi, sin, sqrt
from random import Random
from typing import Any

import numpy as np

from verif_sdk.language.profiles import profiles
from verif_sdk.language.walk import ALPHA, BASE, CERTAIN, LEAST, SPREAD, STEPS, WALKS

_FEW, _MANY = 1024, 16_384  # numbers of the generator: enough for most texts, and for any
_CLOSE = 1e-9
_FIVES, _MORE = 12, 28  # checks, each after five n-grams, whose products are taken together, at first and later
_SCALE = 500.0  # keeps those products between the smallest and the largest numbers
_DOUBLE = 1 << 53

Numbers = Any  # an array of numpy; its types differ between numpy's versions


def most_probable(ngrams: array[int]) -> int | None:
    """Return the number of the most probable language, or None where it is too close to call here."""
    walk = _Draws(ngrams)
    total = np.zeros(len(profiles().languages))
    for left in reversed(range(WALKS)):
        shares = _walk(walk, (ALPHA + walk.gauss() * SPREAD) / BASE)
        if shares is None:
            return None
        total += shares
        if left > WALKS // 2:
            continue  # the walks that are left can change it
        second, first = np.partition(total, -2)[-2:] / WALKS
        if first - second > (left + 0.001) / WALKS:
            break
    else:
        if not min(first - second, first - LEAST) > _CLOSE:  # also where a product was too large a number
            return None
    return int(total.argmax())


def _walk(walk: _Draws, weight: float) -> Numbers:
    """Return each language's share at the end of one walk, or None where that end is too close to call."""
    shares: Numbers = None
    steps = 0
    while steps < STEPS:
        first = shares is None
        fives = min(_FIVES if first else _MORE, (STEPS - steps) // 5)
        checks = walk.checks(fives, first, weight)
        if not first:
            checks[0] *= shares
        np.multiply.accumulate(checks, axis=0, out=checks)
        sums = checks.sum(axis=1)
        most = checks.max(axis=1) / sums
        ended = int((most > CERTAIN - _CLOSE).argmax())
        if most[ended] > CERTAIN - _CLOSE:
            walk.advance(5 * (ended + 1 - first) + first)
            return checks[ended] / sums[ended] if most[ended] > CERTAIN + _CLOSE else None
        shares = checks[-1] / sums[-1]
        walk.advance(5 * fives + first)
        steps += 5 * fives
    return shares


class _Draws:
    """Python's generator, seeded with 0, drawing from a text's n-grams: the same numbers, out of a table."""

    def __init__(self, ngrams: array[int]) -> None:
        self._ngrams = np.frombuffer(ngrams, dtype=np.intc)
        self._size = 0
        self._grow(_FEW)
        self._at = 0
        self._next = 0
        self._second: float | None = None

    def checks(self, fives: int, first: bool, weight: float) -> Numbers:
        """Return the products of the smoothed profiles of the next n-grams, a row for each five of them.

        Args:
            fives: how many.
            first: whether a row of one n-gram stands before them.
            weight: what smooths the profiles.
        """
        end = self._next + first + 5 * fives
        if end > len(self._places):
            self._grow(_MANY)
        rows = _table().take(self._ngrams.take(self._drawn[self._next : end]), axis=0)
        rows += weight * _SCALE
        products = rows[first:].reshape(fives, 5, -1).prod(axis=1)
        return np.concatenate((rows[:1], products)) if first else products

    def advance(self, count: int) -> None:
        """Leave the next `count` draws behind."""
        self._next += count
        self._at = int(self._places[self._next - 1]) + 1

    def gauss(self) -> float:
        """Return the next normally distributed number; they are made in pairs, as Python's are."""
        if self._second is not None:
            number, self._second = self._second, None
            return number
        angle, radius = self._uniform() * 2.0 * pi, sqrt(-2.0 * log(1.0 - self._uniform()))
        self._next = int(self._places.searchsorted(self._at))
        self._second = sin(angle) * radius
        return cos(angle) * radius

    def _uniform(self) -> float:
        if self._at + 2 > self._size:
            self._grow(_MANY)
        high, low = map(int, _stream(self._size)[self._at : self._at + 2])
        self._at += 2
        return ((high >> 5) * 67108864 + (low >> 6)) / _DOUBLE

    def _grow(self, size: int) -> None:
        count = len(self._ngrams)
        numbers = _stream(size) >> (32 - count.bit_length())
        self._size = size
        self._places = np.flatnonzero(numbers < count)
        self._drawn = numbers[self._places]


@cache
def _stream(size: int) -> Numbers:
    random = Random(0)  # noqa: S311  # langdetect's seed
    return np.array([random.getrandbits(32) for _ in range(size)], dtype=np.int64)


@cache
def _table() -> Numbers:
    return np.frombuffer(profiles().table).reshape(-1, len(profiles().languages)) * _SCALE
