"""Python's own `re` on patterns that came with the data, each under limits of processor time and memory.

A search runs in a process that is ended where it takes too long, so `(a|a)*$` cannot hold a training run up.
All of them raise `Undecidable` where a search takes too much, and `ValueError` where the pattern is not one.
"""

from __future__ import annotations

import re
from typing import Any

from verif_sdk.bounded.pool import bounded


def count(pattern: str, text: str, flags: re.RegexFlag = re.NOFLAG) -> int:
    """Return how many matches `re.findall` finds."""
    counted: int = bounded(_what(pattern), "count", pattern, int(flags), text)
    return counted


def find_all(pattern: str, text: str, flags: re.RegexFlag = re.NOFLAG) -> list[Any]:
    """Return what `re.findall` does: the matches, or the groups of each where the pattern has some."""
    matches: list[Any] = bounded(_what(pattern), "found", pattern, int(flags), text)
    return matches


def count_pieces(pattern: str, text: str, flags: re.RegexFlag = re.NOFLAG) -> int:
    """Return how many pieces `re.split` makes of a text; groups count as pieces."""
    counted: int = bounded(_what(pattern), "pieces", pattern, int(flags), text)
    return counted


def _what(pattern: str) -> str:
    return f"the pattern {pattern!r:.60} on this response"
