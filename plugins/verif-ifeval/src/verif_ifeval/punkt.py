"""NLTK's English sentences and tokens, the plain cases decided without NLTK.

NLTK builds a token object for each word around a full stop, and rewrites each sentence thirty times to
find its tokens; that is most of the time of the checks that need them. Most stops end a plain word, and
most words are plain: what these come to is known beforehand, and NLTK itself is asked about the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, filterfalse
from typing import Any

from verif_ifeval.agreement import sentences_agree, tokens_agree
from verif_ifeval.stops import APART, ends, parameters, tokenizer
from verif_sdk import once

# A place where a sentence may end, and what belongs to the sentence before it.
_STOP = re.compile(rf"[.?!](?=(?P<after>[{APART}]|\s+(?P<next>\S+)))")
_CLOSING = re.compile(r"[\"')\]}‘’“”«»]+?(?:\s+|(?=--)|$)", re.MULTILINE)

_LAST_WORD = re.compile(r"[A-Za-z]{2,}\Z")

# What no plain sentence holds: other scripts and controls, ellipses, some dashes and quotes.
_STRANGE = re.compile(r"[^\n\t\r !-_a-~‒–—―“”‘’«»„]")
_HARD = ("..", "--", "''", '""', '\n"', '\t"', '\r"')
# These are tokens of their own wherever they stand.
_ALONE = "-;@#$%&?!*[](){}<>‒–—―“”‘’«»„"
_PIECE = re.compile(r"[;@#$%&?!*\[\](){}<>‒–—―“”‘’«»„\"]|[^;@#$%&?!*\[\](){}<>‒–—―“”‘’«»„\"]+")
_CLOSERS = '[\\])}>"»”’]*'
_CLOSED = re.compile(rf"(.*)\.({_CLOSERS})")
_NOTHING_ELSE = re.compile(_CLOSERS)
_MARK = re.compile(r"(.+)([,:])")
_WORD = re.compile(r"[A-Za-z0-9_/+=|\\^~.-]+|[0-9]+(?:[.,:][0-9]+)*")
_CLITIC = re.compile(r"([A-Za-z]+)('|'[sSmMdD]|'ll|'LL|'re|'RE|'ve|'VE)|([A-Za-z]+)(n't|N'T)")
_OPENED = re.compile(r"'((?!(?i:re|ve|ll|[mtsdn]))[A-Za-z]{2,})")
_APART = re.compile(r"\W+")
# NLTK splits these in two.
_SPLIT = frozenset({"cannot", "gimme", "gonna", "gotta", "lemme", "wanna"})


def sentences(raw: str) -> tuple[str, ...]:
    """Return NLTK's English Punkt sentences; newlines are not boundaries.

    Raises:
        Undecidable: NLTK's punkt_tab is not here.
    """
    return tuple(each_sentence(raw))


def tokens(raw: str) -> tuple[str, ...]:
    """Return NLTK's word tokens: punctuation apart, contractions split.

    Raises:
        Undecidable: NLTK's punkt_tab is not here.
    """
    found: list[str] = []
    for sentence in each_sentence(raw):
        found += sentence_tokens(sentence)
    return tuple(found)


def each_token(raw: str) -> Iterator[str]:
    """Yield what `tokens` returns, reading no further than the sentence of the last one that is asked for."""
    for sentence in each_sentence(raw):
        yield from sentence_tokens(sentence)


def capitals(raw: str) -> int:
    """Return how many of `tokens` are in capitals.

    Only what stands between spaces and holds a capital is split; where a sentence ends makes no difference,
    because a full stop has no case.

    Raises:
        Undecidable: NLTK's punkt_tab is not here, and the text is not plain.
    """
    found = (
        [None]
        if _separated(raw) or not _tokens_agree()
        else [*map(_capitals, filterfalse(str.islower, raw.split()))]
    )
    if None in found:
        return sum(map(str.isupper, tokens(raw)))
    return sum(found)  # type: ignore[arg-type]  # no None is in it


def sentence_tokens(sentence: str) -> list[str]:
    """Return NLTK's word tokens of one sentence."""
    return _own_tokens(sentence) if _tokens_agree() else _nltks_tokens(sentence)


def each_sentence(raw: str) -> Iterator[str]:
    """Yield what `sentences` returns, reading no further than the one after the last that is asked for."""
    return iter(tokenizer().tokenize(raw)) if _separated(raw) or not _sentences_agree() else _own_sentences(raw)


@once
def _sentences_agree() -> bool:
    return sentences_agree(lambda raw: [*_own_sentences(raw)], lambda raw: tokenizer().tokenize(raw))


@once
def _tokens_agree() -> bool:
    return tokens_agree(_own_tokens, _nltks_tokens)


def _own_tokens(sentence: str) -> list[str]:
    if _is_plain(sentence):
        *chunks, last = sentence.split() or [""]
        if not chunks or not _NOTHING_ELSE.fullmatch(last):
            plain = [*map(_plain, chunks), _plain_end(last)]
            if None not in plain:
                return [*chain.from_iterable(plain)]  # type: ignore[arg-type]
    return _nltks_tokens(sentence)


