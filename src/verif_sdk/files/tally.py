"""`Tally`: what a file of scored rows comes to, counted row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_CAUSES = 1000
"""Different causes that are told apart; a data set may have a new one in every row."""
MOST_IDS = 1_000_000
"""Ids that are compared with later ones, some 90 bytes each."""
TENTHS = 10

_DIGITS = dict.fromkeys(map(ord, "0123456789."))


@dataclass
class Outcomes:
    """How the constraints of one type came out."""

    passed: int = 0
    failed: int = 0
    undecided: int = 0
    not_asked: int = 0

    @property
    def rate(self) -> float | None:
        """The share of passed among the decided, in [0, 1]."""
        decided = self.passed + self.failed
        return self.passed / decided if decided else None

    def add(self, verdict: Mapping[str, Any]) -> None:
        """Count one verdict of an output row."""
        self.passed += verdict["passed"] is True
        self.failed += verdict["passed"] is False
        self.undecided += verdict["error"] is not None
        self.not_asked += verdict["passed"] is None and verdict["error"] is None


@dataclass
class Tally:
    """What a run has come to so far."""

    rows: int = 0
    bad: int = 0
    """Rows that could not be read, or that a check raised on."""
    undecided: int = 0
    """Rows with a verdict that could not be had, whatever their reward."""
    passed: int = 0
    """Rows whose constraints all hold."""
    rewards: float = 0.0
    histogram: list[int] = field(default_factory=lambda: [0] * TENTHS)
    """Rows per tenth of the reward; the last holds 1.0 too."""
    types: dict[str, Outcomes] = field(default_factory=dict)
    usage: Counter[str] = field(default_factory=Counter)
    suspicious: Counter[str] = field(default_factory=Counter)
    """Rows that pass a constraint and look like games, by the kinds of `telemetry.KINDS`."""
    notes: Counter[str] = field(default_factory=Counter)
    """What the row format made of parts of rows."""
    causes: Counter[str] = field(default_factory=Counter)
    """Why rows are bad or undecided."""
    repeated: int = 0
    """Rows whose id an earlier line has too."""
    first_repeated: str | None = None
    _failures: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    _ids: set[int] = field(default_factory=set)
    _last: tuple[int, str | None] = (0, None)

    @property
    def rewarded(self) -> int:
        """How many rows have a reward."""
        return sum(self.histogram)

    @property
    def mean(self) -> float | None:
        """The mean reward of the rows that have one."""
        return self.rewards / self.rewarded if self.rewarded else None

    @property
    def failures(self) -> list[tuple[str, str, int]]:
        """Why constraints fail: type, the reason of the first such verdict, and how many; the most frequent first.

        Reasons that differ in their numbers alone are one.
        """
        told = [(name, reason, count) for (name, _), (reason, count) in self._failures.items()]
        return sorted(told, key=lambda one: -one[2])

    def add(self, row: Mapping[str, Any]) -> None:
        """Count one row of output."""
        self.rows += 1
        self._identify(row["line"], row["id"])
        self.notes.update(row.get("notes", ()))
        if error := row.get("error"):
            self.bad += 1
            self._because(f"bad row: {error.partition(': ')[2]}")
            return
        self.passed += row["passed"] is True
        if (reward := row["reward"]) is not None:
            self.rewards += reward
            self.histogram[min(TENTHS - 1, int(reward * TENTHS))] += 1
        self.usage.update(row["usage"])
        self.suspicious.update(row.get("suspicious", ()))
        self._judge(row["verdicts"])

    def _judge(self, verdicts: list[Mapping[str, Any]]) -> None:
        errors = set()
        for verdict in verdicts:
            name = _named(verdict)
            self.types.setdefault(name, Outcomes()).add(verdict)
            if verdict["error"] is not None:
                errors.add(verdict["error"])
            elif verdict["passed"] is False:
                self._fail(name, verdict["reason"])
        self.undecided += bool(errors)
        for error in errors:
            self._because(error)

    def _because(self, cause: str) -> None:
        if cause in self.causes or len(self.causes) < MOST_CAUSES:
            self.causes[cause] += 1

    def _fail(self, name: str, reason: str) -> None:
        key = (name, reason.translate(_DIGITS))
        if key in self._failures:
            self._failures[key][1] += 1
        elif len(self._failures) < MOST_CAUSES:
            self._failures[key] = [reason, 1]

    def _identify(self, line: int, name: str | None) -> None:
        if name is None or (line, name) == self._last:
            return  # several responses to one row share its id
        self._last = (line, name)
        if hash(name) in self._ids:
            self.repeated += 1
            self.first_repeated = self.first_repeated or name
        elif len(self._ids) < MOST_IDS:
            self._ids.add(hash(name))


def _named(verdict: Mapping[str, Any]) -> str:
    """Return what a verdict is counted as: its type, and that of its only part, as in a loose reading."""
    parts = verdict.get("parts", ())
    return f"{verdict['type']}({parts[0]['type']})" if len(parts) == 1 else str(verdict["type"])
