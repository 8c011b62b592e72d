"""IFEval: capitals and small letters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from verif_ifeval.punkt import capitals
from verif_ifeval.reference import Diverges, Finding, Reference, Relation, compared
from verif_sdk import Demand, Example, Text
from verif_sdk.language import detect_raw

_FEW = 20  # letters, of which langdetect's guess is often wrong


class CapitalWordFrequency(Reference):
    """The response has a number of NLTK tokens in capitals; "I" counts."""

    template = "Words with all capital letters should appear {capital_relation} {capital_frequency} times."
    examples = (
        Example(
            {"capital_frequency": 2, "capital_relation": "at least"},
            accepts=("I like NASA.",),
            rejects=("NASA rocks.",),
        ),
    )
    diverges = Diverges("counts the parts of a contraction", "IT'S")
    type: Literal["ifeval:change_case:capital_word_frequency"] = "ifeval:change_case:capital_word_frequency"
    capital_frequency: int
    capital_relation: Relation

    def holds(self, text: Text) -> Finding:
        return self._capitals(text.view(capitals))

    def fixed(self, text: Text) -> Finding:
        return self._capitals(sum(map(str.isupper, text.words)))

    def _capitals(self, found: int) -> Finding:
        return compared(found, "word", self.capital_relation, self.capital_frequency, " in capitals")


class EnglishCapital(Reference):
    """The response is in capitals, and langdetect, seeded, takes it for English."""

    template = "Your entire response should be in English, and in all capital letters."
    examples = (
        Example(
            {},
            accepts=("THE WEATHER IS VERY NICE TODAY AND WE ARE GOING TO THE PARK.",),
            rejects=("The weather is very nice today.", "DAS WETTER IST HEUTE SEHR SCHÖN UND WIR GEHEN RAUS."),
        ),
    )
    diverges = Diverges(
        "detects the language of capitals, which langdetect was not made for", "THANK YOU VERY MUCH"
    )
    type: Literal["ifeval:change_case:english_capital"] = "ifeval:change_case:english_capital"

    def demands(self) -> Iterable[Demand]:
        return [Demand("the language", value="en"), Demand("the case of letters", value="upper")]

    def holds(self, text: Text) -> Finding:
        return _cased("capitals", text.raw, text.raw.isupper(), lambda: _is(text.view(detect_raw)))

    def fixed(self, text: Text) -> Finding:
        return _cased("capitals", text.raw, text.raw.isupper(), lambda: _english(text.raw.lower()))


class EnglishLowercase(Reference):
    """The response is in small letters, and langdetect, seeded, takes it for English."""

    template = (
        "Your entire response should be in English, and in all lowercase letters. No capital letters are allowed."
    )
    examples = (
        Example(
            {},
            accepts=("the weather is very nice today and we are going to the park.",),
            rejects=("The weather is very nice today.", "das wetter ist heute sehr schön und wir gehen raus."),
        ),
    )
    diverges = Diverges("passes a text without words", "http://a.b/c")
    type: Literal["ifeval:change_case:english_lowercase"] = "ifeval:change_case:english_lowercase"

    def demands(self) -> Iterable[Demand]:
        return [Demand("the language", value="en"), Demand("the case of letters", value="lower")]

    def holds(self, text: Text) -> Finding:
        return _cased("small letters", text.raw, text.raw.islower(), lambda: _is(text.view(detect_raw)))

    def fixed(self, text: Text) -> Finding:
        return _cased("small letters", text.raw, text.raw.islower(), lambda: _english(text.raw))


def _cased(letters: str, raw: str, holds: bool, language: Callable[[], tuple[bool, str]]) -> Finding:
    """Return whether a text is in one case and in English; `language` is asked only where the case is right."""
    if not holds:
        return _stray(letters, raw)
    english, found = language()
    return Finding(english, f"in {letters}, and the language is {found}")


def _stray(letters: str, raw: str) -> Finding:
    wrong = str.islower if letters == "capitals" else str.isupper
    place = next((place for place, letter in enumerate(raw) if wrong(letter)), -1)
    if place < 0:
        return Finding(False, f"no letter in {letters}")
    return Finding(
        False, f"{raw[place]!r} at character {place + 1}, asked for {letters} alone", ((place, place + 1),)
    )


def _is(found: str | None) -> tuple[bool, str]:
    """Return whether the reference takes what langdetect says for English, and it in words."""
    return found in (None, "en"), found or "unknown, for lack of letters"


def _english(raw: str) -> tuple[bool, str]:
    """Return whether a text in small letters is in English, or too short to be told from it, and the language."""
    found = detect_raw(raw)
    letters = [letter for letter in raw if letter.isalpha()]
    short = found is not None and len(letters) < _FEW and all(map(str.isascii, letters))
    return found == "en" or short, found or "unknown, for lack of letters"


CONSTRAINTS = (CapitalWordFrequency, EnglishCapital, EnglishLowercase)
