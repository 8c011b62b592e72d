"""`Demand`: what a constraint asks of one quantity, so that contradictions between constraints can be found."""

from __future__ import annotations

from math import inf
from typing import NamedTuple


class Demand(NamedTuple):
    """A range for a quantity, or one value of a property."""

    of: str
    """The quantity or property, such as "words" or "language"; equal names are the same thing."""
    low: float = 0
    """The least amount that passes."""
    high: float = inf
    """The largest amount that passes; infinite for no limit."""
    value: str | None = None
    """For a property, the only value that passes."""
    longer: bool = False
    """Whether `value` is only a prefix: with "Dear", "Dear all" passes too."""

    @property
    def empty(self) -> bool:
        """Whether every response meets it."""
        return self.value is None and self.low <= 0 and self.high == inf

    def clashes(self, other: Demand) -> bool:
        """Return whether no response can meet both."""
        if self.of != other.of:
            return False
        if self.value is not None and other.value is not None:
            mine, theirs = self.value, other.value
            fits = mine == theirs or (self.longer and theirs.startswith(mine))
            return not (fits or (other.longer and mine.startswith(theirs)))
        return max(self.low, other.low) > min(self.high, other.high)

    def __str__(self) -> str:
        if self.value is not None:
            return f"{self.of} is {self.value}"
        if self.low == self.high:
            return f"exactly {self.low:g} {self.of}"
        if self.high == inf:
            return f"at least {self.low:g} {self.of}"
        return f"at most {self.high:g} {self.of}" if self.low <= 0 else f"{self.low:g} to {self.high:g} {self.of}"


def uses(keyword: str, *, whole_word: bool = True, case_sensitive: bool = False) -> str:
    """Return the name of the quantity "uses of a keyword"; each way of counting has its own name."""
    named = f'uses of "{keyword}", in this case' if case_sensitive else f'uses of "{keyword.lower()}"'
    return named if whole_word else f"{named}, inside words too"
