"""How long the response is: in words, sentences, paragraphs, characters or lines."""

from __future__ import annotations

from typing import Literal

from verif_sdk.catalog.bounds import Counted
from verif_sdk.constraint import Example
from verif_sdk.text import Text
from verif_sdk.verdict import Verdict


class Words(Counted):
    """The response has a number of words.

    "don't", "well-known" and "3.14" are one word each; in Chinese and Japanese every character is one.
    """

    examples = (
        Example({"at_least": 3}, accepts=("One two three.", "Don't stop well-known 3.14"), rejects=("One two.",)),
        Example({"exactly": 4}, accepts=("今天很好",), rejects=("今天好", "one two three")),
    )
    type: Literal["length:words"] = "length:words"

    def instruction(self) -> str:
        return f"Write {self.amount('word')}."

    def check(self, text: Text) -> Verdict:
        return self.bounded(len(text.words), "word")


class Sentences(Counted):
    """The response has a number of sentences.

    A sentence ends at an end mark or at the end of a line; abbreviations and list numbers end none.
    """

    examples = (
        Example(
            {"exactly": 2},
            accepts=("Dr. Lee left. She took the 9.15 train.", "Really?! Yes."),
            rejects=("One. Two. Three.", "Only one here"),
        ),
    )
    type: Literal["length:sentences"] = "length:sentences"

    def instruction(self) -> str:
        return f"Write {self.amount('sentence')}."

    def check(self, text: Text) -> Verdict:
        return self.bounded(len(text.sentences), "sentence")


class Paragraphs(Counted):
    """The response has a number of paragraphs: blocks of text between blank lines."""

    examples = (
        Example(
            {"exactly": 2},
            accepts=("One.\n\nTwo.", "One,\nstill one.\n \n\nTwo."),
            rejects=("One.\nStill one.", "One.\n\nTwo.\n\nThree."),
        ),
    )
    type: Literal["length:paragraphs"] = "length:paragraphs"

    def instruction(self) -> str:
        return f"Write {self.amount('paragraph')}, separated by blank lines."

    def check(self, text: Text) -> Verdict:
        return self.bounded(len(text.paragraphs), "paragraph")


class Characters(Counted):
    """The response has a number of characters, as a reader counts them, spaces included.

    An emoji with its modifiers and a letter with its accents are one character each; whitespace
    around the response does not count.
    """

    examples = (Example({"at_most": 5}, accepts=("Hello", " Hi \n", "👩‍👩‍👧‍👦 hi!"), rejects=("Hello!",)),)
    type: Literal["length:characters"] = "length:characters"

    def instruction(self) -> str:
        return f"Write {self.amount('character')}."

    def check(self, text: Text) -> Verdict:
        return self.bounded(text.characters, "character")


class Lines(Counted):
    """The response has a number of lines that are not blank."""

    examples = (
        Example({"at_least": 2, "at_most": 3}, accepts=("a\nb", "a\n\nb\r\nc\n"), rejects=("a", "a\nb\nc\nd")),
    )
    type: Literal["length:lines"] = "length:lines"

    def instruction(self) -> str:
        return f"Write {self.amount('line')}."

    def check(self, text: Text) -> Verdict:
        return self.bounded(len(text.lines), "line")


CONSTRAINTS = (Words, Sentences, Paragraphs, Characters, Lines)
