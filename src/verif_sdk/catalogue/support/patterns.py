"""Regular expressions that came from outside. Whatever they are, their time and memory are bounded.

A plain pattern, which has no repeated group, recursion or back-reference, runs in this process at first: it needs
little memory and its time-out holds. All others, and plain ones that take long, run in a bounded worker.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, NamedTuple

import regex
from pydantic import AfterValidator, Field

from verif_sdk.bounded.pool import bounded
from verif_sdk.errors import Undecidable

PATIENCE = 0.1  # seconds until a plain pattern is handed to a worker
_PLAIN = regex.compile(
    r"""(?:\(\?[aimsux]+\))?
    (?: (?: [^\\\[\](){}*+?|^$]                                   # one character,
          | \\[dDwWsSbBnrtfv] | \\[pP]\{\w+\} | \\[^\w\s]         # escaped,
          | \[\^?(?:[^\\\[\]]|\\[dDwWsSnrtfv]|\\[^\w\s])+\]       # or one of a set,
        ) (?: (?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\}) [?+]? )?         # repeated
      | [|^$] | \( (?: \?(?:[:=!]|<[=!]|P?<\w+>) )? | \)(?![*+?{])  # and groups that are not
    )*+""",
    regex.VERBOSE,
)


class Match(NamedTuple):
    """Offsets of a match, and those of its first group: None where the pattern has none, (-1, -1) where it is not
    part of the match."""

    span: tuple[int, int]
    group: tuple[int, int] | None


def search(pattern: str, text: str) -> list[Match]:
    """Return all matches of `pattern` in `text`, left to right.

    Raises:
        Undecidable: it takes too long, or too much memory.
    """
    if is_plain(pattern):
        try:
            found = compiled(pattern).finditer(text, timeout=PATIENCE)
            return [Match(one.span(), one.span(1) if one.re.groups else None) for one in found]
        except TimeoutError:
            pass
    places = bounded(_named(pattern), "matches", pattern, text)
    return [Match((span[0], span[1]), None if group is None else (group[0], group[1])) for span, group in places]


def full_match(pattern: str, text: str) -> bool:
    """Return whether `pattern` matches the whole of `text`.

    Raises:
        Undecidable: it takes too long, or too much memory.
    """
    if is_plain(pattern):
        try:
            return compiled(pattern).fullmatch(text, timeout=PATIENCE) is not None
        except TimeoutError:
            pass
    return bool(bounded(_named(pattern), "matches_whole", pattern, text))


@lru_cache(maxsize=1024)
def is_plain(pattern: str) -> bool:
    """Return whether a pattern can run in this process."""
    return _PLAIN.fullmatch(pattern) is not None


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> regex.Pattern[str]:
    """Return the compiled pattern; `.` matches no newline, `^` and `$` match at every line."""
    return regex.compile(pattern, regex.MULTILINE)


def _compiles(pattern: str) -> str:
    try:
        compiled(pattern) if is_plain(pattern) else _compiles_elsewhere(pattern)
    except regex.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    except RecursionError:
        raise ValueError("a regular expression that is nested too deeply") from None
    except Undecidable as cause:
        raise ValueError(str(cause)) from None
    return pattern


@lru_cache(maxsize=1024)
def _compiles_elsewhere(pattern: str) -> None:
    bounded(f"compiling {pattern!r:.60}", "compiles", pattern)


Pattern = Annotated[
    str,
    AfterValidator(_compiles),
    Field(min_length=1, max_length=4000, description="A regular expression, as the `regex` package reads it."),
]


def _named(pattern: str) -> str:
    return f"the pattern {pattern!r:.60} on this response"
