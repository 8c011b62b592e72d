"""The most probable language of a text: by numpy where that is installed and sure, else by exact arithmetic."""

from __future__ import annotations

from array import array
from collections.abc import Callable

from verif_sdk.language.walk import exact
from verif_sdk.late import once


def most_probable(ngrams: array[int]) -> int | None:
    """Return the number of the language that langdetect, seeded with 0, finds most probable, if any.

    Args:
        ngrams: rows of the profiles, one or more.
    """
    fast = _fast()
    best = None if fast is None else fast(ngrams)
    return exact(ngrams) if best is None else best


@once
def _fast() -> Callable[[array[int]], int | None] | None:
    """Return what `most_probable` does, in numpy; None where numpy, an extra, is absent."""
    try:
        from verif_sdk.language.fast_walk import most_probable as in_numpy
    except ImportError:
        return None
    return in_numpy
