"""The three words that every count in the catalogue is bounded by: `at_least`, `at_most`, `exactly`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import inf
from typing import Annotated, Self

from pydantic import Field, model_validator

from verif_sdk.constraint import Check
from verif_sdk.demand import Demand
from verif_sdk.verdict import Verdict

Count = Annotated[int, Field(ge=0)]


class Counted(Check):
    """A check on a count; a subclass counts, and this words, bounds and grades."""

    at_least: Count | None = Field(None, description="The lowest count that passes.")
    at_most: Count | None = Field(None, description="The highest count that passes.")
    exactly: Count | None = Field(None, description="The only count that passes.")

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        low, high = self.at_least, self.at_most
        if self.exactly is not None and (low is not None or high is not None):
            raise ValueError("give 'exactly', or 'at_least' and 'at_most', not both")
        if self.exactly is None and low is None and high is None:
            raise ValueError("give a bound: 'at_least', 'at_most' or 'exactly'")
        if low is not None and high is not None and low > high:
            raise ValueError(f"at_least ({low}) is above at_most ({high})")
        return self

    def demands(self) -> Iterable[Demand]:
        low = self.at_least if self.exactly is None else self.exactly
        high = self.at_most if self.exactly is None else self.exactly
        others = self.model_dump(
            exclude={"type", "weight", "at_least", "at_most", "exactly"}, exclude_defaults=True
        )
        named = ", ".join(f"{name} {value}" for name, value in sorted(others.items()))
        return [Demand(self.type + (f" ({named})" if named else ""), low or 0, inf if high is None else high)]

    def side(self, number: int) -> int:
        """Return -1 for a number below the bounds, 1 for one above, else 0."""
        low = self.at_least if self.exactly is None else self.exactly
        high = self.at_most if self.exactly is None else self.exactly
        return -1 if low is not None and number < low else int(high is not None and number > high)

    def amount(self, unit: str) -> str:
        """Return the bound in words, for a unit in the singular: "at least 3 words", "exactly 1 word"."""
        if self.exactly is not None:
            return "no " + plural(unit) if self.exactly == 0 else f"exactly {counted(self.exactly, unit)}"
        if self.at_least is not None and self.at_most is not None:
            return f"between {self.at_least} and {counted(self.at_most, unit)}"
        if self.at_least is not None:
            return f"at least {counted(self.at_least, unit)}"
        return f"at most {counted(self.at_most or 0, unit)}"

    def bounded(self, found: int, unit: str, *, evidence: tuple[tuple[int, int], ...] = ()) -> Verdict:
        """Return the verdict on a count, for a unit in the singular ("word").

        A miss scores by its ratio to the bound: too few scores found / wanted, too many scores
        wanted / found. So 495 of 500 words score 0.99, 1,000 where 500 are allowed score 0.5, and
        none at all scores 0.
        """
        low = self.at_least if self.exactly is None else self.exactly
        high = self.at_most if self.exactly is None else self.exactly
        score = 1.0
        if low is not None and found < low:
            score = found / low
        elif high is not None and found > high:
            score = high / found
        reason = f"{counted(found, unit)}; {self.amount(unit)} wanted"
        return self.verdict(score == 1.0, reason, score=score, evidence=evidence)


def counted(number: int, unit: str) -> str:
    """Return "1 word" or "3 words"."""
    return f"{number:,} {unit if number == 1 else plural(unit)}"


def plural(unit: str) -> str:
    """Return the plural of a unit; of "word in capitals" and "use of a word" that of the first noun."""
    behind = _BEHIND_NOUN.search(unit) if " " in unit else None
    head, rest = (unit[: behind.start()], behind[0]) if behind else (unit, "")
    if head.endswith(("s", "x", "ch")):
        return f"{head}es{rest}"
    if head.endswith("y") and head[-2:-1] not in "aeo":
        return f"{head[:-1]}ies{rest}"
    return f"{head}s{rest}"


_BEHIND_NOUN = re.compile(r" (?:of|in|with|on) .*", re.DOTALL)
