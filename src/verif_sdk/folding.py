"""How spellings of one text are made equal: forms of a character, quotes, case, letters that look alike."""

from __future__ import annotations

import re
from unicodedata import normalize

import regex

_STRAIGHT = (
    *((apostrophe, "'") for apostrophe in "’‘‚‛ʼ´`′"),
    *((quote, '"') for quote in "“”„‟″"),
    *((hyphen, "-") for hyphen in "‐‑"),
)
# Ligatures, presentation forms, full-width and mathematical letters: other shapes of the same letters.
_FORMS = re.compile("[\ufb00-\ufdff\ufe70-\ufefc\uff01-\uffee\U0001d400-\U0001d7ff]+")
_CYRILLIC, _GREEK = "асеорхуіјѕһԁАВЕКМНОРСТУХІЈЅ", "ονΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
_ALIKE = str.maketrans(_CYRILLIC + _GREEK, "aceopxyijshdABEKMHOPCTYXIJS" + "ovABEZHIKMNOPTYX")
_MIXED = re.compile(f"[A-Za-z][{_CYRILLIC}{_GREEK}]|[{_CYRILLIC}{_GREEK}][A-Za-z]")
_LETTERS = re.compile(r"[^\W\d_]+")
# What folding turns into as many characters as it was, for whole texts of such characters.
_STEADY = re.compile(
    "[\x00-\xde\xe0-\u012f\u0131-\u0148\u014a-\u01ef\u0391-\u03af\u03b1-\u03ce\u0400-\u0482\u048a-\u052f\u2000-\u2bff\u3000-\u3029\u3030-\u303f"
    "\u4e00-\u9fff\uac00-\ud7a3\ufe0f\U0001f000-\U0001faff]*+"
)
_CLUSTER = regex.compile(r"(?s:.)[\p{M}\u1160-\u11FF\uFF9E\uFF9F]*+")


def plain(text: str) -> str:
    """Return `text` in one spelling: composed, quotes and apostrophes straight, letters in their usual shape.

    In a word of Latin letters, Cyrillic and Greek letters that look like them are read as Latin.
    """
    if "`" in text:
        text = text.replace("`", "'")
    if text.isascii():
        return text
    for odd, straight in _STRAIGHT:
        text = text.replace(odd, straight)
    text = normalize("NFC", _FORMS.sub(lambda form: normalize("NFKC", form[0]), text))
    return _LETTERS.sub(_latin, text) if _MIXED.search(text) else text


def caseless(text: str) -> str:
    """Return `plain` text without case; the dotted capital of Turkish is an i."""
    return text.replace("İ", "i").casefold()


def fold(text: str, *, case_sensitive: bool = False) -> str:
    """Return `text` as it is compared: `plain`, with runs of white space as one space, and without case."""
    joined = " ".join(plain(text).split())
    return joined if case_sensitive else caseless(joined)


def is_steady(text: str) -> bool:
    """Return whether folding leaves every character of `text` in its place."""
    return text.isascii() or _STEADY.fullmatch(text) is not None


def origins(text: str, folded: str) -> list[int] | None:
    """Return where each character of `folded`, and its end, comes from in `text`; None if nothing moved.

    Args:
        text: a text.
        folded: the same text, `plain` and perhaps casefolded.
    """
    if len(folded) == len(text) and is_steady(text):
        return None
    cased = folded == plain(text)
    places: list[int] = []
    for cluster in _CLUSTER.finditer(text):
        form = plain(cluster[0])
        length = len(form if cased else caseless(form))
        places += [cluster.start()] * length
    places += [len(text)] * (len(folded) + 1 - len(places))
    return places


def _latin(run: re.Match[str]) -> str:
    letters = run[0]
    return letters.translate(_ALIKE) if not letters.isascii() and re.search("[A-Za-z]", letters) else letters
