"""Benchmark figures: how many prompts, and how many instructions, the responses to them follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from verif_sdk.case import Case, RowFormat
from verif_sdk.composer import Composer
from verif_sdk.errors import InvalidSpec
from verif_sdk.files.accuracy import Accuracy
from verif_sdk.files.lines import from_line
from verif_sdk.files.scoring import WINDOW, in_mode
from verif_sdk.plugins.registry import Registry
from verif_sdk.verdict import Result


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


class _Row(NamedTuple):
    number: int
    fields: Mapping[str, Any]
    case: Case
    """As the strict mode reads it."""


def benchmark(
    lines: Iterable[tuple[int, bytes]],
    name: str,
    composer: Composer,
    write: Callable[[dict[str, Any]], object] | None = None,
) -> Iterator[Report]:
    """Yield the report so far, after each window of rows: one object, which grows; at the end it is whole.

    Args:
        lines: line numbers with the lines' bytes; each a row with its response.
        name: the row format, such as "ifeval".
        composer: what verifies the cases.
        write: called with each row that could be read, in order: `line`, `id`, `prompt`, `response`, and
            for each mode `passed` and `verdicts`.
    """
    readers = {mode: in_mode(name, mode) for mode in Registry.installed().modes(name)}
    report = Report({mode: Accuracy() for mode in readers})
    rest = iter(lines)
    while window := list(islice(rest, WINDOW)):
        every = (_row(number, line, readers["strict"], report) for number, line in window)
        rows = [row for row in every if row is not None]
        results: dict[str, list[Result]] = {}
        for mode, read in readers.items():
            cases = [row.case if mode == "strict" else read(row.fields) for row in rows]
            results[mode] = composer.verify_batch(cases)
            for row, result in zip(rows, results[mode], strict=True):
                types = [item.type for item in row.case.constraints]
                report.modes[mode].add(_prompt(row), types, result)
        if write is not None:
            for place, row in enumerate(rows):
                write(_looked_at(row, {mode: results[mode][place] for mode in readers}))
        yield report


def _row(number: int, line: bytes, read: RowFormat, report: Report) -> _Row | None:
    """Return a row, or None for one that cannot be read, which is reported."""

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
    return _Row(number, row, case)


def _prompt(row: _Row) -> str:
    """Return what tells the prompts apart: the key of the rows, else the prompt itself."""
    if row.case.id is not None:
        return f"key {row.case.id}"
    return f"prompt {row.fields.get('prompt') or row.fields.get('messages')}"


def _looked_at(row: _Row, results: Mapping[str, Result]) -> dict[str, Any]:
    """Return a row with its verdicts, for a person to look at."""
    kept = {"prompt": row.fields.get("prompt") or row.fields.get("messages"), "response": row.case.response}
    by_mode = {
        mode: {
            "passed": result.passed,
            "verdicts": [
                {"type": item.type} | verdict.model_dump(include={"passed", "reason", "error"})
                for item, verdict in zip(row.case.constraints, result.verdicts, strict=True)
            ],
        }
        for mode, result in results.items()
    }
    return {"line": row.number, "id": row.case.id, **kept, **by_mode}
