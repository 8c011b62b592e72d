"""Units of text that several IFBench checkers share, each computed once per response."""

from __future__ import annotations

import string
import unicodedata

from verif_ifeval.tokens import WORD

PUNCTUATION = string.punctuation
EDGES = PUNCTUATION + " "
_DELETE = str.maketrans("", "", PUNCTUATION)
_ASCII_WORDS = "".join(letter if WORD.match(letter) else " " for letter in map(chr, range(128)))


def bare(raw: str) -> str:
    """Return a text without ASCII punctuation, so that "3-4" is "34"."""
    return raw.translate(_DELETE)


def bare_words(raw: str) -> list[str]:
    """Return the whitespace-separated words of a text without ASCII punctuation."""
    return bare(raw).split()


def lower_bare_words(raw: str) -> list[str]:
    """Return the words of a text in small letters and without ASCII punctuation."""
    return bare(raw.lower()).split()


def word_runs(raw: str) -> list[str]:
    r"""Return the runs of `\w`."""
    if raw.isascii():
        return raw.translate(_ASCII_WORDS).split()
    found: list[str] = WORD.findall(raw)
    return found


def ascii_folded(raw: str) -> str:
    """Return a text decomposed, with all that is not ASCII dropped."""
    return unicodedata.normalize("NFKD", raw).encode("ascii", "ignore").decode("ascii")
