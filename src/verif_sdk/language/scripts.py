"""Which scripts a language is written in, and how many letters of each a text has."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import regex

LANGUAGES: dict[str, tuple[str, ...]] = {
    "Latin": (
        "af",
        "ca",
        "cs",
        "cy",
        "da",
        "de",
        "en",
        "es",
        "et",
        "fi",
        "fr",
        "hr",
        "hu",
        "id",
        "it",
        "lt",
        "lv",
        "nl",
        "no",
        "pl",
        "pt",
        "ro",
        "sk",
        "sl",
        "so",
        "sq",
        "sv",
        "sw",
        "tl",
        "tr",
        "vi",
    ),
    "Cyrillic": ("bg", "mk", "ru", "uk"),
    "Arabic": ("ar", "fa", "ur"),
    "Devanagari": ("hi", "mr", "ne"),
    "Bengali": ("bn",),
    "Gurmukhi": ("pa",),
    "Gujarati": ("gu",),
    "Tamil": ("ta",),
    "Telugu": ("te",),
    "Kannada": ("kn",),
    "Malayalam": ("ml",),
    "Thai": ("th",),
    "Hebrew": ("he",),
    "Greek": ("el",),
    "Hangul": ("ko",),
    "Han": ("zh", "ja"),
    "Kana": ("ja",),
}
"""Per script the languages that are written in it; ISO 639-1 codes, those that `language:is` knows."""

_TWO_SCRIPTS = {"Kana": r"[\p{Hiragana}\p{Katakana}]"}


@lru_cache(maxsize=64)
def scripts_of(code: str) -> tuple[str, ...]:
    """Return the scripts that a language is written in."""
    return tuple(script for script, codes in LANGUAGES.items() if code in codes)


def letters(text: str) -> dict[str, int]:
    """Return how many letters of each known script a text has; scripts without any are left out."""
    if text.isascii():
        count = sum(map(str.isalpha, text))
        return {"Latin": count} if count else {}
    counts = {script: sum(map(len, runs(script).findall(text))) for script in LANGUAGES}
    return {script: count for script, count in counts.items() if count}


@lru_cache(maxsize=64)
def runs(script: str) -> Any:
    """Return the pattern of a run of letters and marks of a script."""
    one = _TWO_SCRIPTS.get(script, rf"\p{{{script}}}")
    return regex.compile(f"(?:{one})+")
