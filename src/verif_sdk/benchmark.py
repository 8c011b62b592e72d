"""Benchmark figures: how many prompts, and how many instructions, the responses to them follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import comb
from typing import Any

from verif_sdk.case import Case
from verif_sdk.composer import Composer
from verif_sdk.errors import InvalidSpec
from verif_sdk.scoring import MODES, WINDOW, RowFormat, from_line, has_loose, in_mode
from verif_sdk.verdict import Result


@dataclass
class Share:
    """How many of some decided things passed."""

    passed: int = 0
    decided: int = 0

    def add(self, passed: bool | None) -> None:
        """Count one; None, which is undecided, is neither a pass nor a fail."""
        if passed is not None:
            self.passed += passed
            self.decided += 1

    @property
    def rate(self) -> float | None:
        """In [0, 1], or None where nothing was decided."""
        return self.passed / self.decided if self.decided else None


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
    responses: dict[str, Share] = field(default_factory=dict)
    """Per prompt, its responses that follow all instructions."""

    def pass_at(self, k: int) -> float:
        """Return the chance, in [0, 1], that one of `k` responses to a prompt follows all instructions.

        The unbiased estimate from n responses, averaged over the prompts that have `k` or more.
        Source: Codex (arXiv 2107.03374), section 2.1.
        """
        return self._mean(k, lambda share: 1 - comb(share.decided - share.passed, k) / comb(share.decided, k))

    def all_of(self, k: int) -> float:
        """Return the chance, in [0, 1], that `k` responses to a prompt all follow all instructions.

        Source: tau-bench (arXiv 2406.12045), pass^k.
        """
        return self._mean(k, lambda share: comb(share.passed, k) / comb(share.decided, k))

    def _mean(self, k: int, chance: Callable[[Share], float]) -> float:
        chances = [chance(share) for share in self.responses.values() if share.decided >= k]
        return sum(chances) / len(chances)

    @property
    def counts(self) -> list[int]:
        """What k of `pass_at` and `all_of` there are enough responses for: 1, 2, 4, 8…, and the most."""
        most = max((share.decided for share in self.responses.values()), default=0)
        powers = [1 << power for power in range(most.bit_length())]
        return sorted({*powers, most}) if most else []

    def add(self, prompt: str, types: Sequence[str], result: Result) -> None:
        """Count one result."""
        for name, verdict in zip(types, result.verdicts, strict=True):
            shares = (
                self.instructions,
                self.types.setdefault(name, Share()),
                self.groups.setdefault(name.rpartition(":")[0], Share()),
            )
            for share in shares:
                share.add(verdict.passed)
            self.undecided += verdict.passed is None
        for share in (self.prompts, self.responses.setdefault(prompt, Share())):
            share.add(result.passed)


@dataclass
class Report:
    """What a benchmark run has come to."""

    modes: dict[str, Accuracy]
    """By the mode's name: "strict", and "loose" where the row format has it."""
    rows: int = 0
    missing: int = 0
    """Rows without a response; they count as failed, as the reference counts them."""
    bad: list[str] = field(default_factory=list)
    """Rows that could not be read and count nowhere: line and cause."""


def benchmark(lines: Iterable[tuple[int, bytes]], name: str, composer: Composer) -> Iterator[Report]:
    """Yield the report so far, after each window of rows; the last one is the whole.

    Args:
        lines: line numbers with the lines' bytes; each a row with its response.
        name: the row format, such as "ifeval".
        composer: what verifies the cases.
    """
    readers = {mode: in_mode(name, mode) for mode in (MODES if has_loose(name) else MODES[:1])}
    report = Report({mode: Accuracy() for mode in readers})
    rest = iter(lines)
    while window := list(islice(rest, WINDOW)):
        every = (_row(number, line, readers["strict"], report) for number, line in window)
        rows = [row for row in every if row is not None]
        for mode, read in readers.items():
            results = composer.verify_batch([case if mode == "strict" else read(row) for row, case in rows])
            for (row, case), result in zip(rows, results, strict=True):
                report.modes[mode].add(_prompt(row, case), [item.type for item in case.constraints], result)
        yield report


def _row(number: int, line: bytes, read: RowFormat, report: Report) -> tuple[Mapping[str, Any], Case] | None:
    """Return a row with its strict case, or None for one that cannot be read, which is reported."""

    def answered(row: dict[str, Any]) -> tuple[dict[str, Any], bool, Case]:
        missing = row.get("response") is None
        row = {**row, "response": ""} if missing else row
        return row, missing, read(row)

    report.rows += 1
    try:
        row, missing, case = from_line(line, answered)
    except InvalidSpec as error:
        report.bad.append(f"line {number}: {error}")
        return None
    report.missing += missing or bool(row.get("missing_response"))
    return row, case


def _prompt(row: Mapping[str, Any], case: Case) -> str:
    """Return what tells the prompts apart: the key of the rows, else the prompt itself."""
    if case.id is not None:
        return f"key {case.id}"
    return f"prompt {row.get('prompt') or row.get('messages')}"
