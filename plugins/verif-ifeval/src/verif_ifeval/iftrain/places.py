"""IF-RLVR: the first and the last word, of the response or of each sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from verif_ifeval.iftrain.keywords import OneKeyword
from verif_ifeval.iftrain.splitting import split
from verif_ifeval.reference import Diverges, Finding, Reference, quoted
from verif_sdk import Example, Text

_MARKS = re.compile(r"[^\w\s]")


def _bare(word: str) -> str:
    return _MARKS.sub("", word).lower()


def _last_word(text: str) -> str:
    """Return the last word without its marks; of a text that ends in marks alone, the word before them."""
    return next((word for word in map(_bare, reversed(text.split())) if word), "")


class FirstWordSent(Reference):
    """Every sentence begins with the word; a mark behind the word is a part of it."""

    template = "The first word of each sentence should be the word {first_word}."
    examples = (
        Example({"first_word": "so"}, accepts=("So it is. so be it!",), rejects=("So, it is.", "So it is. Go.")),
    )
    diverges = Diverges("keeps the comma in the first word", "So, it is.")
    type: Literal["iftrain:first_word:first_word_sent"] = "iftrain:first_word:first_word_sent"
    first_word: OneKeyword

    def holds(self, text: Text) -> Finding:
        wanted = self.first_word.lower()
        firsts = (sentence.split()[0].lower() if sentence else "" for sentence in text.view(split))
        return _every(firsts, wanted, "begins")

    def fixed(self, text: Text) -> Finding:
        firsts = (_bare(sentence.split()[0]) for sentence in text.view(split) if sentence)
        return _every(firsts, _bare(self.first_word), "begins")


class FirstWordAnswer(Reference):
    """The response begins with the word; a mark behind the word is a part of it."""

    template = "The first word of your response should be the word {first_word}."
    examples = (Example({"first_word": "so"}, accepts=("So it is.",), rejects=("So, it is.", "It is so.")),)
    diverges = Diverges("keeps the comma in the first word", "So, it is.")
    type: Literal["iftrain:first_word:first_word_answer"] = "iftrain:first_word:first_word_answer"
    first_word: OneKeyword

    def holds(self, text: Text) -> Finding:
        return _one(text.raw.split()[0].lower(), self.first_word.lower(), "begins")

    def fixed(self, text: Text) -> Finding:
        return _one(_bare(text.raw.split()[0]), _bare(self.first_word), "begins")


class LastWordSent(Reference):
    """Every sentence ends with the word, its marks left out; a mark apart from the word is a word."""

    template = "The last word of each sentence, before punctuation, should be the word {last_word}."
    examples = (
        Example(
            {"last_word": "end"},
            accepts=("The end. No END!",),
            rejects=("The end .", "The end. No."),
        ),
    )
    diverges = Diverges("finds no word where a space stands before the mark", "The end .")
    type: Literal["iftrain:last_word:last_word_sent"] = "iftrain:last_word:last_word_sent"
    last_word: OneKeyword

    def holds(self, text: Text) -> Finding:
        lasts = (_bare(sentence.split()[-1]) if sentence else "" for sentence in text.view(split))
        return _every(lasts, self.last_word.lower(), "ends")

    def fixed(self, text: Text) -> Finding:
        lasts = (_last_word(sentence) for sentence in text.view(split) if sentence)
        return _every(lasts, _bare(self.last_word), "ends")


class LastWordAnswer(Reference):
    """The response ends with the word, its marks left out; a mark apart from the word is a word."""

    template = "The last word of your response should be the word {last_word}."
    examples = (Example({"last_word": "end"}, accepts=("The END!",), rejects=("The end .", "End of it.")),)
    diverges = Diverges("finds no word where a space stands before the mark", "The end .")
    type: Literal["iftrain:last_word:last_word_answer"] = "iftrain:last_word:last_word_answer"
    last_word: OneKeyword

    def holds(self, text: Text) -> Finding:
        return _one(_bare(text.raw.split()[-1]), self.last_word.lower(), "ends")

    def fixed(self, text: Text) -> Finding:
        return _one(_last_word(text.raw), _bare(self.last_word), "ends")


def _every(words: Iterable[str], wanted: str, verb: str) -> Finding:
    for number, word in enumerate(words, 1):
        if word != wanted:
            return Finding(False, f"sentence {number} {verb} with {quoted(word)}, asked for {quoted(wanted)}")
    return Finding(True, f"each sentence {verb} with {quoted(wanted)}")


def _one(word: str, wanted: str, verb: str) -> Finding:
    return Finding(word == wanted, f"{verb} with {quoted(word)}, asked for {quoted(wanted)}")


CONSTRAINTS = (FirstWordSent, FirstWordAnswer, LastWordSent, LastWordAnswer)
