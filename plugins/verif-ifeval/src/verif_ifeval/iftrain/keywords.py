"""IF-RLVR: keywords."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BeforeValidator

from verif_ifeval.ifeval.keywords import Keyword
from verif_ifeval.iftrain.splitting import split
from verif_ifeval.patterns import matches, standing_alone
from verif_ifeval.punkt import tokens
from verif_ifeval.reference import (
    Count,
    Diverges,
    Finding,
    Reference,
    Relation,
    at_least,
    compared,
    exactly,
    given,
    quoted,
)
from verif_sdk import Example, Text

_WORD = re.compile(r"\w+")


def _first(value: object) -> object:
    """Return the first item of a list, which the data set has in some rows where a word belongs."""
    return value[0] if isinstance(value, (list, tuple)) and value else value


OneKeyword = Annotated[Keyword, BeforeValidator(_first)]
"""A word, or a list of which the first item counts."""


class WordOnce(Reference):
    """A keyword is found exactly once, as a regular expression, anywhere, whatever its case."""

    template = "Include keyword {keyword} once in your response."
    examples = (Example({"keyword": "cat"}, accepts=("A CAT.", "Concatenate."), rejects=("Cat, cat.", "A dog.")),)
    diverges = Diverges("finds the word inside others", "Concatenate.")
    type: Literal["iftrain:keywords:word_once"] = "iftrain:keywords:word_once"
    keyword: Keyword

    def holds(self, text: Text) -> Finding:
        return _times(matches(self.keyword, text.raw, re.IGNORECASE), 1, self.keyword)

    def fixed(self, text: Text) -> Finding:
        return _times(standing_alone(self.keyword, text.raw), 1, self.keyword)


class WordCountDifferentNumbers(Reference):
    """A keyword is found less often than, or at least, a number of times, as a regular expression."""

    template = "The word {keyword} should appear {relation} {frequency} times."
    examples = (
        Example(
            {"keyword": "cat", "frequency": 2, "relation": "less than"},
            accepts=("A cat.", "A dog."),
            rejects=("Cat, category.",),
        ),
    )
    diverges = Diverges("counts the word inside others", "Cat, category.")
    type: Literal["iftrain:keywords:word_count_different_numbers"] = (
        "iftrain:keywords:word_count_different_numbers"
    )
    keyword: Keyword
    frequency: Count
    relation: Relation

    def holds(self, text: Text) -> Finding:
        return self._often(matches(self.keyword, text.raw, re.IGNORECASE))

    def fixed(self, text: Text) -> Finding:
        return self._often(standing_alone(self.keyword, text.raw))

    def _often(self, found: int) -> Finding:
        return compared(found, "occurrence", self.relation, self.frequency, f" of {quoted(self.keyword)}")


class ExcludeWordHarder(Reference):
    """A keyword does not stand between two spaces; beside punctuation, or at an end, it is not seen."""

    template = "Do not include keyword {keyword} in the response."
    examples = (Example({"keyword": "cat"}, accepts=("A dog.", "A cat.", "A CAT ran."), rejects=("A cat ran.",)),)
    diverges = Diverges("finds the word only with a space on both sides", "A cat.")
    type: Literal["iftrain:keywords:exclude_word_harder"] = "iftrain:keywords:exclude_word_harder"
    keyword: Keyword

    def holds(self, text: Text) -> Finding:
        place = text.raw.find(f" {self.keyword} ")
        if place < 0:
            return _times(0, 0, self.keyword)
        return Finding(
            False,
            f"{quoted(self.keyword)} at character {place + 2}, asked for none",
            ((place + 1, place + 1 + len(self.keyword)),),
        )

    def fixed(self, text: Text) -> Finding:
        return _times(standing_alone(self.keyword, text.raw), 0, self.keyword)


class NoAdjacentConsecutive(Reference):
    """No word begins with the letter that follows the first letter of the word before it."""

    template = "No two adjacent words can start with consecutive letters of the alphabet."
    examples = (Example({}, accepts=("a c b", "b a", "one"), rejects=("a b", "A bee", "x a b")),)
    type: Literal["iftrain:keywords:no_adjacent_consecutive"] = "iftrain:keywords:no_adjacent_consecutive"

    def holds(self, text: Text) -> Finding:
        words = text.raw.split()
        starts = [word[0].lower() for word in words]
        if len(starts) > 1 and any(len(start) != 1 for start in starts):
            return Finding(False, "a first letter that is two characters in lower case")  # such as İ
        for place, (before, after) in enumerate(pairwise(starts)):
            if ord(after) - ord(before) == 1:
                return Finding(
                    False, f"{quoted(words[place])} and {quoted(words[place + 1])} begin with {before} and {after}"
                )
        return Finding(True, "no neighbours begin with consecutive letters")


class Palindrome(Reference):
    """A word reads the same backwards; one of a single letter does."""

    template = "Include a palindrome in your response."
    examples = (Example({}, accepts=("A level road.", "I say."), rejects=("Say Anna.", "The end.")),)
    diverges = Diverges("takes one letter for a palindrome", "I say.")
    type: Literal["iftrain:keywords:palindrome"] = "iftrain:keywords:palindrome"

    def holds(self, text: Text) -> Finding:
        return _palindrome(next((word for word in text.raw.split() if word == word[::-1]), None))

    def fixed(self, text: Text) -> Finding:
        words = _WORD.findall(text.raw.casefold())
        alike = (word for word in words if len(word) > 1 and word.isalpha() and word == word[::-1])
        return _palindrome(next(alike, None))


class KeywordSpecificPosition(Reference):
    """The m-th NLTK token of the n-th sentence is the keyword; punctuation marks are tokens."""

    template = "Include keyword {keyword} in the {n}-th sentence, as the {m}-th word of that sentence."
    examples = (
        Example(
            {"keyword": "cat", "n": 2, "m": 2},
            accepts=("Hi. A cat ran.",),
            rejects=("A cat.", "Hi. A Cat.", "Hi. The big cat.", "Hi."),
        ),
    )
    diverges = Diverges("minds the case of the keyword", "Hi. A Cat.")
    type: Literal["iftrain:keywords:keyword_specific_position"] = "iftrain:keywords:keyword_specific_position"
    keyword: OneKeyword
    n: Count
    m: Count

    def holds(self, text: Text) -> Finding:
        n = given("n", self.n)
        given("m", self.m)
        sentences = text.view(split)
        if len(sentences) < n:
            return at_least(len(sentences), "sentence", n)
        return self._placed(tokens(sentences[n - 1]), lambda word: word == self.keyword)

    def fixed(self, text: Text) -> Finding:
        sentences = text.view(split)
        if not 0 < self.n <= len(sentences):
            return Finding(False, f"there is no sentence {self.n} of {len(sentences)}")
        words = _WORD.findall(sentences[self.n - 1])
        return self._placed(words, lambda word: word.casefold() == self.keyword.casefold())

    def _placed(self, words: Sequence[str], right: Callable[[str], bool]) -> Finding:
        place = f"word {self.m} of sentence {self.n}"
        if not 0 < self.m <= len(words):
            return Finding(False, f"there is no {place}, which has {len(words)}")
        word = words[self.m - 1]
        return Finding(right(word), f"{place} is {quoted(word)}, asked for {quoted(self.keyword)}")


class StartEnd(Reference):
    """The first and the last NLTK token are the same, whatever their case; a final mark is a token."""

    template = "Start and end your response with the same word (do not write anything after the last word)."
    examples = (Example({}, accepts=("Go on, go", "No no"), rejects=("Go on, go.", "Go", "Go on")),)
    diverges = Diverges("takes the full stop for the last word", "Go on, go.")
    type: Literal["iftrain:keywords:start_end"] = "iftrain:keywords:start_end"

    def holds(self, text: Text) -> Finding:
        return _both_ends(text.view(tokens), str.lower)

    def fixed(self, text: Text) -> Finding:
        return _both_ends(_WORD.findall(text.raw.casefold()), str)


class CountIncrementWord(Reference):
    """One keyword is found exactly once and another exactly twice, as regular expressions."""

    template = "Include keyword {keyword1} once in your response, keyword {keyword2} twice in your response."
    examples = (
        Example(
            {"keyword1": "cat", "keyword2": "dog"},
            accepts=("Cat, dog, dogs.",),
            rejects=("Cat, dog.", "Cats, cat, dog, dog.", "Dog, dog."),
        ),
    )
    diverges = Diverges("counts the words inside others", "Cat, dog, dogs.")
    type: Literal["iftrain:count:count_increment_word"] = "iftrain:count:count_increment_word"
    keyword1: Keyword
    keyword2: Keyword

    def holds(self, text: Text) -> Finding:
        for keyword, times in ((self.keyword1, 1), (self.keyword2, 2)):
            found = matches(keyword, text.raw, re.IGNORECASE)
            if found != times:
                return _times(found, times, keyword)
        return Finding(True, f"{quoted(self.keyword1)} once, {quoted(self.keyword2)} twice")

    def fixed(self, text: Text) -> Finding:
        for keyword, times in ((self.keyword1, 1), (self.keyword2, 2)):
            if (found := standing_alone(keyword, text.raw)) != times:
                return _times(found, times, keyword)
        return Finding(True, f"{quoted(self.keyword1)} once, {quoted(self.keyword2)} twice")


def _times(found: int, wanted: int, keyword: str) -> Finding:
    return exactly(found, "occurrence", wanted, f" of {quoted(keyword)}")


def _palindrome(word: str | None) -> Finding:
    return Finding(word is not None, "no palindrome" if word is None else f"{quoted(word)} is a palindrome")


def _both_ends(words: Sequence[str], folded: Callable[[str], str]) -> Finding:
    if len(words) < 2:
        return at_least(len(words), "word", 2)
    first, last = words[0], words[-1]
    return Finding(folded(first) == folded(last), f"begins with {quoted(first)} and ends with {quoted(last)}")


CONSTRAINTS = (
    WordOnce,
    WordCountDifferentNumbers,
    ExcludeWordHarder,
    NoAdjacentConsecutive,
    Palindrome,
    KeywordSpecificPosition,
    StartEnd,
    CountIncrementWord,
)