def _nltks_tokens(sentence: str) -> list[str]:
    tokenized: list[str] = _words().tokenize(sentence)
    return tokenized


def _own_sentences(raw: str) -> Iterator[str]:
    begin = 0
    before: tuple[int, int] | None = None
    for end, following in chain(_breaks(raw), [(len(raw.rstrip()), 0)]):
        moved = 0
        if before is not None:
            start, stop = before
            if not raw[begin : begin + 1].isalnum() and (closing := _CLOSING.match(raw[begin:end])):
                stop, moved = begin + len(closing.group(0).rstrip()), closing.end()
            if start < stop:
                yield raw[start:stop]
        before = begin + moved, end
        begin = following
    if before is not None and before[0] < before[1]:
        yield raw[slice(*before)]


def _breaks(raw: str) -> Iterator[tuple[int, int]]:
    """Yield where a sentence ends, and where the next one begins."""
    for match, word in _stops(raw):
        if _ends(raw, match, word):
            following = match.start("next")
            yield match.end(), following if following >= 0 else match.end()


def _stops(raw: str) -> Iterator[tuple[Any, int]]:
    """Yield the last place of each word at which a sentence may end, with where that word begins."""
    spaces = [space for space in "\t\r\x0b\x0c" if space in raw]
    start = stop = 0
    before = None
    for match in _STOP.finditer(raw):
        at = match.start()
        space = max(raw.rfind(" ", stop, at), raw.rfind("\n", stop, at))
        for other in spaces:
            space = max(space, raw.rfind(other, stop, at))
        # A space right at the last stop is overlooked, as NLTK does.
        begin = space + 1 if space > stop else start
        if before is not None and stop <= begin:
            yield before, start
        before, start, stop = match, begin, at
    if before is not None:
        yield before, start


def _ends(raw: str, match: Any, start: int) -> bool:
    """Return whether the sentence ends at a stop, after the word that begins at `start`."""
    mark, behind, token = match.group(0, "after", "next")
    word = raw[start : match.start()]
    if mark != "." or (not (token or behind).startswith(".") and _never_abbreviates(word)):
        return True
    return ends(word, mark, behind)


@lru_cache(maxsize=50_000)
def _never_abbreviates(word: str) -> bool:
    last = _LAST_WORD.search(word)
    return last is not None and last.group().lower() not in _risky()


def _separated(raw: str) -> bool:
    """Return whether a text has separators, which are spaces to Python, and to NLTK's patterns none."""
    return "\x1c" in raw or "\x1d" in raw or "\x1e" in raw or "\x1f" in raw


def _is_plain(text: str) -> bool:
    return not _STRANGE.search(text) and not any(map(text.__contains__, _HARD))


@lru_cache(maxsize=50_000)
def _capitals(chunk: str) -> int | None:
    """Return the number of tokens in capitals of what stands between two spaces, None where it is not plain."""
    if not any(map(str.isupper, chunk)):
        return 0
    found = _plain(chunk) if _is_plain(chunk) else None
    return None if found is None else sum(map(str.isupper, found))


@lru_cache(maxsize=50_000)
def _plain(chunk: str) -> tuple[str, ...] | None:
    """Return the tokens of what stands between two spaces, or None where they depend on more than that."""
    found: list[str] = []
    before = " "
    for piece in _PIECE.findall(chunk):
        if piece == '"':
            found.append("``" if before in " ([{<«“‘„" else "''")
        elif piece in _ALONE or piece in (",", ":"):
            found.append(piece)
        else:
            mark = _MARK.fullmatch(piece)
            word = mark[1] if mark else piece
            if opened := _OPENED.fullmatch(word):
                found.append("'")
                word = opened[1]
            clitic = _CLITIC.fullmatch(word)
            parts = tuple(filter(None, clitic.groups())) if clitic else (word,)
            if not _WORD.fullmatch(parts[0]) or not _SPLIT.isdisjoint(_APART.split(parts[0].lower())):
                return None
            found += parts
            if mark:
                found.append(mark[2])
        before = piece[-1]
    return tuple(found)


@lru_cache(maxsize=50_000)
def _plain_end(chunk: str) -> tuple[str, ...] | None:
    """Return the tokens of the end of a sentence, where a full stop is a token of its own, or None as `_plain`."""
    closed = _CLOSED.fullmatch(chunk)
    if closed is None:
        return _plain(chunk)
    before = _plain(closed[1])
    return None if before is None else (*before, ".", *("''" if mark == '"' else mark for mark in closed[2]))


@once
def _risky() -> frozenset[str]:
    """Return what the abbreviations end in; after other words a full stop ends the sentence."""
    endings = (re.split("[^a-z]", known)[-1] for known in parameters().abbreviations)
    return frozenset(filter(None, endings))


@once
def _words() -> Any:
    from nltk.tokenize.destructive import NLTKWordTokenizer

    return NLTKWordTokenizer()
