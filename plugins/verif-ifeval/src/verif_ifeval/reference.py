"""What the reference checkers have in common: blankness, relations, and NLTK's units of text."""

from __future__ import annotations

import re
import threading
from abc import abstractmethod
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field

from verif_sdk import Answer, Check, Text, Undecidable, Verdict

Relation = Literal["less than", "at least"]
Count = Annotated[int, Field(ge=0)]

_WORD = re.compile(r"\w+")
_loading = threading.Lock()


class Reference(Check):
    """A check that decides as the benchmark's code does, bug for bug."""

    @abstractmethod
    def holds(self, text: Text) -> bool:
        """Return the reference's verdict on a response that is not blank."""

    def check(self, text: Text) -> Verdict:
        return self.verdict(self.holds(text), "as the reference decides")

    def decide(self, text: Text, answers: Sequence[Answer | None] = ()) -> Verdict:
        # The reference's blank is str.strip's; invisible format characters are text to it.
        if not text.raw.strip():
            return self.blank()
        try:
            return self.check(text)
        except Undecidable as cause:
            return self.undecided(str(cause))


def compared(found: int, relation: Relation, wanted: int) -> bool:
    """Return whether a count is below, or not below, the wanted one."""
    return found < wanted if relation == "less than" else found >= wanted


def pattern(source: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """Return a parameter compiled as the pattern that the reference takes it for.

    Raises:
        Undecidable: it is no pattern; the reference raises there.
    """
    try:
        return re.compile(source, flags)
    except re.error as error:
        raise Undecidable(
            f"the reference reads {source!r} as a regular expression, which it is not: {error}"
        ) from None


def words(raw: str) -> int:
    """Return the number of runs of word characters: "don't" is two."""
    return len(_WORD.findall(raw))


def sentences(raw: str) -> tuple[str, ...]:
    """Return NLTK's English Punkt sentences; newlines are no boundaries."""
    return tuple(_punkt().tokenize(raw))


def tokens(raw: str) -> tuple[str, ...]:
    """Return NLTK's word tokens: punctuation apart, contractions split."""
    from nltk.tokenize.destructive import NLTKWordTokenizer

    split = NLTKWordTokenizer().tokenize
    return tuple(token for sentence in _punkt().tokenize(raw) for token in split(sentence))


def _punkt() -> Any:
    with _loading:
        return _loaded()


@cache
def _loaded() -> Any:
    from nltk.tokenize import PunktTokenizer

    try:
        return PunktTokenizer("english")
    except LookupError:
        raise Undecidable(
            "NLTK's punkt_tab is not here: run `verif data`, or set NLTK_DATA to where it is"
        ) from None
