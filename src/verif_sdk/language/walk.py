"""langdetect's method: seven walks over random n-grams of a text, each until one language is all but certain."""

from __future__ import annotations

from array import array
from random import Random

from verif_sdk.language.profiles import ascii_profiles, row

WALKS = 7
STEPS = 1000
CERTAIN = 0.99999
"""A walk ends once one language has this probability; checked after the first n-gram and after every five."""
LEAST = 0.1
"""The least probability, as the mean of the walks, that the most probable language needs."""
ALPHA, SPREAD = 0.5, 0.05
"""Mean and standard deviation of the smoothing, which is drawn for each walk and divided by `BASE`."""
BASE = 10_000
"""The divisor of the smoothing."""


def exact(ngrams: array[int]) -> int | None:
    """Return the number of the language that langdetect, seeded with 0, finds most probable, if any.

    By langdetect's own arithmetic, in its own order.

    Args:
        ngrams: rows of the profiles, one or more.
    """
    random = Random(0)  # noqa: S311  # langdetect's method, and its seed
    choice = random.choice
    width = len(ascii_profiles().languages)
    total = [0.0] * width
    for left in reversed(range(WALKS)):
        weight = (ALPHA + random.gauss(0.0, 1.0) * SPREAD) / BASE
        found, most = _normalised([1.0 / width * (weight + value) for value in row(choice(ngrams))])
        steps = 0
        while most <= CERTAIN and steps < STEPS:
            steps += 5
            drawn = [row(choice(ngrams)) for _ in range(5)]
            found, most = _normalised(
                [
                    p * (weight + a) * (weight + b) * (weight + c) * (weight + d) * (weight + e)
                    for p, a, b, c, d, e in zip(found, *drawn, strict=True)
                ]
            )
        total = [before + p / WALKS for before, p in zip(total, found, strict=True)]
        second, first = sorted(total)[-2:]
        if first - second > (left + 0.001) / WALKS:
            break  # the walks that are left cannot change which language is first
    best = max(range(width), key=total.__getitem__)
    return best if total[best] > LEAST else None


def _normalised(weights: list[float]) -> tuple[list[float], float]:
    total = sum(weights)
    shares = [weight / total for weight in weights]
    return shares, max(shares)
