"""How much of a text can be in a language: not which language it is in, but whether it could be this one.

Detectors name one language for every text, however short, and are often wrong below a sentence. The question
here is narrower and has three answers. A text is cut into parts; each is in the language, is not, or could be.
What makes no language (code, addresses, quotations, names) has no say where enough else is left.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import regex

from verif_sdk.language.likelihood import likelihoods, normal
from verif_sdk.language.scripts import LANGUAGES, letters, runs, scripts_of

SHORTEST_PART = 80  # letters: shorter lines are read together with the next
SHORTEST_ALONE = 20  # letters of a sentence that is judged by itself
MANY_PARTS = 3
LONGEST_PART = 400  # characters
MOST_PARTS = 64
"""How many parts of a long text are looked at: a response costs no more than one of some 5,000 words."""
NEAR = 1.3
"""By how many nats another language may be more likely where a part still counts as in the wanted one."""
FAR, FAR_PER_ROOT = 7.5, 1.0
"""From how many nats on, plus so many times the square root of the characters, a part is in another language.

Both bounds were chosen on one half of lingua's published test data, and measured on the other."""
LONGEST_BORROWED = 5
"""Letters of a lone word that may be a name or borrowed, such as "Pizza", and says nothing against a language."""
_KANA = 0.05  # the share of kana from which a text in Han letters is Japanese
_OWN, _FOREIGN = 0.5, 0.2  # shares of letters in the language's own scripts
_HAN_IS_CHINESE = 20  # letters without any kana

