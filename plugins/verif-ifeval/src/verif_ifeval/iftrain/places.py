"""IF-RLVR: the first and the last word, of the response or of each sentence."""

from __future__ import annotations

import re
from typing import Literal

from verif_ifeval.iftrain.keywords import OneKeyword
from verif_ifeval.iftrain.splitting import split
from verif_ifeval.reference import Reference
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
    type: Literal["iftrain:first_word:first_word_sent"] = "iftrain:first_word:first_word_sent"
    first_word: OneKeyword

    def holds(self, text: Text) -> bool:
        wanted = self.first_word.lower()
        return all(sentence and sentence.split()[0].lower() == wanted for sentence in text.view(split))

    def fixed(self, text: Text) -> bool:
        wanted = _bare(self.first_word)
        return all(_bare(sentence.split()[0]) == wanted for sentence in text.view(split) if sentence)


class FirstWordAnswer(Reference):
    """The response begins with the word; a mark behind the word is a part of it."""

    template = "The first word of your response should be the word {first_word}."
    examples = (Example({"first_word": "so"}, accepts=("So it is.",), rejects=("So, it is.", "It is so.")),)
    type: Literal["iftrain:first_word:first_word_answer"] = "iftrain:first_word:first_word_answer"
    first_word: OneKeyword

    def holds(self, text: Text) -> bool:
        return text.raw.split()[0].lower() == self.first_word.lower()

    def fixed(self, text: Text) -> bool:
        return _bare(text.raw.split()[0]) == _bare(self.first_word)


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
    type: Literal["iftrain:last_word:last_word_sent"] = "iftrain:last_word:last_word_sent"
    last_word: OneKeyword

    def holds(self, text: Text) -> bool:
        wanted = self.last_word.lower()
        return all(sentence and _bare(sentence.split()[-1]) == wanted for sentence in text.view(split))

    def fixed(self, text: Text) -> bool:
        wanted = _bare(self.last_word)
        return all(_last_word(sentence) == wanted for sentence in text.view(split) if sentence)


class LastWordAnswer(Reference):
    """The response ends with the word, its marks left out; a mark apart from the word is a word."""

    template = "The last word of your response should be the word {last_word}."
    examples = (Example({"last_word": "end"}, accepts=("The END!",), rejects=("The end .", "End of it.")),)
    type: Literal["iftrain:last_word:last_word_answer"] = "iftrain:last_word:last_word_answer"
    last_word: OneKeyword

    def holds(self, text: Text) -> bool:
        return _bare(text.raw.split()[-1]) == self.last_word.lower()

    def fixed(self, text: Text) -> bool:
        return _last_word(text.raw) == _bare(self.last_word)


CONSTRAINTS = (FirstWordSent, FirstWordAnswer, LastWordSent, LastWordAnswer)
