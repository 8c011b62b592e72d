"""Shares: of words that are unique, of words shared with a reference, of lines that repeat."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from verif_sdk.catalogue.support.bounds import counted
from verif_sdk.constraint import Check, Example
from verif_sdk.errors import Undecidable
from verif_sdk.folding import fold
from verif_sdk.text import Text
from verif_sdk.verdict import Verdict

Share = Annotated[float, Field(ge=0, le=1)]


class UniqueWords(Check):
    """At least a share of the response's words are different from one another, case aside."""

    examples = (
        Example({"at_least": 1.0}, accepts=("Every word differs.",), rejects=("The cat, the dog.",)),
        Example({"at_least": 0.5}, accepts=("go go stop stop",), rejects=("go go go stop stop",)),
    )
    type: Literal["ratio:unique_words"] = "ratio:unique_words"
    at_least: Annotated[float, Field(gt=0, le=1)]

    def instruction(self) -> str:
        if self.at_least == 1:
            return "Do not use any word twice."
        return f"Make at least {self.at_least:.3g} of your words (1 is all) different from one another."

    def check(self, text: Text) -> Verdict:
        words = text.words
        if not words:
            return self.verdict(False, "it has no words")
        share = len({word.casefold() for word in words}) / len(words)
        reason = f"{share:.2f} of the words are unique, at least {self.at_least:g} wanted"
        return self.verdict(share >= self.at_least, reason, score=min(1.0, share / self.at_least))


class Overlap(Check):
    """The response shares words with a reference text: the share of its words that the reference has too.

    Words count as often as they occur in both. The reference is given here, or is the case's own.
    """

    examples = (
        Example(
            {"reference": "the cat sat on the mat", "at_least": 0.5},
            accepts=("the cat sat down",),
            rejects=("a dog ran", "cat cat cat cat"),
        ),
        Example({"reference": "to be or not to be", "at_most": 0.5}, accepts=("be free",), rejects=("to be",)),
    )
    type: Literal["ratio:overlap"] = "ratio:overlap"
    reference: str | None = None
    at_least: Share = 0.0
    at_most: Share = 1.0

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.at_least > self.at_most:
            raise ValueError(f"at_least ({self.at_least:g}) is above at_most ({self.at_most:g})")
        if (self.at_least, self.at_most) == (0, 1):
            raise ValueError("give a bound: 'at_least' or 'at_most'")
        return self

    def instruction(self) -> str:
        share = f"a share between {self.at_least:.3g} and {self.at_most:.3g}"
        return f"Take {share} of your words from the reference text."

    def check(self, text: Text) -> Verdict:
        reference = self.reference if self.reference is not None else text.reference
        if reference is None:
            raise Undecidable("ratio:overlap needs a reference: give it as a parameter or in the case")
        words = Counter(word.casefold() for word in text.words)
        if not words:
            return self.verdict(False, "it has no words")
        known = Counter(word.casefold() for word in text.part(reference).words)
        share = (words & known).total() / words.total()
        inside = self.at_least <= share <= self.at_most
        score = 1.0 if inside else share / self.at_least if share < self.at_least else 1 - share + self.at_most
        reason = f"{share:.2f} of the words are the reference's, {self.at_least:g} to {self.at_most:g} wanted"
        return self.verdict(inside, reason, score=score)


class NoRepeatedLines(Check):
    """No line of the response stands twice, case and white space aside; a line without a word may."""

    template = "Do not repeat any line."
    examples = (Example({}, accepts=("a\nb\n\nc", "a\n---\nb\n---"), rejects=("a\nb\n A ",)),)
    type: Literal["ratio:no_repeated_lines"] = "ratio:no_repeated_lines"

    def check(self, text: Text) -> Verdict:
        lines = [fold(line) for line in text.lines if any(map(str.isalnum, line))]
        share = len(set(lines)) / len(lines) if lines else 1.0
        return self.verdict(share == 1, counted(len(lines) - len(set(lines)), "repeated line"), score=share)


CONSTRAINTS = (UniqueWords, Overlap, NoRepeatedLines)
