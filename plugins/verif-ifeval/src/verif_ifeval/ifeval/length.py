"""IFEval: length constraints."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from verif_ifeval.punkt import sentences
from verif_ifeval.reference import Count, Diverges, Finding, Reference, Relation, asked, compared, exactly, quoted
from verif_ifeval.tokens import words
from verif_sdk import Demand, Example, Text

_DIVIDER_LINE = re.compile(r"^[ \t]*\*\*\*[ \t]*$", re.MULTILINE)
_AROUND_WORD = ".,;:?!'\"*_“”‘’()"


class NumberSentences(Reference):
    """The response has a number of Punkt sentences, to which newlines are not boundaries."""

    template = "Your response should contain {relation} {num_sentences} sentences."
    examples = (
        Example({"num_sentences": 2, "relation": "at least"}, accepts=("One. Two.",), rejects=("- one\n- two",)),
    )
    diverges = Diverges("takes no line break for the end of a sentence", "- one\n- two")
    type: Literal["ifeval:length_constraints:number_sentences"] = "ifeval:length_constraints:number_sentences"
    num_sentences: Count
    relation: Relation

    def demands(self) -> Iterable[Demand]:
        return asked("sentences", self.relation, self.num_sentences)

    def holds(self, text: Text) -> Finding:
        return compared(len(text.view(sentences)), "sentence", self.relation, self.num_sentences)

    def fixed(self, text: Text) -> Finding:
        return compared(len(text.sentences), "sentence", self.relation, self.num_sentences)


class NumberParagraphs(Reference):
    """The response has exactly a number of paragraphs, divided by ***."""

    template = "There should be {num_paragraphs} paragraphs. Paragraphs are separated with the divider: ***"
    examples = (Example({"num_paragraphs": 2}, accepts=("a\n***\nb", "***a***b"), rejects=("a\n\nb", "a******b")),)
    diverges = Diverges("splits at bold italics", "It is ***very*** good.", {"num_paragraphs": 1})
    type: Literal["ifeval:length_constraints:number_paragraphs"] = "ifeval:length_constraints:number_paragraphs"
    num_paragraphs: Count

    def demands(self) -> Iterable[Demand]:
        return [Demand("paragraphs divided by ***", self.num_paragraphs, self.num_paragraphs)]

    def holds(self, text: Text) -> Finding:
        pieces = text.raw.split("***")
        number = len(pieces)
        for place, piece in enumerate(pieces):
            if not piece.strip():
                if 0 < place < len(pieces) - 1:
                    return Finding(False, "a blank paragraph between two dividers ***")
                number -= 1
        return exactly(number, "paragraph", self.num_paragraphs)

    def fixed(self, text: Text) -> Finding:
        pieces = _DIVIDER_LINE.split(text.raw)
        return exactly(sum(bool(piece.strip()) for piece in pieces), "paragraph", self.num_paragraphs)


class NumberWords(Reference):
    r"""The response has a number of words: runs of `\w`, so that "don't" counts two."""

    template = "Answer with {relation} {num_words} words."
    examples = (Example({"num_words": 3, "relation": "less than"}, accepts=("don't",), rejects=("don't stop",)),)
    diverges = Diverges('counts "don\'t" as two words', "Don't stop.", {"num_words": 3, "relation": "at least"})
    type: Literal["ifeval:length_constraints:number_words"] = "ifeval:length_constraints:number_words"
    num_words: Count
    relation: Relation

    def demands(self) -> Iterable[Demand]:
        return asked("words", self.relation, self.num_words)

    def holds(self, text: Text) -> Finding:
        return compared(text.view(words), "word", self.relation, self.num_words)

    def fixed(self, text: Text) -> Finding:
        return compared(len(text.words), "word", self.relation, self.num_words)


class NthParagraphFirstWord(Reference):
    """The response has a number of paragraphs, and one of them, blank ones counted, begins with a word."""

    template = (
        "There should be {num_paragraphs} paragraphs, separated by two line breaks. "
        "Paragraph {nth_paragraph} must start with word {first_word}."
    )
    examples = (
        Example(
            {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "b"},
            accepts=("a\n\nB, c", 'a\n\n"b" c'),
            rejects=("a\n\nc", "a\n\nb\n\nc", "a\n\n\n\nb"),
        ),
    )
    diverges = Diverges(
        "counts a blank paragraph when it looks for the nth, and not when it counts them", "a\n\n\n\nb"
    )
    type: Literal["ifeval:length_constraints:nth_paragraph_first_word"] = (
        "ifeval:length_constraints:nth_paragraph_first_word"
    )
    num_paragraphs: Annotated[int, Field(ge=1)]
    nth_paragraph: Annotated[int, Field(ge=1)]
    first_word: Annotated[str, StringConstraints(to_lower=True)]

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if self.nth_paragraph > self.num_paragraphs:
            raise ValueError(
                f"nth_paragraph ({self.nth_paragraph}) is above num_paragraphs ({self.num_paragraphs})"
            )
        return self

    def holds(self, text: Text) -> Finding:
        pieces = text.raw.split("\n\n")
        number = sum(bool(piece.strip()) for piece in pieces)
        if number != self.num_paragraphs:
            return exactly(number, "paragraph", self.num_paragraphs)
        paragraph = pieces[self.nth_paragraph - 1].strip()
        if not paragraph:
            return Finding(False, f"paragraph {self.nth_paragraph} is blank")
        word = paragraph.split()[0].lstrip("'").lstrip('"')
        return self._begins(re.split("[.,?!'\"]", word)[0].lower(), self.first_word)

    def fixed(self, text: Text) -> Finding:
        paragraphs = text.paragraphs
        if len(paragraphs) != self.num_paragraphs:
            return exactly(len(paragraphs), "paragraph", self.num_paragraphs)
        first = paragraphs[self.nth_paragraph - 1].split()[0].strip(_AROUND_WORD)
        return self._begins(first.casefold(), self.first_word.strip(_AROUND_WORD).casefold())

    def _begins(self, word: str, wanted: str) -> Finding:
        place = f"paragraph {self.nth_paragraph} begins with {quoted(word)}"
        return Finding(word == wanted, f"{place}, asked for {quoted(wanted)}")


CONSTRAINTS = (NumberSentences, NumberParagraphs, NumberWords, NthParagraphFirstWord)
