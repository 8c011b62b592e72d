"""`patient`: stops a run when the judge fails one row after another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from verif_sdk.errors import Stopped

Row = dict[str, Any]


def patient(rows: Iterable[Row], limit: int, most: int) -> Iterator[Row]:
    """Yield the rows, but while the judge keeps failing for one cause, hold them back until it answers again.

    Rows that needed no judge do not count.

    Args:
        rows: output rows.
        limit: how many successive rows the judge may fail for one cause.
        most: how many rows to hold back at a time.

    Raises:
        Stopped: the judge failed `limit` successive rows; they are not yielded, so that a later run asks again.
    """
    held: list[Row] = []
    cause, count = "", 0
    for row in rows:
        failure = _failure(row)
        if (failure is not None and failure != cause) or len(held) == most:
            yield from held
            held, cause, count = [], failure or "", 0
        if not cause:
            yield row
            continue
        held.append(row)
        count += failure is not None
        if count == limit:
            raise Stopped(f"the judge failed {limit} rows in a row: {cause}")
    yield from held


def _failure(row: Row) -> str | None:
    """Return why the judge failed a row, "" if it did not fail, and None if it was not asked."""
    if not (row["usage"].get("asked") or row["usage"].get("shared")):
        return None
    soft = [verdict for verdict in row["verdicts"] if not verdict["hard"]]
    if any(verdict["passed"] is not None for verdict in soft):
        return ""
    return next((verdict["error"] for verdict in soft if verdict["error"]), "")
