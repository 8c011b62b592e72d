"""How long the response is, in words, sentences, paragraphs, characters or lines."""

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
        return f"Write {self.bound()} words."

    def check(self, text: Text) -> Verdict:
        return self.counted(len(text.words), "words")


CONSTRAINTS = (Words,)
