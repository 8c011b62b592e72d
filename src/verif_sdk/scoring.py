"""Scoring a file of rows: streamed, in order, resumable, never held in memory."""

from __future__ import annotations

import gzip
import json
import os
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any, TypeVar

from verif_sdk.case import Case
from verif_sdk.composer import Composer
from verif_sdk.errors import InvalidSpec
from verif_sdk.registry import Registry
from verif_sdk.verdict import Result, Usage

T = TypeVar("T")
WINDOW = 128
"""Rows per batch; two batches are under way at a time, so that the judge never waits for a file."""

RowFormat = Callable[[Mapping[str, Any]], Case]

MODES = ("strict", "loose")
_LOOSE = "-loose"
"""What the name of a row format's looser reading ends in: `ifeval-loose` reads the rows of `ifeval`."""


@dataclass
class Tally:
    """What a run has come to so far."""

    rows: int = 0
    bad: int = 0
    undecided: int = 0
    passed: int = 0
    rewards: float = 0.0
    usage: Usage = field(default_factory=Usage)
    causes: Counter[str] = field(default_factory=Counter)

    @property
    def mean(self) -> float | None:
        """The mean reward of the rows that have one."""
        scored = self.rows - self.bad - self.undecided
        return self.rewards / scored if scored else None

    def add(self, row: Mapping[str, Any]) -> None:
        """Count one row of output."""
        self.rows += 1
        if row.get("error"):
            self.bad += 1
            self.causes[f"bad row: {row['error'].partition(': ')[2]}"] += 1
            return
        self.passed += row["passed"] is True
        if row["reward"] is None:
            self.undecided += 1
            self.causes.update({verdict["error"] for verdict in row["verdicts"] if verdict["error"]})
        else:
            self.rewards += row["reward"]
        self.usage += Usage(**row["usage"])


def has_loose(rows: str) -> bool:
    """Return whether the row format called `rows` has a looser reading."""
    return rows + _LOOSE in Registry.installed().rows


def in_mode(rows: str, mode: str) -> RowFormat:
    """Return the row format called `rows`, in the mode "strict" or "loose".

    Raises:
        UnknownName: there is no such row format.
        InvalidSpec: there is no such mode, or the format does not have it.
    """
    registry = Registry.installed()
    read = registry.row_format(rows)
    if mode not in MODES:
        raise InvalidSpec(f"mode {mode!r} is neither {' nor '.join(MODES)}")
    if mode == "strict":
        return read
    if not has_loose(rows):
        having = sorted(name.removesuffix(_LOOSE) for name in registry.rows if name.endswith(_LOOSE))
        raise InvalidSpec(f"rows {rows!r} have no loose mode; those that have: {', '.join(having) or 'none'}")
    return registry.row_format(rows + _LOOSE)


def score(lines: Iterable[tuple[int, bytes]], read: RowFormat, composer: Composer) -> Iterator[dict[str, Any]]:
    """Yield one output row per input line, in order; a line that cannot be read becomes a row with `error`.

    Args:
        lines: line numbers with the lines' bytes.
        read: the row format.
        composer: what scores the cases.
    """
    rest = iter(lines)
    under_way: deque[Future[list[dict[str, Any]]]] = deque()
    with ThreadPoolExecutor(2) as pool:
        while (window := list(islice(rest, WINDOW))) or under_way:
            if window:
                under_way.append(pool.submit(_window, window, read, composer))
            if len(under_way) == 2 or not window:
                yield from under_way.popleft().result()


def from_line(line: bytes, read: Callable[[dict[str, Any]], T]) -> T:
    """Return what `read` makes of the JSON object in a line.

    Raises:
        InvalidSpec: the line holds none, or `read` refuses it.
    """
    try:
        row = json.loads(line)
        if not isinstance(row, dict):
            raise InvalidSpec(f"a row is a JSON object, got {type(row).__name__}")
        return read(row)
    except InvalidSpec:
        raise
    except (ValueError, RecursionError) as error:
        raise InvalidSpec(f"not JSON: {error}") from None


def numbered(source: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file that are not blank, with their numbers from 1."""
    return ((number, line) for number, line in enumerate(source, 1) if line.strip())


def opened(path: Path) -> IO[bytes]:
    """Return an open file of rows: plain, gzip by its name, or standard input for "-"."""
    if str(path) == "-":
        return sys.stdin.buffer
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def finished(out: Path) -> Iterator[dict[str, Any]]:
    """Yield the complete rows of an output file, and cut off a last one that was half written."""
    end = 0
    with out.open("rb") as lines:
        for line in lines:
            if not line.endswith(b"\n"):
                break
            end += len(line)
            yield json.loads(line)
    os.truncate(out, end)


def _window(lines: list[tuple[int, bytes]], read: RowFormat, composer: Composer) -> list[dict[str, Any]]:
    cases = [_case(number, line, read) for number, line in lines]
    results = iter(composer.verify_batch([case for case in cases if isinstance(case, Case)]))
    return [
        _row(number, next(results)) if isinstance(case, Case) else case
        for (number, _), case in zip(lines, cases, strict=True)
    ]


def _case(number: int, line: bytes, read: RowFormat) -> Case | dict[str, Any]:
    """Return the case of a line, or the output row that says why there is none."""
    try:
        return from_line(line, read)
    except InvalidSpec as error:
        return {"id": str(number), "reward": None, "verdicts": [], "error": f"line {number}: {error}"}


def _row(number: int, result: Result) -> dict[str, Any]:
    verdicts = [
        {
            "type": verdict.type,
            "passed": verdict.passed,
            "score": verdict.score,
            "reason": verdict.reason,
            "error": verdict.error,
            "decided_by": verdict.decided_by,
        }
        for verdict in result.verdicts
    ]
    return {
        "id": result.id if result.id is not None else str(number),
        "reward": result.reward,
        "passed": result.passed,
        "verdicts": verdicts,
        "usage": {name: count for name, count in result.usage.model_dump().items() if count},
    }
