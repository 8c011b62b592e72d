"""Which language a text is in: langdetect's verdict, seeded anew for each text, so the answer never varies.

The profiles, the normalisation of characters and the method are langdetect's; its two loops, over
the text and over its random walks, are written anew, because they are most of its time.
"""

from __future__ import annotations

from functools import lru_cache

UNKNOWN = "unknown"
"""What a text with letters is in when no language is probable; langdetect's word for it."""


def detect(text: str) -> str | None:
    """Return the ISO 639-1 code of the most probable language, or None for a text without letters.

    `UNKNOWN` where no language is probable. Short texts are guesses: under some twenty characters the
    answer is often wrong.
    """
    found = detect_raw(text)
    return None if found is None else found.partition("-")[0]


@lru_cache(maxsize=256)
def detect_raw(text: str) -> str | None:
    """Return langdetect's own code, which tells `zh-cn` from `zh-tw`, or None for a text without letters.

    The verdicts are those of langdetect with `DetectorFactory.seed = 0`.
    """
    from verif_sdk.language.choice import most_probable
    from verif_sdk.language.ngrams import known
    from verif_sdk.language.profiles import ascii_profiles

    found = known(text)
    if len(found) == 0:
        return None
    best = most_probable(found)
    return UNKNOWN if best is None else ascii_profiles().languages[best]
