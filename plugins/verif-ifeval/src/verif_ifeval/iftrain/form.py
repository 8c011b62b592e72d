"""IF-RLVR: formats, paragraphs, punctuation."""

from __future__ import annotations

import re
from typing import Literal

from verif_ifeval.iftrain.splitting import split
from verif_ifeval.reference import Diverges, Finding, Reference, absent, exactly, quoted
from verif_sdk import Example, Text

_DIVIDER = re.compile(r"\s?\*\*\*\s?")


def _two(pieces: list[str]) -> Finding:
    """Return whether two pieces are left when a blank one at either end is not counted."""
    if any(not piece.strip() for piece in pieces[1:-1]):
        return Finding(False, "a blank paragraph between two dividers")
    return exactly(sum(bool(piece.strip()) for piece in pieces), "paragraph", 2)


class SentenceHyphens(Reference):
    """The sentences are joined by hyphens without spaces; every hyphen ends a sentence."""

    template = "All sentences must be connected using hyphens, with no spaces between them."
    examples = (
        Example({}, accepts=("Go on.-Sit down.", "One."), rejects=("Go on. - Sit down.", "A well-known fact.")),
    )
    diverges = Diverges("takes a hyphen inside a word for the end of a sentence", "A well-known fact.")
    type: Literal["iftrain:detectable_format:sentence_hyphens"] = "iftrain:detectable_format:sentence_hyphens"

    def holds(self, text: Text) -> Finding:
        sentences = split(text.raw.replace("-", " "))
        parts = text.raw.split("-")
        # The shorter of the two decides how many are compared; a sentence has no outer whitespace.
        for part, sentence in zip(parts, sentences, strict=False):
            if part != sentence:
                return Finding(False, f"{quoted(part)} between hyphens, asked for the sentence {quoted(sentence)}")
        return Finding(True, "hyphens join the sentences")

    def fixed(self, text: Text) -> Finding:
        for part in re.split(r"(?<=[.!?])-(?=\S)", text.raw.strip()):
            if (sentences := len(split(part))) != 1:
                return exactly(sentences, "sentence", 1, f" in {quoted(part)}")
        return Finding(True, "hyphens join the sentences")


class SquareBrackets(Reference):
    """Every word stands in square brackets of its own."""

    template = "Enclose every word in your response within square brackets."
    examples = (Example({}, accepts=("[Go] [on]",), rejects=("[Go on]", "[Go] on", "[Go].")),)
    type: Literal["iftrain:detectable_format:square_brackets"] = "iftrain:detectable_format:square_brackets"

    def holds(self, text: Text) -> Finding:
        for word in text.raw.split():
            if not (word.startswith("[") and word.endswith("]")):
                return Finding(False, f"{quoted(word)} is not in square brackets")
        return Finding(True, "each word is in square brackets")


class BigramWrapping(Reference):
    """Every two words stand in double angle brackets; a last odd word goes unchecked."""

    template = "Wrap every word bigram in double angular brackets, such as <<I am>> <<at home>>."
    examples = (Example({}, accepts=("<<I am>> <<at home>>", "one"), rejects=("<<I am>> at home", "I am")),)
    type: Literal["iftrain:detectable_format:bigram_wrapping"] = "iftrain:detectable_format:bigram_wrapping"

    def holds(self, text: Text) -> Finding:
        words = text.raw.split()
        for first, second in zip(words[::2], words[1::2], strict=False):
            if not (first.startswith("<<") and second.endswith(">>")):
                return Finding(False, f"{quoted(f'{first} {second}')} is not in double angle brackets")
        return Finding(True, "each pair of words is in double angle brackets")


class Paragraphs(Reference):
    """The response has two paragraphs, divided by ***."""

    template = "There should be 2 paragraphs. Paragraphs are separated with the markdown divider: ***"
    examples = (Example({}, accepts=("a\n***\nb",), rejects=("a\n\nb", "a", "a *** b *** c")),)
    type: Literal["iftrain:paragraphs:paragraphs"] = "iftrain:paragraphs:paragraphs"

    def holds(self, text: Text) -> Finding:
        return _two(_DIVIDER.split(text.raw))


class Paragraphs2(Reference):
    """The response has two paragraphs, divided by one blank line."""

    template = "There should be 2 paragraphs. Paragraphs and only paragraphs are separated with two line breaks."
    examples = (Example({}, accepts=("a\n\nb", "a\nb\n\nc\n\n"), rejects=("a", "a\n\nb\n\nc", "a\n\n\n\nb")),)
    type: Literal["iftrain:paragraphs:paragraphs2"] = "iftrain:paragraphs:paragraphs2"

    def holds(self, text: Text) -> Finding:
        return _two(text.raw.split("\n\n"))


class PunctuationDot(Reference):
    """The response has no full stop, in a number or an abbreviation neither."""

    template = "In your entire response, refrain from the use of . (i.e. dots) as punctuation and in general."
    examples = (Example({}, accepts=("Go on!", "你好。"), rejects=("Go on.", "3.14")),)
    type: Literal["iftrain:punctuation:punctuation_dot"] = "iftrain:punctuation:punctuation_dot"

    def holds(self, text: Text) -> Finding:
        return absent(text.raw.find("."), "full stop")


class PunctuationExclamation(Reference):
    """The response has no ASCII exclamation mark."""

    template = "In your entire response, refrain from the use of ! (i.e. exclamation marks)."
    examples = (Example({}, accepts=("Go on.", "你好！"), rejects=("Go on!",)),)
    diverges = Diverges("knows the ASCII mark alone", "你好！")
    type: Literal["iftrain:punctuation:punctuation_exclamation"] = "iftrain:punctuation:punctuation_exclamation"

    def holds(self, text: Text) -> Finding:
        return absent(text.raw.find("!"), "exclamation mark")

    def fixed(self, text: Text) -> Finding:
        return absent(
            next((place for place, mark in enumerate(text.raw) if mark in "!！¡"), -1), "exclamation mark"
        )


CONSTRAINTS = (
    SentenceHyphens,
    SquareBrackets,
    BigramWrapping,
    Paragraphs,
    Paragraphs2,
    PunctuationDot,
    PunctuationExclamation,
)
