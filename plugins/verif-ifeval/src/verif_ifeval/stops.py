"""Whether a full stop ends a sentence: Punkt's decision, from NLTK's English parameters, mostly without NLTK.

Punkt looks at the token that ends with the stop and at the one behind it. Where the text around the stop falls
into tokens plainly, both are known at once; for the rest NLTK itself is asked.
Source: Kiss and Strunk, Unsupervised Multilingual Sentence Boundary Detection (2006), as NLTK has it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import regex

from verif_ifeval import nltk_data
from verif_ifeval.nltk_data import needed
from verif_sdk import once

APART = r")\";}\]*:@'({\[‘’“”«»!?"
"""In a class of a pattern: what Punkt takes for a token of its own wherever it stands."""
_ALONE = r"[)\"}\]*({\[]"
_TAKEN = "['‘’“”«»]"  # such a mark is part of the token that it begins
_INSIDE = rf"[^\s,{APART}]"
_DOTLESS = rf"[^\s.,{APART}]"
_LONG = ("..", "--")  # dots and dashes that are one token

# Before the stop: anything up to a mark, then the token of the stop, which may be the stop alone.
_BEFORE = re.compile(rf"(?:[^\s.,!?]*(?:{_ALONE}|(?={_TAKEN})))?((?![`&#-]){_TAKEN}?{_INSIDE}*)")
_ELLIPSIS = re.compile(r"[^\s.,!?-]*\.+")
# Behind it: a mark, or a token and what ends it; no end of a sentence but as the very last.
_MARK_BEHIND = re.compile(rf"({_ALONE})[^\s.!?]*[.!?]?")
_WORD_BEHIND = re.compile(
    rf"((?![`&#.-])(?:{_TAKEN}?{_INSIDE}*(?!\S)|(?:{_TAKEN}|{_DOTLESS}){_DOTLESS}*))"
    rf"(?:,?[!?]|,?(?:[:;@]|{_ALONE}|{_TAKEN})[^\s.!?]*[.!?]?|,)?"
)
# As NLTK has them, to which the marks of Indic scripts are letters.
_NUMBER = regex.compile(r"-?[.,]?\d[\d,.-]*\.?")
_INITIAL = regex.compile(r"[^\W\d]\.")

# How a type of token was seen in training: in capitals in mid-sentence, in capitals at all,
# in small letters at the beginning of a sentence, in small letters at all.
_UPPER_INSIDE, _UPPER, _LOWER_FIRST, _LOWER = 4, 2 | 4 | 8, 16, 16 | 32 | 64


class Parameters(NamedTuple):
    """What Punkt learned of English."""

    abbreviations: Collection[str]
    collocations: Collection[tuple[str, str]]
    starters: Collection[str]
    """The types that often begin a sentence."""
    cases: Mapping[str, int]
    """How each type was seen, in bits."""


@lru_cache(maxsize=4096)
def ends(word: str, mark: str, behind: str) -> bool:
    """Return whether a sentence ends at a mark.

    Args:
        word: what stands before it, back to the space before that.
        mark: one of ".", "!" and "?".
        behind: the mark that follows, or white space and what follows it up to the next.
    """
    decided = _decided(word, behind.strip()) if mark == "." else None
    if decided is None:
        return bool(tokenizer().text_contains_sentbreak(f"{word}{mark}{behind}"))
    return decided


def _decided(word: str, behind: str) -> bool | None:
    """Return whether a full stop ends a sentence, or None where it takes more to know the tokens."""
    following = _MARK_BEHIND.fullmatch(behind) or _WORD_BEHIND.fullmatch(behind)
    if following is None or any(long in behind for long in _LONG):
        return None
    token = following[1]
    if _ELLIPSIS.fullmatch(word):
        return _begins(token) or _starts(token)
    before = _BEFORE.fullmatch(word)
    if before is None or any(long in f"{word}." for long in _LONG):
        return None
    return _splits(f"{before[1] or ''}.", token)


def _splits(stopped: str, token: str) -> bool:
    """Return whether a sentence ends between a token with a full stop and the next token."""
    known = parameters()
    kind = _without_stop(_kind(stopped))
    if (kind, _next_kind(token)) in known.collocations:
        return False
    initial = _INITIAL.fullmatch(stopped) is not None
    abbreviation = _is_abbreviation(stopped)
    if abbreviation and not initial:
        return _begins(token) or _starts(token)
    if initial or kind == "##number##":
        begins = _begins(token)
        if begins is False:
            return False
        unseen = not known.cases.get(_next_kind(token), 0) & _LOWER
        if begins is None and initial and token[0].isupper() and unseen:
            return False
    return not abbreviation


def _is_abbreviation(stopped: str) -> bool:
    bare = stopped[:-1].lower()
    known = parameters().abbreviations
    return bare in known or bare.rpartition("-")[2] in known


def _begins(token: str) -> bool | None:
    """Return whether a token, by its case, begins a sentence; None where its case tells nothing."""
    seen = parameters().cases.get(_next_kind(token), 0)
    if token[0].isupper() and seen & _LOWER and not seen & _UPPER_INSIDE:
        return True
    if token[0].islower() and (seen & _UPPER or not seen & _LOWER_FIRST):
        return False
    return None


def _starts(token: str) -> bool:
    return token[0].isupper() and _next_kind(token) in parameters().starters


def _kind(token: str) -> str:
    """Return the type of a token: small letters, and one word for all numbers."""
    return "##number##" if _NUMBER.fullmatch(token) else token.lower()


def _next_kind(token: str) -> str:
    kind = _kind(token)
    return kind if not token.endswith(".") or _is_abbreviation(token) else _without_stop(kind)


def _without_stop(kind: str) -> str:
    return kind[:-1] if len(kind) > 1 and kind.endswith(".") else kind


@once
def parameters() -> Parameters:
    """Return NLTK's English parameters.

    Raises:
        Undecidable: NLTK's punkt_tab is not here.
    """
    folder = nltk_data.found("punkt_tab")
    if folder is not None and folder.is_dir():
        return _read(folder)
    known = tokenizer()._params  # in a zip file, or nowhere
    return Parameters(known.abbrev_types, known.collocations, known.sent_starters, known.ortho_context)


def _read(folder: Path) -> Parameters:
    def lines(name: str) -> list[str]:
        return [line for line in (folder / name).read_text("utf-8").split("\n") if line]

    pairs = (line.partition("\t") for line in lines("collocations.tab"))
    return Parameters(
        frozenset(lines("abbrev_types.txt")),
        frozenset((first, second) for first, _, second in pairs),
        frozenset(lines("sent_starters.txt")),
        {kind: int(seen) for kind, _, seen in (line.rpartition("\t") for line in lines("ortho_context.tab"))},
    )


@once
def tokenizer() -> Any:
    """Return NLTK's tokenizer of English sentences.

    Raises:
        Undecidable: NLTK's punkt_tab is not here.
    """
    from nltk.tokenize import PunktTokenizer

    with needed("punkt_tab"):
        return PunktTokenizer("english")
