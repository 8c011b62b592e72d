"""Whether our faster walk still answers as langdetect does; where it does not, langdetect itself is asked.

The profiles, the normalisation and the draws are langdetect's private ground, which another release may change.
So the first detection of a process tries a few short texts, chosen because almost any change moves their answers.
What langdetect says of them is known for the release that we test with. Any other is asked, which takes a second.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

from verif_sdk.language.choice import most_probable
from verif_sdk.language.ngrams import known
from verif_sdk.language.profiles import ascii_profiles
from verif_sdk.late import once

UNKNOWN = "unknown"
"""What a text with letters is in when no language is probable; langdetect's word for it."""
TESTED = "1.0.9"
"""The release of langdetect that the answers below come from."""
ASCII = {
    "go mode kind normal": "pt",
    "ne arm mode pas": "pt",
    "pain bank en most": "fi",
    "la land kot": "id",
    "see http://example.org THE hand or ask a@b.org": "en",
}
OTHER = {
    "niño मैं час": "hi",
    "în на và å": "vi",
    "خانه straße той е": "de",
    "thời tiết hôm nay": "vi",
    "大学 東京": "ko",
}


@once
def on_ascii() -> bool:
    """Return whether our walk answers as langdetect does on texts in ASCII."""
    return _agrees(ASCII)


@once
def on_other() -> bool:
    """Return the same of all other texts, whose tables take longer to load."""
    return _agrees(OTHER)


def ours(ngrams: Any) -> str | None:
    """Return the language that our walk finds, or None where there are no n-grams.

    Args:
        ngrams: what `ngrams.known` returns.
    """
    if len(ngrams) == 0:
        return None
    best = most_probable(ngrams)
    return UNKNOWN if best is None else ascii_profiles().languages[best]


def original(text: str) -> str | None:
    """Return langdetect's own answer, seeded with 0, or None for a text without letters."""
    return _langdetect()(text)


def _agrees(answers: Mapping[str, str]) -> bool:
    own = {text: ours(known(text)) for text in answers}
    if own == answers and version("langdetect") == TESTED:
        return True
    if own == {text: original(text) for text in answers}:
        return True
    warnings.warn(
        f"verif_sdk's fast form of langdetect does not answer as langdetect {version('langdetect')} does (tested "
        f"with {TESTED}); langdetect itself decides languages in this process, which takes longer",
        RuntimeWarning,
        stacklevel=2,
    )
    return False


@once
def _langdetect() -> Callable[[str], str | None]:
    from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
    from langdetect.lang_detect_exception import LangDetectException

    factory = DetectorFactory()
    factory.load_profile(PROFILES_DIRECTORY)
    factory.seed = 0  # of this factory alone; the seed of the class is the user's

    def detect(text: str) -> str | None:
        detector = factory.create()
        detector.append(text)
        try:
            code: str = detector.detect()
        except LangDetectException:
            return None
        return code

    return detect
