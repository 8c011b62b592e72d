"""The three words that every count in the catalogue is bounded by."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from verif_sdk.constraint import Check
from verif_sdk.verdict import Verdict

Count = Annotated[int, Field(ge=0)]


class Counted(Check):
    """A check on a count: `at_least`, `at_most` (both inclusive) or `exactly`, at least one of them."""

    at_least: Count | None = None
    at_most: Count | None = None
    exactly: Count | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.exactly is not None and (self.at_least is not None or self.at_most is not None):
            raise ValueError("give 'exactly', or 'at_least' and 'at_most', not both")
        if self.exactly is None and self.at_least is None and self.at_most is None:
            raise ValueError("give a bound: 'at_least', 'at_most' or 'exactly'")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"at_least ({self.at_least}) is above at_most ({self.at_most})")
        return self

    def bound(self) -> str:
        """Return the bound in words: "at least 3", "between 3 and 5", "exactly 4"."""
        if self.exactly is not None:
            return f"exactly {self.exactly}"
        if self.at_least is not None and self.at_most is not None:
            return f"between {self.at_least} and {self.at_most}"
        return f"at least {self.at_least}" if self.at_least is not None else f"at most {self.at_most}"

    def counted(self, found: int, unit: str, *, evidence: tuple[tuple[int, int], ...] = ()) -> Verdict:
        """Return the verdict on a count of `found` units ("words"): graded by how far off it is.

        The score of a miss is 1 - off / (bound + off) for `off` units beyond the bound, so 1 off of
        100 scores 0.99 and 500 off of 100 scores 0.17; a wanted number that is missing entirely scores 0.
        """
        low = self.exactly if self.exactly is not None else self.at_least
        high = self.exactly if self.exactly is not None else self.at_most
        off, bound = 0, 1
        if low is not None and found < low:
            off, bound = low - found, found
        elif high is not None and found > high:
            off, bound = found - high, high
        score = 1.0 if off == 0 else bound / (bound + off)
        return self.verdict(off == 0, f"{found} {unit}, {self.bound()} wanted", score=score, evidence=evidence)
