"""Regular expressions that came from outside: compiled once, run under a time-out."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

import regex
from pydantic import AfterValidator, Field

from verif_sdk.errors import Undecidable

TIMEOUT = 2.0  # seconds; an honest pattern over a response takes milliseconds


def _compiles(pattern: str) -> str:
    try:
        compiled(pattern)
    except regex.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    except RecursionError:
        raise ValueError("a regular expression that is nested too deeply") from None
    return pattern


Pattern = Annotated[
    str,
    AfterValidator(_compiles),
    Field(min_length=1, max_length=4000, description="A regular expression, as the `regex` package reads it."),
]


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> regex.Pattern[str]:
    """Return the compiled pattern; `.` matches no newline, `^` and `$` match at every line."""
    return regex.compile(pattern, regex.MULTILINE)


def search(pattern: str, text: str) -> list[regex.Match[str]]:
    """Return all matches of `pattern` in `text`, left to right.

    Raises:
        Undecidable: it takes longer than `TIMEOUT`, as catastrophic patterns do.
    """
    try:
        return list(compiled(pattern).finditer(text, timeout=TIMEOUT))
    except TimeoutError:
        raise Undecidable(_late(pattern)) from None


def full_match(pattern: str, text: str) -> bool:
    """Return whether `pattern` matches the whole of `text`.

    Raises:
        Undecidable: it takes longer than `TIMEOUT`.
    """
    try:
        return compiled(pattern).fullmatch(text, timeout=TIMEOUT) is not None
    except TimeoutError:
        raise Undecidable(_late(pattern)) from None


def found_in(pattern: str, text: str) -> bool:
    """Return whether `pattern` matches somewhere in `text`, as JSON Schema reads it: `^` and `$` are the ends.

    Raises:
        Undecidable: it is no regular expression, or takes longer than `TIMEOUT`.
    """
    try:
        return regex.search(pattern, text, timeout=TIMEOUT) is not None
    except TimeoutError:
        raise Undecidable(_late(pattern)) from None
    except regex.error as error:
        raise Undecidable(f"{pattern!r:.60} is no regular expression: {error}") from None


def _late(pattern: str) -> str:
    return f"the pattern {pattern!r:.60} took longer than {TIMEOUT:g} s on this response"
