"""Which language a text is in: langdetect's verdict, seeded anew for each text, so the answer never varies.

The profiles, the normalisation of characters and the method are langdetect's; its two loops, over
the text and over its random walks, are written anew, because they are most of its time.
"""

from __future__ import annotations

from array import array
from functools import lru_cache


def detect(text: str) -> str | None:
    """Return the ISO 639-1 code of the most probable language, or None for a text without letters.

    "unknown", as langdetect says, where no language is probable. Short texts are guesses: under some
    twenty characters the answer is often wrong.
    """
    found = detect_raw(text)
    return None if found is None else found.partition("-")[0]


@lru_cache(maxsize=256)
def detect_raw(text: str) -> str | None:
    """Return langdetect's own code, which tells `zh-cn` from `zh-tw`, or None for a text without letters.

    The verdicts are those of langdetect with `DetectorFactory.seed = 0`.
    """
    from verif_sdk.language import agreement
    from verif_sdk.language.ngrams import known

    if not agreement.on_ascii():
        return agreement.original(text)
    ngrams = known(text)
    beyond_ascii = isinstance(ngrams, array) and len(ngrams) > 0
    return agreement.original(text) if beyond_ascii and not agreement.on_other() else agreement.ours(ngrams)
