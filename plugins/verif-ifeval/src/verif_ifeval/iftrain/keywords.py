"""IF-RLVR: keywords."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BeforeValidator

from verif_ifeval.ifeval.keywords import Keyword
from verif_ifeval.iftrain.splitting import split
from verif_ifeval.punkt import tokens
from verif_ifeval.reference import Count, Reference, Relation, compared, given, matches, standing_alone
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
    type: Literal["iftrain:keywords:word_once"] = "iftrain:keywords:word_once"
    keyword: Keyword

    def holds(self, text: Text) -> bool:
        return matches(self.keyword, text.raw, re.IGNORECASE) == 1

    def fixed(self, text: Text) -> bool:
        return standing_alone(self.keyword, text.raw) == 1


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
    type: Literal["iftrain:keywords:word_count_different_numbers"] = (
        "iftrain:keywords:word_count_different_numbers"
    )
    keyword: Keyword
    frequency: Count
    relation: Relation

    def holds(self, text: Text) -> bool:
        found = matches(self.keyword, text.raw, re.IGNORECASE)
        return compared(found, self.relation, self.frequency)

    def fixed(self, text: Text) -> bool:
        return compared(standing_alone(self.keyword, text.raw), self.relation, self.frequency)


class ExcludeWordHarder(Reference):
    """A keyword does not stand between two spaces; beside punctuation, or at an end, it is not seen."""

    template = "Do not include keyword {keyword} in the response."
    examples = (Example({"keyword": "cat"}, accepts=("A dog.", "A cat.", "A CAT ran."), rejects=("A cat ran.",)),)
    type: Literal["iftrain:keywords:exclude_word_harder"] = "iftrain:keywords:exclude_word_harder"
    keyword: Keyword

    def holds(self, text: Text) -> bool:
        return f" {self.keyword} " not in text.raw

    def fixed(self, text: Text) -> bool:
        return standing_alone(self.keyword, text.raw) == 0


class NoAdjacentConsecutive(Reference):
    """No word begins with the letter that follows the first letter of the word before it."""

    template = "No two adjacent words can start with consecutive letters of the alphabet."
    examples = (Example({}, accepts=("a c b", "b a", "one"), rejects=("a b", "A bee", "x a b")),)
    type: Literal["iftrain:keywords:no_adjacent_consecutive"] = "iftrain:keywords:no_adjacent_consecutive"

    def holds(self, text: Text) -> bool:
        starts = [word[0].lower() for word in text.raw.split()]
        if len(starts) > 1 and any(len(start) != 1 for start in starts):
            return False  # İ is two characters in lower case
        return all(ord(after) - ord(before) != 1 for before, after in pairwise(starts))


class Palindrome(Reference):
    """A word reads the same backwards; one of a single letter does."""

    template = "Include a palindrome in your response."
    examples = (Example({}, accepts=("A level road.", "I say."), rejects=("Say Anna.", "The end.")),)
    type: Literal["iftrain:keywords:palindrome"] = "iftrain:keywords:palindrome"

    def holds(self, text: Text) -> bool:
        return any(word == word[::-1] for word in text.raw.split())

    def fixed(self, text: Text) -> bool:
        words = _WORD.findall(text.raw.casefold())
        return any(len(word) > 1 and word.isalpha() and word == word[::-1] for word in words)


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
    type: Literal["iftrain:keywords:keyword_specific_position"] = "iftrain:keywords:keyword_specific_position"
    keyword: OneKeyword
    n: Count
    m: Count

    def holds(self, text: Text) -> bool:
        n, m = given("n", self.n), given("m", self.m)
        sentences = text.view(split)
        if len(sentences) < n:
            return False
        words = tokens(sentences[n - 1])
        return len(words) >= m and words[m - 1] == self.keyword

    def fixed(self, text: Text) -> bool:
        sentences = text.view(split)
        if not 0 < self.n <= len(sentences):
            return False
        words = _WORD.findall(sentences[self.n - 1])
        return 0 < self.m <= len(words) and words[self.m - 1].casefold() == self.keyword.casefold()


class StartEnd(Reference):
    """The first and the last NLTK token are the same, whatever their case; a final mark is a token."""

    template = "Start and end your response with the same word (do not write anything after the last word)."
    examples = (Example({}, accepts=("Go on, go", "No no"), rejects=("Go on, go.", "Go", "Go on")),)
    type: Literal["iftrain:keywords:start_end"] = "iftrain:keywords:start_end"

    def holds(self, text: Text) -> bool:
        found = text.view(tokens)
        return len(found) > 1 and found[0].lower() == found[-1].lower()

    def fixed(self, text: Text) -> bool:
        words = _WORD.findall(text.raw.casefold())
        return len(words) > 1 and words[0] == words[-1]


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
    type: Literal["iftrain:count:count_increment_word"] = "iftrain:count:count_increment_word"
    keyword1: Keyword
    keyword2: Keyword

    def holds(self, text: Text) -> bool:
        return all(
            matches(keyword, text.raw, re.IGNORECASE) == times
            for keyword, times in ((self.keyword1, 1), (self.keyword2, 2))
        )

    def fixed(self, text: Text) -> bool:
        return standing_alone(self.keyword1, text.raw) == 1 and standing_alone(self.keyword2, text.raw) == 2


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
