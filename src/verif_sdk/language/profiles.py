"""The n-gram frequencies of 55 languages that come with langdetect, in one table."""

from __future__ import annotations

import json
from array import array
from pathlib import Path
from typing import Any, NamedTuple

from verif_sdk.late import once


class _Normal(dict[int, str]):
    """Code points to what langdetect takes them for, each looked up once."""

    def __missing__(self, code: int) -> str:
        self[code] = langdetects().normalize(chr(code))
        return self[code]


class Profiles(NamedTuple):
    """The profiles of all languages."""

    languages: list[str]
    places: dict[str, int]
    """Each known n-gram, of one to three characters, with the number of its row."""
    table: array[float]
    """Row after row, an n-gram's probability in each language."""
    normal: _Normal
    addresses: tuple[Any, Any]
    """langdetect's patterns of URLs and of e-mail addresses."""

    def row(self, place: int) -> array[float]:
        """Return one n-gram's probability in each language."""
        width = len(self.languages)
        return self.table[place * width : (place + 1) * width]


@once
def langdetects() -> Any:
    """Return langdetect's class of n-grams, which knows how it normalises characters."""
    from langdetect.utils.ngram import NGram

    return NGram


@once
def profiles() -> Profiles:
    """Return the profiles, read once."""
    from langdetect.detector import Detector
    from langdetect.detector_factory import PROFILES_DIRECTORY

    # In a fixed order: sums of probabilities depend on it in the last bit.
    paths = sorted(path for path in Path(PROFILES_DIRECTORY).iterdir() if path.is_file())
    read = [json.loads(path.read_text("utf-8")) for path in paths]
    places: dict[str, int] = {}
    for profile in read:
        for ngram in profile["freq"]:
            places.setdefault(ngram, len(places))
    width = len(read)
    table = array("d", bytes(8 * width * len(places)))
    for language, profile in enumerate(read):
        totals = profile["n_words"]
        for ngram, count in profile["freq"].items():
            table[places[ngram] * width + language] = count / totals[len(ngram) - 1]
    patterns = (Detector.URL_RE, Detector.MAIL_RE)
    return Profiles([profile["name"] for profile in read], places, table, _Normal(), patterns)
