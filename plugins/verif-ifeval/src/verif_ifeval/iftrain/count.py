"""IF-RLVR: counts of letters, words and sentences."""

from __future__ import annotations

import re
from typing import Literal

from verif_ifeval.ifeval.keywords import LetterFrequency
from verif_ifeval.iftrain.splitting import split
from verif_ifeval.punkt import tokens
from verif_ifeval.reference import Count, Reference, Relation, compared, given
from verif_sdk import Example, Text

_SMALL = re.compile(r"\b[a-z]+\b")
_LETTER = re.compile(r"[a-zA-Z]")
_DIVIDER = re.compile(r"\s?\*\*\*\s?")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")


class LowercaseCounting(Reference):
    """At most a number of words are in small letters, a to z."""

    template = "In your response, all lowercase words should appear at most {N} times."
    examples = (Example({"N": 2}, accepts=("A big CAT ran", "NO"), rejects=("a big cat", "so we don't")),)
    type: Literal["iftrain:count:lowercase_counting"] = "iftrain:count:lowercase_counting"
    N: Count

    def holds(self, text: Text) -> bool:
        return len(_SMALL.findall(text.raw)) <= given("N", self.N)

    def fixed(self, text: Text) -> bool:
        return len(_SMALL.findall(text.raw)) <= self.N


class LetterCounting(Reference):
    """The response has a number of letters, a to z in either case."""

    template = "Answer with {relation} {N} letters."
    examples = (Example({"N": 3, "relation": "at least"}, accepts=("a b c", "Abc1"), rejects=("ab 12", "éab")),)
    type: Literal["iftrain:letters:letter_counting"] = "iftrain:letters:letter_counting"
    N: Count
    relation: Relation

    def holds(self, text: Text) -> bool:
        return compared(len(_LETTER.findall(text.raw)), self.relation, given("N", self.N))

    def fixed(self, text: Text) -> bool:
        return compared(sum(map(str.isalpha, text.raw)), self.relation, self.N)


class LetterCounting2(LetterFrequency):
    """A letter occurs a number of times, whatever its case; the rule of `ifeval:keywords:letter_frequency`."""

    template = "The letter {letter} should appear {let_relation} {let_frequency} times."
    type: Literal["iftrain:letters:letter_counting2"] = "iftrain:letters:letter_counting2"  # type: ignore[assignment]


class CountingComposition(Reference):
    """Three paragraphs, divided by ***, each of a number of sentences, each of a number of NLTK tokens.

    A final mark is a token, and a divider at either end makes a blank paragraph, which fails.
    """

    template = (
        "Write 3 paragraphs, delimited by the markdown divider: * * *, with exactly {n_sent} sentences each, "
        "with exactly {n_words} words in each sentence."
    )
    examples = (
        Example(
            {"n_sent": 1, "n_words": 3},
            accepts=("Go now.\n***\nSit down.\n***\nLook up!",),
            rejects=("Go now.\n***\nSit down.", "Go.\n***\nSit.\n***\nLook.", "Go now. ***", "a b c"),
        ),
    )
    type: Literal["iftrain:count:counting_composition"] = "iftrain:count:counting_composition"
    n_sent: Count
    n_words: Count

    def holds(self, text: Text) -> bool:
        paragraphs = _DIVIDER.split(text.raw)
        n_sent, n_words = given("n_sent", self.n_sent), given("n_words", self.n_words)
        for paragraph in paragraphs:
            sentences = split(paragraph)
            if len(sentences) != n_sent or any(len(tokens(sentence)) != n_words for sentence in sentences):
                return False
        return len(paragraphs) == 3

    def fixed(self, text: Text) -> bool:
        paragraphs = [paragraph for paragraph in re.split(r"\*\s?\*\s?\*", text.raw) if paragraph.strip()]
        return len(paragraphs) == 3 and all(self._composed(split(paragraph)) for paragraph in paragraphs)

    def _composed(self, sentences: list[str]) -> bool:
        return len(sentences) == self.n_sent and all(
            len(_WORD.findall(sentence)) == self.n_words for sentence in sentences
        )


class CountUnique(Reference):
    """No NLTK token occurs twice; punctuation marks are tokens, and case tells tokens apart."""

    template = "Only use unique words in your response, no word should be repeated!"
    examples = (Example({}, accepts=("A big cat.", "Go go!"), rejects=("So be it. Go on.", "no, no")),)
    type: Literal["iftrain:count:count_unique"] = "iftrain:count:count_unique"

    def holds(self, text: Text) -> bool:
        found = text.view(tokens)
        return len(set(found)) == len(found)

    def fixed(self, text: Text) -> bool:
        words = _WORD.findall(text.raw.casefold())
        return len(set(words)) == len(words)


CONSTRAINTS = (LowercaseCounting, LetterCounting, LetterCounting2, CountingComposition, CountUnique)
