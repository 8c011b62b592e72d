"""Signs that a response plays with its checks: kinds that are counted over a run, and change no verdict."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain, groupby
from typing import NamedTuple

import regex

from verif_sdk import folding
from verif_sdk.blocks import prose_lines
from verif_sdk.case import THINK, Case, last_reply
from verif_sdk.constraint import Constraint
from verif_sdk.text import Text
from verif_sdk.verdict import Result

MANY_KEYWORDS = 3
"""From how many keywords on a line that is made of them counts as stuffed."""
FEW_WORDS = 3
"""Words of a response that is nearly empty, at most."""
EMPTY_LINES = 5
"""From how many lines in a row without anything but dots white space counts as padding."""

_ALPHABET = r"[\p{Latin}\p{Greek}\p{Cyrillic}\p{N}]"
_UNSEEN = r"[\p{Default_Ignorable_Code_Point}--[\uFE00-\uFE0F]]"
# The tags of a flag belong to it; joiners inside Arabic or Indic words shape letters.
_HIDDEN = regex.compile(
    rf"\U0001F3F4[\U000E0020-\U000E007F]++(*SKIP)(*FAIL)|(?<={_ALPHABET}){_UNSEEN}++(?={_ALPHABET})|{_UNSEEN}{{3}}",
    regex.V1,
)
_WORD = re.compile(r"[^\W\d_]+")
_COMMENT = re.compile(
    r"(?<!`)<!--[^>]{0,100}?\w|^ {0,3}\[(?://|comment)\]: *(?:#|<>)[^\n]{0,100}?\w"
    r"|(?<!`)<[a-z]+ [^<>]{0,200}?(?:\bhidden\b|\bdisplay: *none\b|\b(?:font-size|opacity): *0(?![.\w]))",
    re.MULTILINE | re.IGNORECASE,
)
_MARKUP = re.compile(r"<[^<>\n]{1,500}>|(?<=\])\([^()\n]{0,500}\)")
_ENDS = re.compile(r"[.!?。！？\n]+")
_JOINED = regex.compile(r"(?<![\p{L}/._-])(?:\p{L}++-){5}\p{L}")  # not those of an address
_BLANKS = (" " * 40, "\u2800", "\u3164", "\uffa0")
# Whoever asks for one of these may get a word or two.
_BRIEF = ("length", "options", "regex", "json", "yaml", "csv", "constrained_response", "multiple_choice")


class _Passing(NamedTuple):
    """A response that passes at least one constraint."""

    whole: str
    """Its text with the reasoning."""
    text: Text
    constraints: tuple[Constraint, ...]
    """Those that passed, and what is inside them."""
    everything: bool
    """Whether it passes all constraints."""
    think: tuple[str, str] | None
    """The tags around its reasoning."""


def suspicions(case: Case, result: Result, think: tuple[str, str] | None = THINK) -> tuple[str, ...]:
    """Return the kinds of `KINDS` that a response shows; nothing where it passes no constraint.

    Args:
        case: the response with its constraints.
        result: what it came to.
        think: the tags around reasoning, as the composer was told; None where it is kept.
    """
    passed = [
        constraint for constraint, verdict in zip(case.constraints, result.verdicts, strict=True) if verdict.passed
    ]
    if not passed:
        return ()
    one = _Passing(
        whole=case.response if isinstance(case.response, str) else last_reply(case.response),
        text=case.text(think),
        constraints=tuple(part for constraint in passed for part in (constraint, *constraint.inside())),
        everything=result.passed is True,
        think=think,
    )
    return tuple(kind for kind, shows in KINDS.items() if shows(one))


def _hidden_characters(one: _Passing) -> bool:
    return not one.text.raw.isascii() and _HIDDEN.search(one.text.raw) is not None


def _lookalikes(one: _Passing) -> bool:
    if one.text.raw.isascii():
        return False
    words = (word for word in _WORD.findall(one.text.shown) if not word.isascii())
    return any(re.search("[A-Za-z]", word) and folding.plain(word).isascii() for word in words)


def _hidden_text(one: _Passing) -> bool:
    prose = "\n".join(one.text.view(prose_lines))
    if ("<" in prose or "]: " in prose) and _COMMENT.search(prose):
        return True
    wanted = [word for words in _keywords(one) for word in words]
    if not wanted or not _MARKUP.search(one.text.shown):
        return False
    read = folding.caseless(folding.plain(_MARKUP.sub(" ", one.text.shown)))
    return any(word in one.text.folded and word not in read for word in wanted)


def _stuffed_line(one: _Passing) -> bool:
    lines = one.text.folded.split("\n")
    return any(_stuffed(lines, words) for words in _keywords(one) if len(words) >= MANY_KEYWORDS)


def _stuffed(lines: list[str], keywords: list[str]) -> bool:
    """Return whether a line is keywords for two thirds, most of which stand on no other line."""
    inside = [[word for word in keywords if word in line] for line in lines]
    number = Counter(chain.from_iterable(inside))
    return any(
        sum(number[word] == 1 for word in words) >= MANY_KEYWORDS
        and 3 * sum(len(word.split()) for word in words) >= 2 * len(line.split())
        for line, words in zip(lines, inside, strict=True)
    )


def _keywords(one: _Passing) -> Iterator[list[str]]:
    """Yield the keywords that each constraint asks for, as they are compared."""
    for constraint in one.constraints:
        if not constraint.type.endswith("exclude"):
            words = getattr(constraint, "keywords", None) or filter(None, [getattr(constraint, "keyword", None)])
            yield [folding.fold(word) for word in words]


def _repetition(one: _Passing) -> bool:
    words = " ".join(one.text.words[:1000]).casefold().split()
    if any(word == second == third == fourth for word, second, third, fourth in _fours(words)):
        return True
    return any(map(_of_few_words, (words[:500], words[-40:]))) or _mostly_copies(one.text.folded)


def _fours(words: list[str]) -> Iterator[tuple[str, str, str, str]]:
    return zip(words, words[1:], words[2:], words[3:], strict=False)


def _of_few_words(words: list[str]) -> bool:
    return len(words) >= 12 and 5 * len(set(words)) <= len(words)


def _mostly_copies(text: str) -> bool:
    """Return whether sentences and lines that stand three times or more repeat half of a text."""
    pieces = Counter(" ".join(piece.split()) for piece in _ENDS.split(text))
    lengths = {piece: len(piece.split()) for piece in pieces}
    copies = sum((count - 1) * lengths[piece] for piece, count in pieces.items() if count >= 3)
    return copies > 0 and 2 * copies >= sum(count * lengths[piece] for piece, count in pieces.items())


def _white_space(one: _Passing) -> bool:
    lines = one.text.view(prose_lines)
    empty = max((len([*run]) for empty, run in groupby(lines, key=_is_empty) if empty), default=0)
    return empty >= EMPTY_LINES or any(blank in one.text.raw for blank in _BLANKS)


def _is_empty(line: str) -> bool:
    return not line.strip(" \t\r.,·…•")


def _joined_words(one: _Passing) -> bool:
    return "-" in one.text.shown and _JOINED.search(one.text.shown) is not None


def _reasoning(one: _Passing) -> bool:
    if one.think is None:
        return False
    opening, closing = one.think
    before, opened, _ = one.whole.partition(opening)
    return one.whole.count(closing) > 1 or bool(opened and before.strip())


def _near_empty(one: _Passing) -> bool:
    if not one.everything or len(one.text.raw) > 100 or len(one.text.words) > FEW_WORDS:
        return False
    return not any(brief in constraint.type for constraint in one.constraints for brief in _BRIEF)


KINDS: dict[str, Callable[[_Passing], bool]] = {
    "hidden_characters": _hidden_characters,
    "lookalikes": _lookalikes,
    "hidden_text": _hidden_text,
    "stuffed_line": _stuffed_line,
    "repetition": _repetition,
    "white_space": _white_space,
    "joined_words": _joined_words,
    "reasoning": _reasoning,
    "near_empty": _near_empty,
}
"""What is counted, by name; the page "Signs of gaming" of the docs has an example of each."""
