"""How words and phrases are found in a text: as whole words or anywhere, with or without case."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

import regex

from verif_sdk import folding
from verif_sdk.segment import word_spans
from verif_sdk.shown import shown
from verif_sdk.text import Text

Span = tuple[int, int]
# "'s" behind these is "is", "has" or "us"; behind others it is a possessive, a form of the same word.
_CONTRACTED = frozenset(
    (
        "he",
        "she",
        "it",
        "that",
        "this",
        "there",
        "here",
        "what",
        "who",
        "where",
        "when",
        "how",
        "why",
        "let",
        "one",
    )
)
# Articles and the like that French and Italian write together with the next word.
_ELIDED = regex.compile(
    r"(?:[ldjmtsnc]|qu|jusqu|lorsqu|puisqu|quoiqu|(?:[dn]?a|de|ne|su)ll|un|que[sl][tl]|co[sm]|dov|bell|ch|tutt|anch)'"
)
# Endings of Turkish names; of Korean, where one of place or company may stand before one of case.
PARTICLES = regex.compile(
    r"'(?:[dt][ae]n?|n?[ıiuü]n|y?[aeıiuü]|l[ae])|이다|입니다|이?라는"
    r"|(?:에서?|에게서?|한테서?|께서|으?로(?:서|써)?|까지|부터|보다|처럼|마다|와|과|이?랑|하고|이?나)?(?:[은는이가을를의도만])?"
)
_UNSPACED = regex.compile(r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_SPACE, _FROM = regex.compile(r"\s"), regex.compile(r"(?r)\s|\A")
_NEAR = 100
"""Characters on either side of a place in which white space is looked for."""
_STOPS = frozenset(',;:!?.)]}"*')


def spans(text: Text, phrase: str, *, whole_word: bool, case_sensitive: bool) -> list[Span]:
    """Return the (start, end) offsets of `phrase` in `text`, left to right, without overlap.

    Spelling is folded as in `verif_sdk.folding`. A whole word is what `segment.words` says is one; a
    hyphen ("cat-like"), a possessive ending ("cat's"), an elided article ("l'homme") and a Korean or Turkish
    ending do not hide it.
    """
    body = text.plain if case_sensitive else text.folded
    places = [one.span() for one in _finder(phrase, case_sensitive).finditer(body)]
    if whole_word and places:
        words = _Words(text, body)
        places = [place for place in places if words.whole(*place)]
    return _in_text(text, body, places)


def first(text: Text, phrase: str, *, whole_word: bool, case_sensitive: bool) -> Span | None:
    """Return where `phrase` stands in `text` first, or None; as in `spans`."""
    body = text.plain if case_sensitive else text.folded
    words = _Words(text, body)
    for one in _finder(phrase, case_sensitive).finditer(body):
        if not whole_word or words.whole(*one.span()):
            return _in_text(text, body, [one.span()])[0]
    return None


def each(text: Text, phrases: tuple[str, ...], **how: bool) -> Iterator[tuple[str, list[Span]]]:
    """Yield each phrase with its spans in `text`; `how` as in `spans`."""
    for phrase in phrases:
        yield phrase, spans(text, phrase, **how)


@lru_cache(maxsize=4096)
def _finder(phrase: str, case_sensitive: bool) -> re.Pattern[str]:
    folded = folding.fold(shown(phrase), case_sensitive=case_sensitive) or phrase
    return re.compile(r"[*_]*+\s++[*_]*+".join(map(re.escape, folded.split())))


class _Words:
    """Where words stand in a text; looked up only where the characters around a place do not tell."""

    def __init__(self, text: Text, body: str) -> None:
        self.text = text
        self.body = body
        self.all: tuple[list[int], list[int]] | None = None
        """Where all words begin and end, once a place was met that has no white space near."""

    def whole(self, start: int, end: int) -> bool:
        """Return whether a place begins and ends where words do."""
        before, after = self.body[max(start - 1, 0) : start], self.body[end : end + 2]
        if (not before or before.isspace()) and _stops(after):
            return True
        if _inside(before, self.body[start]) or _inside(self.body[end - 1], after[:1]):
            return False
        starts, ends = self._around(start, end)
        return self._begins(start, end, starts, ends) and self._ends(start, end, starts, ends)

    def _around(self, start: int, end: int) -> tuple[list[int], list[int]]:
        """Return where the words around a place begin and end: no word goes on behind white space."""
        if self.all is None:
            left = _FROM.search(self.body, max(0, start - _NEAR), start)
            space = _SPACE.search(self.body, end, end + _NEAR)
            right = space.start() if space else len(self.body)
            if left is not None and right <= end + _NEAR:
                return word_spans(self.body[left.end() : right], left.end())
            self.all = self.text.view(_folded_spans if self.body is self.text.folded else _plain_spans)
        return self.all

    def _begins(self, start: int, end: int, starts: list[int], ends: list[int]) -> bool:
        place = bisect_right(starts, start) - 1
        if place < 0 or not starts[place] < start < ends[place] or _UNSPACED.match(self.body, start):
            return True
        if self.body[start - 1] == "-":
            return True
        return end == ends[place] and _ELIDED.fullmatch(self.body[starts[place] : start].casefold()) is not None

    def _ends(self, start: int, end: int, starts: list[int], ends: list[int]) -> bool:
        place = bisect_right(starts, end) - 1
        if place < 0 or not starts[place] < end < ends[place] or _UNSPACED.match(self.body, end - 1):
            return True
        rest = self.body[end : ends[place]]
        if rest[0] == "-":
            return True
        if rest in {"'s", "'S"}:
            return self.body[start:end].casefold() not in _CONTRACTED
        return PARTICLES.fullmatch(rest) is not None


def _stops(after: str) -> bool:
    return not after or after[0].isspace() or (after[0] in _STOPS and (len(after) == 1 or after[1].isspace()))


def _inside(left: str, right: str) -> bool:
    return left.isascii() and left.isalnum() and right.isascii() and right.isalnum()


def _folded_spans(raw: str) -> tuple[list[int], list[int]]:
    return word_spans(folding.caseless(folding.plain(shown(raw))))


def _plain_spans(raw: str) -> tuple[list[int], list[int]]:
    return word_spans(folding.plain(shown(raw)))


def _in_text(text: Text, body: str, places: list[Span]) -> list[Span]:
    """Return places in `body` as places in the response."""
    if not places or (len(body) == len(text.raw) and folding.is_steady(text.raw)):
        return places
    origins = text.view(_folded_origins if body is text.folded else _plain_origins)
    return places if origins is None else [(origins[start], origins[end]) for start, end in places]


def _folded_origins(raw: str) -> list[int] | None:
    return _origins(raw, folding.caseless(folding.plain(shown(raw))))


def _plain_origins(raw: str) -> list[int] | None:
    return _origins(raw, folding.plain(shown(raw)))


def _origins(raw: str, body: str) -> list[int] | None:
    """Return where each character of a folded response stands in it, or None if nothing moved."""
    seen = shown(raw)
    places = folding.origins(seen, body)
    if seen == raw:
        return places
    kept = _kept(raw, seen)
    return kept if places is None else [kept[place] for place in places]


def _kept(raw: str, seen: str) -> list[int]:
    """Return where each character that is seen, and their end, stands in a response."""
    places, at = [], 0
    for one in seen:
        while at < len(raw) and raw[at] != one and not (one.isspace() and raw[at] in "\u3164\uffa0\u2800<"):
            at += 1
        places.append(at)
        at += 1
    return [*places, len(raw)]
