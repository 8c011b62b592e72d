"""Words, stop words, parts of speech, syllables and emoji, as the packages count them that the references use."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import regex

from verif_ifeval import nltk_data
from verif_ifeval.nltk_data import needed
from verif_sdk import once

# As NLTK 3.10.3 has it, to which the marks of Indic scripts are part of a word; to Python's own `re` they are not.
WORD = regex.compile(r"\w+")


class _Shapes(dict[int, str]):
    """Code points to "w" for what words are made of, and to a space for the rest."""

    def __missing__(self, code: int) -> str:
        self[code] = "w" if WORD.match(chr(code)) else " "
        return self[code]


_SHAPES = _Shapes()


def words(raw: str) -> int:
    """Return the number of runs of word characters: "don't" is two."""
    shape = raw.translate(_SHAPES)
    return shape.count(" w") + shape.startswith("w")


@once
def stop_words() -> frozenset[str]:
    """Return NLTK's English stop words."""
    path = nltk_data.found("stopwords")
    if path is not None and path.is_file():
        return frozenset(path.read_text("utf-8").split())
    from nltk.corpus import stopwords  # in a zip file, or nowhere

    with needed("stopwords"):
        return frozenset(stopwords.words("english"))


def first_tag(found: tuple[str, ...]) -> str:
    """Return the part of speech that NLTK's tagger gives to the first of some tokens, "" for none.

    The tagger goes from left to right and looks two tokens ahead, so three decide the first tag.
    """
    if not found:
        return ""
    tag: str = _tagger().tag(list(found[:3]))[0][1]
    return tag


@lru_cache(maxsize=50_000)
def syllables(word: str) -> int:
    """Return the number of syllables of a word, as the package syllapy counts them."""
    count: int = _syllapy().count(word)
    return count


def is_emoji(character: str) -> bool:
    """Return whether one code point is an emoji, as the package emoji has it."""
    known: bool = _emoji().is_emoji(character)
    return known


@once
def _tagger() -> Any:
    from nltk.tag import PerceptronTagger

    with needed("averaged_perceptron_tagger_eng"):
        return PerceptronTagger(lang="eng")


@once
def _syllapy() -> Any:
    import syllapy

    return syllapy


@once
def _emoji() -> Any:
    import emoji

    return emoji
