"""How long the response is: in words, sentences, paragraphs, characters or lines."""

from __future__ import annotations

from typing import Literal

from verif_sdk.catalogue.support.bounds import Counted
from verif_sdk.constraint import Example
from verif_sdk.errors import Undecidable
from verif_sdk.segment import gaps, unspaced
from verif_sdk.text import Text
from verif_sdk.verdict import Verdict


class Words(Counted):
    """The response has a number of words.

    "don't", "well-known", "3.14", "5:30", "U.S.A.", "AT&T", an e-mail address and a URL are one word each; in
    Chinese and Japanese every character is one. Thai, Lao, Khmer and Burmese write no spaces between words: where
    that leaves open whether the number is right, the verdict is undecided.
    """

    examples = (
        Example({"at_least": 3}, accepts=("One two three.", "Don't stop. It's 5:30 p.m."), rejects=("One two.",)),
        Example({"exactly": 4}, accepts=("今天很好",), rejects=("今天好", "one two three")),
    )
    type: Literal["length:words"] = "length:words"

    def instruction(self) -> str:
        return f"Write {self.amount('word')}."

    def check(self, text: Text) -> Verdict:
        fewest, most = (len(text.words) + more for more in unspaced(text.plain))
        if self.side(fewest) != self.side(most):
            raise Undecidable("words that are written without spaces cannot be counted")
        return self.bounded(fewest, "word")


class Sentences(Counted):
    """The response has a number of sentences.

    A sentence ends at an end mark, or at the end of a line that does not go on in the next; abbreviations and list
    numbers end none. Headings, code blocks and tables hold no sentences. Thai and Lao write no end
    marks, and a space may part clauses: where that leaves open whether the number is right, it is undecided.
    """

    examples = (
        Example(
            {"exactly": 2},
            accepts=("Dr. Lee left. She took the 9.15 train.", "# Title\n\nI met him at 5 p.m. He left."),
            rejects=("One. Two. Three.", "Only one here"),
        ),
    )
    type: Literal["length:sentences"] = "length:sentences"

    def instruction(self) -> str:
        return f"Write {self.amount('sentence')}."

    def check(self, text: Text) -> Verdict:
        fewest = len(text.sentences)
        if self.side(fewest) != self.side(fewest + gaps(text.shown)):
            raise Undecidable("sentences that are written without end marks cannot be counted")
        return self.bounded(fewest, "sentence")


class Paragraphs(Counted):
    """The response has a number of paragraphs: blocks of text, or lists, between blank lines.

    Headings, rules, code blocks and tables do not count as paragraphs.
    """

    examples = (
        Example(
            {"exactly": 2},
            accepts=("One.\n\nTwo.", "# Title\n\nOne,\nstill one.\n\n---\n\nTwo."),
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

    An emoji with its modifiers and a letter with its accents are one character each. Whitespace around the
    response does not count, a run of spaces counts as one, and a run of blank lines as one.
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
