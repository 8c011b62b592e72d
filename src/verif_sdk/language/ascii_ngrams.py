"""The n-grams of an ASCII text in numpy: one look-up in a table for each character."""

from __future__ import annotations

import string
from typing import Any

import numpy as np

from verif_sdk.language.profiles import ascii_profiles
from verif_sdk.late import once

_BITS = 6  # enough for the letters, and for 0, which stands for all else
_SIZE = 1 << _BITS
_CODES = bytes(string.ascii_letters.find(chr(byte)) + 1 for byte in range(256))

Numbers = Any  # an array of numpy; its types differ between numpy's versions


def known(text: str) -> Numbers:
    """Return the rows of all known n-grams of an ASCII text, in order."""
    codes = np.frombuffer(b"\0\0" + text.encode("ascii").translate(_CODES), dtype=np.uint8).astype(np.intp)
    runs = codes[:-2] << 2 * _BITS | codes[1:-1] << _BITS | codes[2:]
    found = _table().take(runs, axis=0).ravel()
    return found[found >= 0]


@once
def _table() -> Numbers:
    """Return for each run of three characters the rows of the n-grams that end there, -1 for none.

    There are up to three, of one, two and three characters; none where the last two are capitals.
    """
    table = np.full((_SIZE, _SIZE, _SIZE, 3), -1, dtype=np.intc)
    for place, ngram in enumerate(ascii_profiles().ngrams):
        if ngram != " ":
            before = [slice(None)] * (3 - len(ngram))
            table[(*before, *ngram.encode().translate(_CODES), len(ngram) - 1)] = place
    capitals = slice(_CODES[ord("A")], _CODES[ord("Z")] + 1)
    table[:, capitals, capitals] = -1
    return table.reshape(-1, 3)
