"""Write the n-gram frequencies of langdetect's profiles into the two compact files that `language` reads.

    python scripts/language_frequencies.py

Run it when the pinned langdetect changes its profiles; a test compares the files with them.
"""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

from langdetect.detector_factory import PROFILES_DIRECTORY

TARGET = Path(__file__).resolve().parents[1] / "src" / "verif_sdk" / "language" / "frequencies"


def main() -> None:
    """Write `ascii.z` and `other.z`."""
    paths = sorted(path for path in Path(PROFILES_DIRECTORY).iterdir() if path.is_file())
    profiles = [json.loads(path.read_text("utf-8")) for path in paths]
    write("ascii", profiles, str.isascii)
    write("other", profiles, lambda ngram: not ngram.isascii())


def write(name: str, profiles: list[dict[str, Any]], wanted: Callable[[str], bool]) -> None:
    """Write the wanted n-grams: a line of JSON, then their numbers of languages, the languages, the counts."""
    ngrams: dict[str, list[tuple[int, int]]] = {}
    for language, profile in enumerate(profiles):
        for ngram, count in profile["freq"].items():
            if wanted(ngram):
                ngrams.setdefault(ngram, []).append((language, count))
    header = {
        "languages": [profile["name"] for profile in profiles],
        "totals": [profile["n_words"] for profile in profiles],
        "ngrams": "\n".join(ngrams),
    }
    pairs = [pair for found in ngrams.values() for pair in found]
    counts = array("I", [count for _, count in pairs])
    if sys.byteorder == "big":
        counts.byteswap()
    sizes = bytes(len(found) for found in ngrams.values())
    languages = bytes(language for language, _ in pairs)
    line = json.dumps(header, ensure_ascii=False).encode() + b"\n"
    (TARGET / f"{name}.z").write_bytes(zlib.compress(line + sizes + languages + counts.tobytes(), 9))


if __name__ == "__main__":
    main()
