"""`Accuracy`: shares of what passed, with their standard errors, and the chances of several responses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import comb, sqrt
from typing import NamedTuple

from verif_sdk.verdict import Result

_Z = 1.96  # standard errors that a 95 % interval reaches to either side


class Count(NamedTuple):
    """How many of one prompt's decided things passed."""

    passed: int
    decided: int


@dataclass
class Share:
    """How many of some decided things passed, in all and per prompt."""

    passed: int = 0
    decided: int = 0
    prompts: dict[str, Count] = field(default_factory=dict)

    def add(self, prompt: str, passed: bool | None) -> None:
        """Count one; None, which is undecided, is neither a pass nor a fail."""
        if passed is not None:
            self.passed += passed
            self.decided += 1
            before = self.prompts.get(prompt, Count(0, 0))
            self.prompts[prompt] = Count(before.passed + passed, before.decided + 1)

    @property
    def rate(self) -> float | None:
        """In [0, 1], or None where nothing was decided."""
        return self.passed / self.decided if self.decided else None

    @property
    def error(self) -> float | None:
        """The standard error of the rate, in [0, 1], or None for fewer than two prompts.

        Clustered: what belongs to one prompt passes or fails together, so it is not independent evidence.
        Source: Miller (arXiv 2411.00640), section 2.2, with the factor n/(n-1) for n prompts.
        """
        count = len(self.prompts)
        if self.rate is None or count < 2:
            return None
        squares = sum((one.passed - self.rate * one.decided) ** 2 for one in self.prompts.values())
        return sqrt(squares * count / (count - 1)) / self.decided

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of the rate, in [0, 1]; all of it where nothing was decided.

        Wilson's, for as many independent cases as give the clustered error, or as there are prompts where that
        error is 0. Sources: Wilson (JASA 22, 1927); Korn and Graubard (Survey Methodology 24, 1998).
        """
        if self.rate is None:
            return 0.0, 1.0
        count = float(len(self.prompts))
        if self.error:
            count = min(self.rate * (1 - self.rate) / self.error**2 * count / (count - 1), self.decided)
        middle = (self.rate + _Z**2 / (2 * count)) / (1 + _Z**2 / count)
        spread = _Z / (1 + _Z**2 / count) * sqrt(self.rate * (1 - self.rate) / count + (_Z / (2 * count)) ** 2)
        return max(0.0, middle - spread), min(1.0, middle + spread)


@dataclass
class Accuracy:
    """The figures of one mode."""

    prompts: Share = field(default_factory=Share)
    """Responses that follow all instructions of their prompt."""
    instructions: Share = field(default_factory=Share)
    types: dict[str, Share] = field(default_factory=dict)
    groups: dict[str, Share] = field(default_factory=dict)
    """By what stands before the last colon of the types."""
    undecided: int = 0
    """Verdicts that could not be had; they count nowhere else."""

    def pass_at(self, k: int) -> float:
        """Return the chance, in [0, 1], that one of `k` responses to a prompt follows all instructions.

        The unbiased estimate from n responses, averaged over the prompts that have `k` or more.
        Source: Codex (arXiv 2107.03374), section 2.1.
        """
        return self._mean(k, lambda one: 1 - comb(one.decided - one.passed, k) / comb(one.decided, k))

    def all_of(self, k: int) -> float:
        """Return the chance, in [0, 1], that `k` responses to a prompt all follow all instructions.

        Source: tau-bench (arXiv 2406.12045), pass^k.
        """
        return self._mean(k, lambda one: comb(one.passed, k) / comb(one.decided, k))

    def _mean(self, k: int, chance: Callable[[Count], float]) -> float:
        chances = [chance(one) for one in self.prompts.prompts.values() if one.decided >= k]
        return sum(chances) / len(chances)

    @property
    def counts(self) -> list[int]:
        """What k of `pass_at` and `all_of` there are enough responses for: 1, 2, 4, 8…, and the most."""
        most = max((one.decided for one in self.prompts.prompts.values()), default=0)
        powers = [1 << power for power in range(most.bit_length())]
        return sorted({*powers, most}) if most else []

    def add(self, prompt: str, types: Sequence[str], result: Result) -> None:
        """Count one result."""
        for name, verdict in zip(types, result.verdicts, strict=True):
            group = name.rpartition(":")[0]
            shares = (self.types.setdefault(name, Share()), self.groups.setdefault(group, Share()))
            for share in (self.instructions, *shares):
                share.add(prompt, verdict.passed)
            self.undecided += verdict.passed is None
        self.prompts.add(prompt, result.passed)
