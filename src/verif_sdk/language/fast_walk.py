"""The same walks in numpy: a walk's products are taken at once, and its draws from a table.

The generator is always seeded with 0, so its stream of numbers is one table for all texts. The
products are rounded otherwise than langdetect's, by some 1e-14; where a decision is closer than
1e-9, and where a walk is long, there is no answer here, and the exact walk gives it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import cos, log, pi, sin, sqrt
from random import Random
from typing import Any

import numpy as np

from verif_sdk.language.profiles import profiles
from verif_sdk.language.walk import ALPHA, BASE, CERTAIN, LEAST, SPREAD, WALKS

_STREAM = 1024  # numbers of the generator; a text whose walks need more is left to the exact walk
_CLOSE = 1e-9
_DRAWN = 61  # n-grams of a walk that are looked at together: the first, and twelve times five
_CHUNKS = 4
_DOUBLE = 1 << 53

Numbers = Any  # an array of numpy; its types differ between numpy's versions


def most_probable(ngrams: Sequence[int]) -> int | None:
    """Return the number of the most probable language, or None where it is too close to call here."""
    table, walk = _table(), _Draws(len(ngrams))
    total = np.zeros(table.shape[1])
    for left in reversed(range(WALKS)):
        weight = (ALPHA + walk.gauss() * SPREAD) / BASE
        shares: Numbers = None
        for _ in range(_CHUNKS):
            drawn = walk.upcoming()
            if len(drawn) < _DRAWN:
                return None
            # The first number of the stream is a check of its own; later chunks begin behind it.
            skipped = shares is not None
            rows = table.take([ngrams[place] for place in drawn[: _DRAWN - skipped]], axis=0)
            rows += weight
            checks = _products(rows, shares)
            sums = checks.sum(axis=1)
            most = checks.max(axis=1) / sums
            ended = int((most > CERTAIN - _CLOSE).argmax())
            if most[ended] > CERTAIN - _CLOSE:
                break
            shares = checks[-1] / sums[-1]
            walk.advance(_DRAWN - skipped)
        else:
            return None
        if most[ended] < CERTAIN + _CLOSE:
            return None
        walk.advance(5 * (ended + 1) if skipped else 5 * ended + 1)
        total += checks[ended] / (sums[ended] * WALKS)
        second, first = np.partition(total, -2)[-2:]
        if first - second > (left + 0.001) / WALKS:
            break
    else:
        if first - second < _CLOSE or abs(first - LEAST) < _CLOSE or first < LEAST:
            return None
    return int(total.argmax())


def _products(rows: Numbers, shares: Numbers) -> Numbers:
    """Return the products of all rows up to each check, times the `shares` that the last chunk left."""
    alone = len(rows) % 5
    fives = rows[alone:].reshape(-1, 5, rows.shape[1]).prod(axis=1)
    checks = np.concatenate((rows[:1], fives)) if alone else fives
    if shares is not None:
        checks[0] *= shares
    return np.multiply.accumulate(checks, axis=0, out=checks)


class _Draws:
    """Python's generator, seeded with 0, drawing from `count` things: the same numbers, out of a table."""

    def __init__(self, count: int) -> None:
        numbers = _stream()[1] >> (32 - count.bit_length())
        self._places = np.flatnonzero(numbers < count)
        self._drawn = numbers[self._places].tolist()
        self._at = 0
        self._next = 0
        self._second: float | None = None

    def upcoming(self) -> list[int]:
        """Return what is drawn next, as far as a chunk needs it."""
        drawn: list[int] = self._drawn[self._next : self._next + _DRAWN]
        return drawn

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
        high, low = _stream()[0][self._at : self._at + 2]
        self._at += 2
        return ((high >> 5) * 67108864 + (low >> 6)) / _DOUBLE


@cache
def _stream() -> tuple[list[int], Numbers]:
    random = Random(0)  # noqa: S311  # langdetect's seed
    numbers = [random.getrandbits(32) for _ in range(_STREAM)]
    return numbers, np.array(numbers, dtype=np.int64)


@cache
def _table() -> Numbers:
    return np.frombuffer(profiles().table).reshape(-1, len(profiles().languages))
