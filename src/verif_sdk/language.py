"""Which language a text is in: langdetect, seeded anew for each text, so the answer never varies."""

from __future__ import annotations

import threading
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

_loading = threading.Lock()


def detect(text: str) -> str | None:
    """Return the ISO 639-1 code of the most probable language, or None for a text without letters.

    Short texts are guesses: under some twenty characters the answer is often wrong.
    """
    found = detect_raw(text)
    return None if found is None else found.partition("-")[0]


@lru_cache(maxsize=256)
def detect_raw(text: str) -> str | None:
    """Return langdetect's own code, which tells `zh-cn` from `zh-tw`, or None for a text without letters.

    The verdicts are those of langdetect with `DetectorFactory.seed = 0`.
    """
    from langdetect.lang_detect_exception import LangDetectException

    detector = _detectors().create()
    detector.append(text)
    try:
        found: str = detector.detect()
    except LangDetectException:
        return None
    return None if found == detector.UNKNOWN_LANG else found


def _detectors() -> Any:
    with _loading:  # functools.cache alone would let two threads read the profiles at once
        return _loaded()


@cache
def _loaded() -> Any:
    """Return a detector factory of our own, so that nobody else's seed or profiles reach it."""
    from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory

    factory = DetectorFactory()
    # In a fixed order: sums of probabilities depend on it in the last bit.
    names = sorted(path.name for path in Path(PROFILES_DIRECTORY).iterdir() if path.is_file())
    factory.load_json_profile([(Path(PROFILES_DIRECTORY) / name).read_text("utf-8") for name in names])
    factory.seed = 0
    return factory
