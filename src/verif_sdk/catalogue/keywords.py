"""Which words and phrases the response contains, how often, and in what order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from verif_sdk import folding
from verif_sdk.catalogue.support.bounds import Counted
from verif_sdk.catalogue.support.matching import each, first, spans
from verif_sdk.constraint import Check, Example
from verif_sdk.demand import Demand, uses
from verif_sdk.text import Text
from verif_sdk.verdict import Verdict

Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
MOST_PHRASES = 256
"""Of one list: each is looked for in the whole response."""
Phrases = Annotated[tuple[Phrase, ...], Field(min_length=1, max_length=MOST_PHRASES)]
WholeWord = Annotated[bool, Field(description='Whether "cat" is not found in "concatenate".')]
CaseSensitive = Annotated[bool, Field(description='Whether "May" is another word than "may".')]


class Include(Check):
    """The response contains keywords: all of them, or at least some number."""

    examples = (
        Example(
            {"keywords": ["cat", "dog"]},
            accepts=("A cat and a dog.", "DOG! Cat!"),
            rejects=("A cat.", "We concatenate dogmas."),
        ),
        Example({"keywords": ["red", "blue"], "at_least": 1}, accepts=("Blue sky.",), rejects=("Green grass.",)),
        Example({"keywords": ["C++"], "case_sensitive": True}, accepts=("I use C++.",), rejects=("I use c++.",)),
    )
    type: Literal["keywords:include"] = "keywords:include"
    keywords: Phrases
    at_least: Annotated[int, Field(ge=1, description="How many of them are enough; by default all.")] | None = None
    whole_word: WholeWord = True
    case_sensitive: CaseSensitive = False

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.at_least is not None and self.at_least > len(self.keywords):
            raise ValueError(f"at_least is {self.at_least}, but there are only {len(self.keywords)} keywords")
        return self

    def demands(self) -> Iterable[Demand]:
        if self.at_least is None or self.at_least == len(self.keywords):
            reading = {"whole_word": self.whole_word, "case_sensitive": self.case_sensitive}
            return [Demand(uses(keyword, **reading), 1) for keyword in self.keywords]
        return ()

    def instruction(self) -> str:
        listed = quoted(self.keywords)
        if len(self.keywords) == 1:
            return f"Include the keyword {listed}."
        if self.at_least is None or self.at_least == len(self.keywords):
            return f"Include all of these keywords: {listed}."
        return f"Include at least {self.at_least} of these keywords: {listed}."

    def check(self, text: Text) -> Verdict:
        how = {"whole_word": self.whole_word, "case_sensitive": self.case_sensitive}
        places = {keyword: first(text, keyword, **how) for keyword in self.keywords}
        missing = [keyword for keyword in self.keywords if places[keyword] is None]
        present = len(self.keywords) - len(missing)
        wanted = self.at_least or len(self.keywords)
        reason = f"{present} of {wanted} wanted keywords found" + (
            f"; missing: {quoted(missing)}" if missing else ""
        )
        evidence = tuple(place for place in places.values() if place)
        return self.verdict(present >= wanted, reason, score=min(1.0, present / wanted), evidence=evidence)


class Exclude(Check):
    """The response contains none of the keywords."""

    examples = (
        Example(
            {"keywords": ["cat", "F.B.I."]},
            accepts=("A dog.", "We concatenate."),
            rejects=("A cat.", "The F.B.I. came.", "My cat's toy.", "A c\u200bat."),
        ),
        Example({"keywords": ["can"]}, accepts=("I can't.", "Toucan"), rejects=("I can.", "Can’t? Can!")),
    )
    type: Literal["keywords:exclude"] = "keywords:exclude"
    keywords: Phrases
    whole_word: WholeWord = True
    case_sensitive: CaseSensitive = False

    def demands(self) -> Iterable[Demand]:
        reading = {"whole_word": self.whole_word, "case_sensitive": self.case_sensitive}
        return [Demand(uses(keyword, **reading), 0, 0) for keyword in self.keywords]

    def instruction(self) -> str:
        if len(self.keywords) == 1:
            return f"Do not use the word {quoted(self.keywords)}."
        return f"Do not use any of these words: {quoted(self.keywords)}."

    def check(self, text: Text) -> Verdict:
        places = dict(each(text, self.keywords, whole_word=self.whole_word, case_sensitive=self.case_sensitive))
        used = [keyword for keyword, found in places.items() if found]
        evidence = tuple(span for found in places.values() for span in found)
        reason = f"it uses {quoted(used)}" if used else "none of the words is used"
        return self.verdict(not used, reason, score=1 - len(used) / len(places), evidence=evidence)


class Frequency(Counted):
    """The response contains a keyword a number of times."""

    examples = (
        Example(
            {"keyword": "data", "exactly": 2},
            accepts=("Data is data.",),
            rejects=("Data.", "Data, data, data.", "Database data."),
        ),
    )
    type: Literal["keywords:frequency"] = "keywords:frequency"
    keyword: Phrase
    whole_word: WholeWord = True
    case_sensitive: CaseSensitive = False

    def demands(self) -> Iterable[Demand]:
        name = uses(self.keyword, whole_word=self.whole_word, case_sensitive=self.case_sensitive)
        return [demand._replace(of=name) for demand in super().demands()]

    def instruction(self) -> str:
        return f'Use "{self.keyword}" {self.amount("time")}.'

    def check(self, text: Text) -> Verdict:
        places = spans(text, self.keyword, whole_word=self.whole_word, case_sensitive=self.case_sensitive)
        return self.bounded(len(places), f'use of "{self.keyword}"', evidence=tuple(places))


class LetterFrequency(Counted):
    """The response contains a letter, or any other single character, a number of times.

    With its accent or without it is another letter, however the accent is written; "ß" is not "s".
    """

    examples = (
        Example({"letter": "e", "at_most": 2}, accepts=("Eve", "none", "ééé"), rejects=("Every eve",)),
        Example({"letter": "#", "at_least": 2}, accepts=("# a ## b",), rejects=("#1",)),
    )
    type: Literal["keywords:letter_frequency"] = "keywords:letter_frequency"
    letter: Annotated[str, StringConstraints(min_length=1, max_length=1)]
    case_sensitive: CaseSensitive = False

    def instruction(self) -> str:
        return f'Use the character "{self.letter}" {self.amount("time")}.'

    def check(self, text: Text) -> Verdict:
        raw, letter = text.plain, folding.plain(self.letter)
        # Letter by letter: of a whole text, `casefold` makes two letters out of some.
        alike = {one for one in set(raw) if one.upper() == letter.upper() or one.lower() == letter.lower()}
        forms = {letter} if self.case_sensitive else alike
        return self.bounded(sum(map(raw.count, forms)), f'use of "{letter}"')


class Order(Check):
    """The response contains the keywords one after another, in the given order."""

    examples = (
        Example(
            {"keywords": ["first", "then", "finally"]},
            accepts=("First this, then that, finally rest.", "Then? No: first, then, finally."),
            rejects=("First this, finally that, then rest.", "First and then."),
        ),
    )
    type: Literal["keywords:order"] = "keywords:order"
    keywords: Annotated[tuple[Phrase, ...], Field(min_length=2, max_length=MOST_PHRASES)]
    whole_word: WholeWord = True
    case_sensitive: CaseSensitive = False

    def instruction(self) -> str:
        return f"Use these keywords in this order: {quoted(self.keywords)}."

    def check(self, text: Text) -> Verdict:
        places: list[tuple[int, int]] = []
        for keyword in self.keywords:
            found = spans(text, keyword, whole_word=self.whole_word, case_sensitive=self.case_sensitive)
            after = places[-1][1] if places else 0
            place = next((span for span in found if span[0] >= after), None)
            if place is None:
                score = len(places) / len(self.keywords)
                behind = f' after "{self.keywords[len(places) - 1]}"' if places else ""
                return self.verdict(False, f'no "{keyword}"{behind}', score=score, evidence=tuple(places))
            places.append(place)
        return self.verdict(True, "all keywords in order", evidence=tuple(places))


class Once(Check):
    """The response contains each of the keywords exactly once."""

    examples = (
        Example(
            {"keywords": ["alpha", "beta"]},
            accepts=("Alpha, then beta.",),
            rejects=("Alpha.", "Alpha, beta, alpha."),
        ),
    )
    type: Literal["keywords:once"] = "keywords:once"
    keywords: Phrases
    whole_word: WholeWord = True
    case_sensitive: CaseSensitive = False

    def instruction(self) -> str:
        if len(self.keywords) == 1:
            return f"Use {quoted(self.keywords)} exactly once."
        return f"Use each of these exactly once: {quoted(self.keywords)}."

    def check(self, text: Text) -> Verdict:
        places = dict(each(text, self.keywords, whole_word=self.whole_word, case_sensitive=self.case_sensitive))
        wrong = [f'"{keyword}" {len(found)} times' for keyword, found in places.items() if len(found) != 1]
        score = 1 - len(wrong) / len(places)
        return self.verdict(not wrong, "; ".join(wrong) or "each is used once", score=score)


def quoted(phrases: tuple[str, ...] | list[str]) -> str:
    """Return phrases as a list in words: "a", "b", "c"."""
    return ", ".join(f'"{phrase}"' for phrase in phrases)


CONSTRAINTS = (Include, Exclude, Frequency, LetterFrequency, Order, Once)
