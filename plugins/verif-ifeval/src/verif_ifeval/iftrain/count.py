"""IF-RLVR: counts of letters, words and sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal

from verif_ifeval.ifeval.keywords import LetterFrequency
from verif_ifeval.iftrain.splitting import split
from verif_ifeval.punkt import tokens
from verif_ifeval.reference import Count, Diverges, Finding, Reference, Relation, at_most, compared, exactly, given
from verif_sdk import Example, Text

_SMALL = re.compile(r"\b[a-z]+\b")
_LETTER = re.compile(r"[a-zA-Z]")
_DIVIDER = re.compile(r"\s?\*\*\*\s?")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")


class LowercaseCounting(Reference):
    """At most a number of words are in small letters, a to z."""

    template = "In your response, all lowercase words should appear at most {N} times."
    examples = (Example({"N": 2}, accepts=("A big CAT ran", "NO"), rejects=("a big cat", "so we don't")),)
    diverges = Diverges("draws a number at random for 0, so there is no verdict", "NO", {"N": 0})
    type: Literal["iftrain:count:lowercase_counting"] = "iftrain:count:lowercase_counting"
    N: Count

    def holds(self, text: Text) -> Finding:
        return at_most(len(_SMALL.findall(text.raw)), "word", given("N", self.N), " in small letters")

    def fixed(self, text: Text) -> Finding:
        return at_most(len(_SMALL.findall(text.raw)), "word", self.N, " in small letters")


class LetterCounting(Reference):
    """The response has a number of letters, a to z in either case."""

    template = "Answer with {relation} {N} letters."
    examples = (Example({"N": 3, "relation": "at least"}, accepts=("a b c", "Abc1"), rejects=("ab 12", "éab")),)
    diverges = Diverges("knows ASCII letters alone", "éab")
    type: Literal["iftrain:letters:letter_counting"] = "iftrain:letters:letter_counting"
    N: Count
    relation: Relation

    def holds(self, text: Text) -> Finding:
        return compared(len(_LETTER.findall(text.raw)), "letter", self.relation, given("N", self.N))

    def fixed(self, text: Text) -> Finding:
        return compared(sum(map(str.isalpha, text.raw)), "letter", self.relation, self.N)


class LetterCounting2(LetterFrequency):
    """A letter occurs a number of times, whatever its case; the rule of `ifeval:keywords:letter_frequency`."""

    template = "The letter {letter} should appear {let_relation} {let_frequency} times."
    diverges = Diverges(
        "replaces what is no letter by a random letter, so there is no verdict",
        "#",
        {"letter": "#", "let_frequency": 1, "let_relation": "at least"},
    )
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
    diverges = Diverges("counts the final mark as a word", "Go now.\n***\nSit down.\n***\nLook up!")
    type: Literal["iftrain:count:counting_composition"] = "iftrain:count:counting_composition"
    n_sent: Count
    n_words: Count

    def holds(self, text: Text) -> Finding:
        given("n_sent", self.n_sent), given("n_words", self.n_words)
        return self._composed(_DIVIDER.split(text.raw), lambda sentence: len(tokens(sentence)))

    def fixed(self, text: Text) -> Finding:
        paragraphs = [paragraph for paragraph in re.split(r"\*\s?\*\s?\*", text.raw) if paragraph.strip()]
        return self._composed(paragraphs, lambda sentence: len(_WORD.findall(sentence)))

    def _composed(self, paragraphs: list[str], length: Callable[[str], int]) -> Finding:
        for number, paragraph in enumerate(paragraphs, 1):
            sentences = split(paragraph)
            if len(sentences) != self.n_sent:
                return exactly(len(sentences), "sentence", self.n_sent, f" in paragraph {number}")
            for words in map(length, sentences):
                if words != self.n_words:
                    return exactly(words, "word", self.n_words, f" in a sentence of paragraph {number}")
        return exactly(len(paragraphs), "paragraph", 3)


class CountUnique(Reference):
    """No NLTK token occurs twice; punctuation marks are tokens, and case tells tokens apart."""

    template = "Only use unique words in your response, no word should be repeated!"
    examples = (Example({}, accepts=("A big cat.", "Go go!"), rejects=("So be it. Go on.", "no, no")),)
    diverges = Diverges("counts punctuation marks as words", "So be it. Go on.")
    type: Literal["iftrain:count:count_unique"] = "iftrain:count:count_unique"

    def holds(self, text: Text) -> Finding:
        return _unique(text.view(tokens), "token")

    def fixed(self, text: Text) -> Finding:
        return _unique(_WORD.findall(text.raw.casefold()), "word")


def _unique(found: Sequence[str], unit: str) -> Finding:
    return exactly(len(found) - len(set(found)), unit, 0, " used before")


CONSTRAINTS = (LowercaseCounting, LetterCounting, LetterCounting2, CountingComposition, CountUnique)
