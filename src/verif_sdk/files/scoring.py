"""Scoring a file of rows: streamed, in order, a window at a time, never held in memory."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Any

from verif_sdk.case import Case, RowFormat
from verif_sdk.composer import Composer
from verif_sdk.errors import InvalidSpec, PluginError, in_words
from verif_sdk.files.lines import Line, from_row, json_object
from verif_sdk.files.patience import patient
from verif_sdk.plugins.registry import Registry
from verif_sdk.problems import shown
from verif_sdk.verdict import Result, Verdict

WINDOW = 128
"""Rows per batch; two batches run at a time, so that the judge never waits for the file."""

Row = dict[str, Any]


FIELDS = ("line", "id", "reward", "passed", "verdicts", "usage", "error", "suspicious")
"""The fields of an output row, beside those that `keep` names."""


def in_mode(rows: str, mode: str) -> RowFormat:
    """Return a row format in a mode, wrapped to check that it really returns a Case.

    Raises:
        UnknownName: no plugin provides the row format.
        InvalidSpec: the mode is unknown, or the format does not have it.
    """
    read = Registry.installed().row_format(rows, mode)

    def case_of(row: Mapping[str, Any]) -> Case:
        case: object = read(row)
        if not isinstance(case, Case):
            raise PluginError(f"the row format {rows!r} returned {shown(case)}, not a Case")
        return case

    return case_of


@dataclass(frozen=True)
class Scoring:
    """How rows are scored.

    Args:
        read: the row format.
        composer: scores the cases.
        keep: fields of the input to copy to the output.
        telemetry: whether the output says which responses look like games.
        patience: how many successive rows a judge may fail for one cause; None for any number.
    """

    read: RowFormat
    composer: Composer
    keep: Sequence[str] = ()
    patience: int | None = 20
    telemetry: bool = False

    def score(self, lines: Iterable[Line]) -> Generator[Row, None, None]:
        """Yield one output row per line, in order.

        A line that cannot be read, or that a check raises on, becomes a row with `error`. Closing the
        iterator tells the judge to stop.

        Raises:
            Stopped: the judge failed too many successive rows, which are not yielded.
        """
        with closing(self._rows(lines)) as rows:
            yield from rows if self.patience is None else patient(rows, self.patience, most=10 * WINDOW)

    def again(self, earlier: Callable[[], Iterator[Row]], lines: Iterable[Line]) -> Generator[Row, None, None]:
        """Yield the earlier output rows, with the undecided ones scored again, then the rows still missing.

        Args:
            earlier: returns a new iterator over the earlier rows on each call.
            lines: all lines, from the first.
        """
        pairs = zip_longest(lines, earlier())
        open_lines = (line for line, row in pairs if line is not None and (row is None or undecided(row)))
        with closing(self.score(open_lines)) as scored:
            for row in earlier():
                yield next(scored) if undecided(row) else row
            yield from scored

    def _rows(self, lines: Iterable[Line]) -> Generator[Row, None, None]:
        rest = iter(lines)
        running: deque[asyncio.Task[list[Row]]] = deque()
        with asyncio.Runner() as runner:
            while (window := list(islice(rest, WINDOW))) or running:
                if window:
                    running.append(runner.get_loop().create_task(self._window(window)))
                    running[-1].add_done_callback(_heard)
                if len(running) == 2 or not window:
                    yield from runner.run(_done(running.popleft()))

    async def _window(self, lines: list[Line]) -> list[Row]:
        rows = await asyncio.to_thread(lambda: [self._read(*line) for line in lines])
        outcomes = iter(await self.composer.aoutcomes([case for _, case in rows if case is not None]))
        return [row if case is None else self._scored(row, case, next(outcomes)) for row, case in rows]

    def _scored(self, row: Row, case: Case, outcome: Result | Exception) -> Row:
        scored = _scored(row, case, outcome)
        if not self.telemetry or isinstance(outcome, Exception):
            return scored
        from verif_sdk.telemetry import suspicions

        return scored | {"suspicious": [*suspicions(case, outcome, self.composer.think)]}

    def _read(self, number: int, line: bytes) -> tuple[Row, Case | None]:
        """Return the beginnings of a line's output row, and its case if it can be read."""
        row: Row = {"line": number, "id": None, "reward": None, "passed": None, "verdicts": [], "usage": {}}
        try:
            fields = json_object(line)
            row |= {"id": _id(fields), **{name: fields.get(name) for name in self.keep}}
            return row, from_row(fields, self.read)
        except InvalidSpec as error:
            return row | {"error": f"line {number}: {error}"}, None


def undecided(row: Row) -> bool:
    """Return whether an output row lacks a verdict: it could not be read, a check raised, or a judge failed."""
    return bool(row.get("error")) or any(verdict["error"] is not None for verdict in row["verdicts"])


def _id(fields: Row) -> str | None:
    """Return the id or key of a row, which need not be a valid case."""
    name = fields.get("id") if fields.get("id") is not None else fields.get("key")
    return str(name) if isinstance(name, (str, int)) else None


def _heard(task: asyncio.Task[list[Row]]) -> None:
    """Retrieve the exception of a window; else asyncio logs it if an earlier window has ended the run."""
    if not task.cancelled():
        task.exception()


async def _done(task: asyncio.Task[list[Row]]) -> list[Row]:
    return await task


def _scored(row: Row, case: Case, outcome: Result | Exception) -> Row:
    row["id"] = case.id
    if case.notes:
        row["notes"] = [*case.notes]
    if isinstance(outcome, Exception):
        return row | {"error": f"line {row['line']}: {in_words(outcome)}"}
    usage = {name: count for name, count in vars(outcome.usage).items() if count}
    verdicts = [_verdict(verdict) for verdict in outcome.verdicts]
    return row | {"reward": outcome.reward, "passed": outcome.passed, "verdicts": verdicts, "usage": usage}


def _verdict(verdict: Verdict) -> Row:
    row: Row = {
        "type": verdict.type,
        "passed": verdict.passed,
        "score": verdict.score,
        "hard": verdict.hard,
        "weight": verdict.weight,
        "reason": verdict.reason,
        "error": verdict.error,
        "decided_by": verdict.decided_by,
    }
    if verdict.label is not None:
        row["label"] = verdict.label
    if verdict.evidence:
        row["evidence"] = verdict.evidence
    if verdict.parts:
        row["parts"] = [_verdict(part) for part in verdict.parts]
    return row