_CODE = regex.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]*`", regex.DOTALL)
_ADDRESS = regex.compile(r"(?:https?://|www\.)\S++|(?<!\S)[^\s@]++@[^\s@]++\.[^\s@]++")
_QUOTED = regex.compile(r'"[^"\n]++"|“[^“”\n]++”|„[^„“”\n]++[“”]|«[^«»\n]++»|「[^「」\n]++」')
_NAME = regex.compile(r"(?<=[^\s.!?:;\"“”„«»…] )\p{Lu}\S*+")
_ENDS = regex.compile(r"(?<=\p{L}\p{L})[.!?:…](?=\s)|\n")
_LEAST_WORDS = 3  # that are left where names are taken out


class Share(NamedTuple):
    """The share, in [0, 1], of a text's letters that are in a language, and what stands against it."""

    least: float
    """Of those that are in it for certain."""
    most: float
    """Of those that are or could be in it."""
    rival: str
    """The code of the likeliest other language of the longest part that is not in it; empty without one."""


class _Part(NamedTuple):
    letters: int
    inside: bool | None
    rival: str


def share(text: str, code: str) -> Share | None:
    """Return how much of a text is in a language; None where it holds no letters.

    Args:
        text: any text; only the kinds of letters in `scripts.LANGUAGES` are looked at.
        code: an ISO 639-1 code of `scripts.LANGUAGES`.
    """
    judged = _closer([(part, _judged(part, code)) for part in _sample([*_parts(_prose(text))])], code)
    total = sum(part.letters for part in judged)
    if total == 0:
        return None
    inside = sum(part.letters for part in judged if part.inside)
    outside = [part for part in judged if part.inside is False]
    unsure = [part for part in judged if part.inside is None]
    against = max(outside or unsure, default=None)
    return Share(inside / total, 1 - sum(p.letters for p in outside) / total, against.rival if against else "")


def _prose(text: str) -> str:
    """Return a text without code, addresses and quotations, as far as enough letters remain without them."""
    for pattern in (_CODE, _ADDRESS, _QUOTED):
        rest, count = pattern.subn(" ", text)
        if count and (pattern is _ADDRESS or 2 * _count(rest) >= _count(text)):
            text = rest
    return text


def _parts(text: str) -> Iterator[str]:
    """Yield the lines of a text, short ones together and long ones in pieces."""
    part = ""
    for line in text.splitlines():
        for piece in _pieces(line):
            part = f"{part}\n{piece}"
            if len(part) >= SHORTEST_PART:
                yield part
                part = ""
    yield part


def _pieces(line: str) -> Iterator[str]:
    """Yield a line, cut at a space where it is long."""
    start = 0
    while len(line) - start > LONGEST_PART:
        space = line.rfind(" ", start + SHORTEST_PART, start + LONGEST_PART)
        end = space if space > 0 else start + LONGEST_PART
        yield line[start:end]
        start = end
    yield line[start:]


def _sample(parts: list[str]) -> list[str]:
    """Return all parts, or as many as are looked at, spread evenly over a long text."""
    return parts[:: math.ceil(len(parts) / MOST_PARTS)]


def _closer(parts: list[tuple[str, _Part]], code: str) -> list[_Part]:
    """Return the judgements, those of sentences for parts that are not in the language and have one that is.

    A text of many parts that are all in other languages is not looked at again.
    """
    if len(parts) > MANY_PARTS and all(whole.inside is False for _, whole in parts if whole.letters):
        return [whole for _, whole in parts]
    return [one for part, whole in parts for one in _apart(part, whole, code)]


def _apart(part: str, whole: _Part, code: str) -> list[_Part]:
    if whole.inside or whole.letters < 2 * SHORTEST_ALONE:
        return [whole]
    sentences = [_judged(sentence, code) for sentence in _sentences(part)]
    return sentences if any(one.inside for one in sentences) else [whole]


def _sentences(part: str) -> Iterator[str]:
    """Yield a part in sentences and lines; a short one is read with the next, the last with the one before."""
    start = 0
    for end in _ENDS.finditer(part):
        if _count(part[start : end.end()]) >= SHORTEST_ALONE <= _count(part[end.end() :]):
            yield part[start : end.end()]
            start = end.end()
    yield part[start:]


def _judged(part: str, code: str) -> _Part:
    counts = letters(part)
    total = sum(counts.values())
    own = sum(counts.get(script, 0) for script in scripts_of(code))
    if counts.get("Han") and "Han" in scripts_of(code) and own + counts.get("Kana", 0) >= _OWN * total:
        return _chinese_or_japanese(counts, total, code)
    if own < _OWN * total:
        codes = LANGUAGES[max(counts, key=lambda script: counts[script])]
        return _Part(total, False if own < _FOREIGN * total else None, codes[0] if len(codes) == 1 else "")
    if total == 0:
        return _Part(0, None, "")
    script = max(scripts_of(code), key=lambda script: counts.get(script, 0))
    if len(LANGUAGES[script]) == 1:
        return _Part(total, True, "")
    words = normal(" ".join(runs(script).findall(_without_names(part))) if own < total else _without_names(part))
    inside, rival = _compared(words, script, code)
    return _Part(total, inside, rival)


def _chinese_or_japanese(counts: dict[str, int], total: int, code: str) -> _Part:
    kana = counts.get("Kana", 0) >= _KANA * total
    if code == "zh" or kana:
        return _Part(total, kana == (code == "ja"), "ja" if code == "zh" else "zh")
    return _Part(total, None if total < _HAN_IS_CHINESE else False, "zh")


def _compared(words: str, script: str, code: str) -> tuple[bool | None, str]:
    """Return whether words are in a language, None where they could be, and the likeliest other language."""
    by_language = likelihoods(words, script)
    wanted = by_language.pop(code)
    rival = max(by_language, key=lambda other: by_language[other])
    behind = by_language[rival] - wanted
    if behind < NEAR:
        return True, rival
    if len(words) <= LONGEST_BORROWED and " " not in words:
        return None, rival
    return (False if behind > FAR + FAR_PER_ROOT * math.sqrt(len(words)) else None), rival


def _without_names(part: str) -> str:
    """Return a part without capitalised words inside sentences, if enough other words remain."""
    rest = _NAME.sub("", part)
    return rest if len(rest.split()) >= _LEAST_WORDS else part


def _count(text: str) -> int:
    return sum(letters(text).values())
