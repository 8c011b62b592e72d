"""How words and phrases are found in a text: as whole words or anywhere, with or without case."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from unicodedata import normalize

import regex

from verif_sdk.text import Text


def spans(text: Text, phrase: str, *, whole_word: bool, case_sensitive: bool) -> list[tuple[int, int]]:
    """Return the (start, end) offsets of `phrase` in `text`, left to right, without overlap.

    Upper and lower case are folded as Unicode says, so that "STRASSE" finds "Straße"; composed and
    decomposed accents are the same; straight and curly apostrophes and any run of whitespace too.
    """
    return [found.span() for found in _finder(phrase, whole_word, case_sensitive).finditer(text.raw)]


def found(text: Text, phrase: str, *, whole_word: bool, case_sensitive: bool) -> bool:
    """Return whether `phrase` occurs in `text`."""
    return _finder(phrase, whole_word, case_sensitive).search(text.raw) is not None


@lru_cache(maxsize=4096)
def _finder(phrase: str, whole_word: bool, case_sensitive: bool) -> regex.Pattern[str]:
    flags = regex.V1 | (0 if case_sensitive else regex.IGNORECASE | regex.FULLCASE)
    core = "".join(_piece(cluster) for cluster in regex.findall(r"\s+|\X", phrase.strip()))
    if not whole_word:
        return regex.compile(core, flags)
    # A boundary is wanted only where the phrase itself ends in a letter or digit, so that "C++" is
    # found in "C++." Scripts without spaces have no boundaries to ask for.
    before = r"(?<![\p{L}\p{M}\p{N}_])" if _SPACED.match(phrase.strip()[:1]) else ""
    after = r"(?![\p{L}\p{M}\p{N}_])" if _SPACED.match(phrase.strip()[-1:]) else ""
    return regex.compile(before + core + after, flags)


_SPACED = regex.compile(
    r"(?![\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}])[\p{L}\p{M}\p{N}_]"
)


def _piece(cluster: str) -> str:
    """Return a pattern for one character of a phrase, in either of its forms."""
    if cluster.isspace():
        return r"\s+"
    if cluster in "'’ʼ":
        return "['’ʼ]"
    forms = dict.fromkeys((cluster, normalize("NFC", cluster), normalize("NFD", cluster)))
    escaped = [regex.escape(form, special_only=True) for form in forms]
    return escaped[0] if len(escaped) == 1 else f"(?:{'|'.join(escaped)})"


def each(text: Text, phrases: tuple[str, ...], **how: bool) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Yield each phrase with its spans in `text`; `how` as in `spans`."""
    for phrase in phrases:
        yield phrase, spans(text, phrase, **how)
