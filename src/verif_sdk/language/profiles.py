"""The n-gram frequencies of 55 languages: langdetect's profiles, in compact files of our own.

The ASCII n-grams, one in eight, have a file to themselves: most texts need no others.
"""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from verif_sdk.late import once

_FOLDER = Path(__file__).parent / "frequencies"


class Profiles(NamedTuple):
    """Some n-grams, of one to three characters each, and how often each language has them."""

    languages: list[str]
    totals: list[list[int]]
    """Of each language, how many n-grams of one, two and three characters were counted."""
    ngrams: list[str]
    sizes: bytes
    """Of each n-gram, how many languages have it."""
    owners: bytes
    """The numbers of those languages, n-gram after n-gram."""
    counts: array[int]
    """How often each of them has the n-gram."""


@once
def ascii_profiles() -> Profiles:
    """Return the profiles of the ASCII n-grams, which come first among all."""
    return _read("ascii")


@once
def profiles() -> Profiles:
    """Return the profiles of all n-grams; a place in them is the number of an n-gram's row."""
    first, rest = ascii_profiles(), _read("other")
    return first._replace(
        ngrams=first.ngrams + rest.ngrams,
        sizes=first.sizes + rest.sizes,
        owners=first.owners + rest.owners,
        counts=first.counts + rest.counts,
    )


@once
def places() -> dict[str, int]:
    """Return each known n-gram with the number of its row."""
    return {ngram: place for place, ngram in enumerate(profiles().ngrams)}


def counted(place: int) -> Iterator[tuple[int, int]]:
    """Return the number of each language that has the n-gram of a row, and how often it has it."""
    known, end = profiles(), _ends()[place]
    start = end - known.sizes[place]
    return zip(known.owners[start:end], known.counts[start:end], strict=True)


@lru_cache(maxsize=4096)
def row(place: int) -> list[float]:
    """Return one n-gram's probability in each language."""
    known = profiles()
    length = len(known.ngrams[place]) - 1
    found = [0.0] * len(known.languages)
    for language, count in counted(place):
        found[language] = count / known.totals[language][length]
    return found


@once
def langdetects() -> Any:
    """Return langdetect's class of n-grams, which knows how it normalises characters."""
    from langdetect.utils.ngram import NGram

    return NGram


@once
def addresses() -> tuple[Any, Any]:
    """Return langdetect's patterns of URLs and of e-mail addresses."""
    from langdetect.detector import Detector

    return Detector.URL_RE, Detector.MAIL_RE


class _Normal(dict[int, str]):
    """Code points to what langdetect takes them for, each looked up once."""

    def __missing__(self, code: int) -> str:
        self[code] = langdetects().normalize(chr(code))
        return self[code]


NORMAL = _Normal()


@once
def _ends() -> list[int]:
    return [*accumulate(profiles().sizes)]


def _read(name: str) -> Profiles:
    line, _, numbers = zlib.decompress((_FOLDER / f"{name}.z").read_bytes()).partition(b"\n")
    header = json.loads(line)
    ngrams = header["ngrams"].split("\n")
    sizes, numbers = numbers[: len(ngrams)], numbers[len(ngrams) :]
    pairs = sum(sizes)
    counts = array("I", numbers[pairs:])
    if sys.byteorder == "big":
        counts.byteswap()
    return Profiles(header["languages"], header["totals"], ngrams, sizes, numbers[:pairs], counts)
