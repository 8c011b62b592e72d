"""Parameters that the references read as regular expressions, searched within limits of time."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from verif_sdk import Text, Undecidable
from verif_sdk.bounded import searches

T = TypeVar("T")

_SIMPLE = re.compile(r"[^\\\[\](){}*+?|^$]{1,100}")


def matches(source: str, raw: str, flags: re.RegexFlag = re.NOFLAG, *, edge: str = "") -> int:
    """Return how many matches a parameter has that the reference reads as a pattern.

    Args:
        source: the parameter.
        raw: where it is searched.
        flags: those of the reference.
        edge: what the reference puts on both sides of the parameter.

    Raises:
        Undecidable: it is not a pattern, where the reference raises, or it takes too long.
    """
    if is_simple(source):
        return len(re.findall(edge + source + edge, raw, flags))
    return searched(searches.count, edge + source + edge, raw, flags)


def searched(
    search: Callable[[str, str, re.RegexFlag], T], source: str, raw: str, flags: re.RegexFlag = re.NOFLAG
) -> T:
    """Return what a bounded search makes of a pattern and a text; errors as those of `matches`."""
    try:
        return search(source, raw, flags)
    except ValueError as error:
        raise Undecidable(
            f"the reference reads {source!r:.60} as a regular expression, which it is not: {error}"
        ) from None


def is_simple(source: str) -> bool:
    """Return whether a pattern is single characters in a row, so that a search for it is fast on any text."""
    return _SIMPLE.fullmatch(source) is not None


def occurrences(source: str, text: Text) -> int:
    """Return how often a pattern is found, whatever the case.

    Raises:
        Undecidable: it is not a pattern; the reference raises there.
    """
    literal = _literal(source)
    if literal is not None and text.raw.isascii():  # elsewhere letters have other forms, which match too
        return text.view(str.lower).count(literal)
    return matches(source, text.raw, re.IGNORECASE)


def surely_absent(source: str, text: Text) -> bool:
    """Return whether a pattern cannot be found, whatever the case; False tells nothing."""
    literal = _literal(source)
    return literal is not None and text.raw.isascii() and literal not in text.view(str.lower)


@lru_cache(maxsize=4096)
def _literal(source: str) -> str | None:
    """Return in small letters a pattern that stands for itself, None for others."""
    return source.lower() if re.fullmatch("[A-Za-z0-9 '-]+", source) else None


def standing_alone(word: str, raw: str) -> int:
    """Return how often a word stands in a text by itself, taken literally, whatever its case."""
    return len(_alone(word).findall(raw))


@lru_cache(maxsize=1024)
def _alone(word: str) -> re.Pattern[str]:
    before = r"(?<!\w)" if word[:1].isalnum() else ""
    behind = r"(?!\w)" if word[-1:].isalnum() else ""
    return re.compile(before + re.escape(word) + behind, re.IGNORECASE)
