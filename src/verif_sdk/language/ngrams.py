"""A text as langdetect looks at it: the known runs of one to three letters."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from typing import Any

from verif_sdk.language.profiles import NORMAL, addresses, langdetects, places
from verif_sdk.late import once

_LONGEST = 10_000  # characters that are looked at
_WORDS_KEPT = 50_000
_CACHED_WORD = 24  # characters; scripts without spaces make "words" that never come twice

_LATIN = bytes(range(ord("A"), ord("z") + 1))  # with the marks between the capitals and the small letters
_LATIN_RUNS = re.compile(r"[A-z]+")
# langdetect means to count Vietnamese letters as Latin, and does not.
_NOT_LATIN = re.compile("[^\u0000-\u02ff]+")


def known(text: str) -> Any:
    """Return the rows of all known n-grams of a text, in order; empty for a text without letters.

    They are integers in an array: numpy's for a text in ASCII, Python's for all others and where numpy is absent.
    Elements and buffer are the same.
    """
    if text.rfind("http") >= 0:
        text = addresses()[0].sub(" ", text)
    if "@" in text:
        text = addresses()[1].sub(" ", text)
    if not text.isascii():
        text = _letters(text)
    if text.isascii():
        if (quickly_known := _quickly()) is not None:
            return quickly_known(text[:_LONGEST])
        text = _letters(text)
    *closed, last = text.split(" ")
    return array("i", b"".join([*map(_WORDS.__getitem__, closed), _scanned(last)]))


@once
def _quickly() -> Callable[[str], Any] | None:
    """Return what `known` does for ASCII texts, in numpy; None where numpy, an extra, is absent."""
    try:
        from verif_sdk.language.ascii_ngrams import known as in_numpy
    except ImportError:
        return None
    return in_numpy


def _letters(text: str) -> str:
    """Return a text in one script, with a space for whatever is not a letter."""
    text = langdetects().normalize_vi(text)[:_LONGEST]
    ascii_part = text.encode("ascii", "ignore")
    latin = len(ascii_part) - len(ascii_part.translate(None, _LATIN))
    # Most texts are in one script; the letters of others are counted where there are enough of both.
    if 0 < latin * 2 < len(text) - len(ascii_part) and latin * 2 < sum(map(len, _NOT_LATIN.findall(text))):
        text = _LATIN_RUNS.sub("", text)
    return text.translate(NORMAL)


def _scanned(word: str) -> bytes:
    """Return the rows of a word's n-grams, which begin with the space before it, as the bytes of an array.

    Of a run of capitals only the first letter is looked at, and what follows the run.
    """
    text, found, known_places = f" {word}", array("i"), places()
    for at in range(1, len(text)):
        if text[at].isupper() and text[at - 1].isupper():
            continue
        for start in range(at, max(-1, at - 3), -1):
            ngram = text[start : at + 1]
            if ngram in known_places and ngram != " ":
                found.append(known_places[ngram])
    return found.tobytes()


def _closed(word: str) -> bytes:
    """Return the rows of a word that a space follows."""
    return _scanned(f"{word} ") if word else b""


class _Words(dict[str, bytes]):
    """Words to their rows, each looked up once; forgotten when there are too many."""

    def __missing__(self, word: str) -> bytes:
        found = _closed(word)
        if len(word) < _CACHED_WORD:
            if len(self) >= _WORDS_KEPT:
                self.clear()
            self[word] = found
        return found


_WORDS = _Words()
