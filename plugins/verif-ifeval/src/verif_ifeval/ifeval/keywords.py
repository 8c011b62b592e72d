"""IFEval: keywords, letters, and the language of the response."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from verif_ifeval.patterns import is_simple, matches, occurrences, standing_alone, surely_absent
from verif_ifeval.reference import Count, Diverges, Finding, Reference, Relation, asked, compared, counted, quoted
from verif_sdk import Demand, Example, Text, Undecidable
from verif_sdk.demand import uses
from verif_sdk.language import detect_raw

Keyword = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Keywords = Annotated[tuple[Annotated[str, StringConstraints(min_length=1)], ...], Field(min_length=1)]
# The reference knows these codes, and no others that langdetect tells apart.
Language = Literal[
    "en", "es", "pt", "ar", "hi", "fr", "ru", "de", "ja", "it", "bn", "uk", "th", "ur", "ta", "te", "bg", "ko",
    "pl", "he", "fa", "vi", "ne", "sw", "kn", "mr", "gu", "pa", "ml", "fi",
]  # fmt: skip


class Existence(Reference):
    """Every keyword is found, as a regular expression, anywhere, whatever its case."""

    template = "Include keywords {keywords} in the response."
    examples = (Example({"keywords": ["cat"]}, accepts=("Concatenate.",), rejects=("A dog.",)),)
    diverges = Diverges("searches for the keyword as a pattern, inside words too", "Concatenate.")
    type: Literal["ifeval:keywords:existence"] = "ifeval:keywords:existence"
    keywords: Keywords

    def demands(self) -> Iterable[Demand]:
        return [Demand(uses(keyword), 1) for keyword in self.keywords]

    def holds(self, text: Text) -> Finding:
        absent = next((keyword for keyword in self.keywords if not occurrences(keyword, text)), None)
        return _all_there(absent, len(self.keywords))

    def fixed(self, text: Text) -> Finding:
        absent = next((keyword for keyword in self.keywords if not standing_alone(keyword, text.raw)), None)
        return _all_there(absent, len(self.keywords))


class Frequency(Reference):
    """A keyword is found a number of times, as a regular expression, anywhere, whatever its case."""

    template = 'The word "{keyword}" should appear {relation} {frequency} times.'
    examples = (
        Example(
            {"keyword": "cat", "frequency": 2, "relation": "at least"},
            accepts=("Cat, category.",),
            rejects=("A cat.",),
        ),
    )
    diverges = Diverges("counts the keyword inside other words", "A cat category.")
    type: Literal["ifeval:keywords:frequency"] = "ifeval:keywords:frequency"
    keyword: Keyword
    frequency: Count
    relation: Relation

    def demands(self) -> Iterable[Demand]:
        return asked(uses(self.keyword), self.relation, self.frequency)

    def holds(self, text: Text) -> Finding:
        return self._often(occurrences(self.keyword, text))

    def fixed(self, text: Text) -> Finding:
        return self._often(standing_alone(self.keyword, text.raw))

    def _often(self, found: int) -> Finding:
        return compared(found, "occurrence", self.relation, self.frequency, f" of {quoted(self.keyword)}")


class ForbiddenWords(Reference):
    """None of the words is found, as a regular expression between word boundaries, whatever its case."""

    template = "Do not include keywords {forbidden_words} in the response."
    examples = (
        Example({"forbidden_words": ["cat"]}, accepts=("Concatenate.",), rejects=("A CAT.",)),
        Example({"forbidden_words": ["F.B.I."]}, accepts=("The F.B.I. came.",), rejects=("The F.B.I.s came.",)),
    )
    diverges = Diverges(
        "wants a word boundary behind the full stop, where there is none",
        "The F.B.I. came.",
        {"forbidden_words": ["F.B.I."]},
    )
    type: Literal["ifeval:keywords:forbidden_words"] = "ifeval:keywords:forbidden_words"
    forbidden_words: Keywords

    def demands(self) -> Iterable[Demand]:
        return [Demand(uses(word), 0, 0) for word in self.forbidden_words]

    def holds(self, text: Text) -> Finding:
        for word in self.forbidden_words:
            if surely_absent(word, text):
                continue
            if matches(word, text.raw, re.IGNORECASE, edge=r"\b"):
                return _forbidden(word, text.raw)
        return Finding(True, "none of the forbidden words")

    def fixed(self, text: Text) -> Finding:
        for word in self.forbidden_words:
            if standing_alone(word, text.raw):
                return _forbidden(word, text.raw)
        return Finding(True, "none of the forbidden words")


class LetterFrequency(Reference):
    """A letter occurs a number of times, whatever its case.

    Only a to z: in the place of any other character the reference draws a letter at random, so that there
    is no verdict of its.
    """

    template = 'The letter "{letter}" should appear {let_relation} {let_frequency} times.'
    examples = (
        Example(
            {"letter": "e", "let_frequency": 2, "let_relation": "less than"}, accepts=("End.",), rejects=("Eve.",)
        ),
    )
    diverges = Diverges(
        "replaces what is no letter by a random letter, so there is no verdict",
        "#",
        {"letter": "#", "let_frequency": 1, "let_relation": "at least"},
    )
    type: Literal["ifeval:keywords:letter_frequency"] = "ifeval:keywords:letter_frequency"
    letter: Annotated[str, StringConstraints(min_length=1, max_length=1)]
    let_frequency: Count
    let_relation: Relation

    def holds(self, text: Text) -> Finding:
        if not self.drawn:
            return self.fixed(text)
        raise Undecidable(
            f'for the letter {self.letter!r} the reference draws one at random; variant="fixed" counts it'
        )

    def fixed(self, text: Text) -> Finding:
        found = text.raw.lower().count(self.letter.lower())
        return compared(found, "letter", self.let_relation, self.let_frequency, f" {self.letter!r}")

    @property
    def drawn(self) -> bool:
        """Whether the reference replaces the letter by one of its own, drawn at random."""
        return not "a" <= self.letter.lower() <= "z"


class ResponseLanguage(Reference):
    """langdetect, seeded, takes the response for the language; a text without letters passes for any."""

    template = "Your entire response should be in the language {language}, no other language is allowed."
    examples = (
        Example(
            {"language": "de"},
            accepts=("Das Wetter ist heute sehr schön, wir gehen raus.", "12345"),
            rejects=("The weather is very nice today, let us go out.",),
        ),
    )
    diverges = Diverges("passes a text without letters for every language", "12345")
    type: Literal["ifeval:language:response_language"] = "ifeval:language:response_language"
    language: Language

    def demands(self) -> Iterable[Demand]:
        return [Demand("the language", value=self.language)]

    def holds(self, text: Text) -> Finding:
        found = text.view(detect_raw)
        return Finding(found in (None, self.language), self._told(found))

    def fixed(self, text: Text) -> Finding:
        found = text.view(detect_raw)
        return Finding(found == self.language, self._told(found))

    def _told(self, found: str | None) -> str:
        return f"the language is {found or 'unknown, for lack of letters'}, asked for {self.language}"


def _forbidden(word: str, raw: str) -> Finding:
    place = re.search(rf"\b{word}\b", raw, re.IGNORECASE) if is_simple(word) else None
    return Finding(False, f"uses {quoted(word)}, which is forbidden", (place.span(),) if place else ())


def _all_there(absent: str | None, keywords: int) -> Finding:
    if absent is not None:
        return Finding(False, f"no {quoted(absent)}, asked for {counted(keywords, 'keyword')}")
    return Finding(True, f"{keywords} of {counted(keywords, 'keyword')}")


CONSTRAINTS = (Existence, Frequency, ForbiddenWords, LetterFrequency, ResponseLanguage)
