"""Rows that a training run should not start with: constraints that do not parse, clash, or cannot fail."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any, Literal, NamedTuple

from verif_sdk.case import Case, RowFormat
from verif_sdk.errors import InvalidSpec
from verif_sdk.files.lines import from_line
from verif_sdk.problems import GUARDS
from verif_sdk.rows import native

Kind = Literal["unreadable", "contradiction", "cannot fail", "repeated"]


class Finding(NamedTuple):
    """Something wrong with a row.

    Args:
        line: the row's number in the file, from 1.
        id: the row's id, if it has one.
        kind: the kind of fault.
        said: the fault in a sentence.
    """

    line: int
    id: str | None
    kind: Kind
    said: str


def findings(lines: Iterable[tuple[int, bytes]], rows: str, read: RowFormat) -> Iterator[list[Finding]]:
    """Yield the faults of each row; a good row has none.

    Args:
        lines: line numbers with the lines' bytes.
        rows: the name of the row format; native rows may have extra columns for the trainer.
        read: the row format. A row needs no response: a data set of prompts has none yet.
    """

    def unanswered(row: dict[str, Any]) -> Case:
        if rows == "native":
            native.refuse_others(row)
            row = {name: value for name, value in row.items() if name in Case.model_fields or name in GUARDS}
        return read({**row, "response": row.get("response") or ""})

    for number, line in lines:
        try:
            case = from_line(line, unanswered)
        except InvalidSpec as error:
            yield [Finding(number, _id(line), "unreadable", str(error))]
            continue
        yield [Finding(number, case.id, kind, fault) for kind, fault in wrong(case)]


def wrong(case: Case) -> Iterator[tuple[Kind, str]]:
    """Yield the faults of a case's constraints that show in their demands."""
    demanded = [(item.type, demand) for item in case.constraints for demand in item.demands()]
    for name, demand in demanded:
        if demand.low > demand.high:
            yield "contradiction", f"{name}: no response has {demand}"
        if demand.empty:
            yield "cannot fail", f"{name}: {demand} holds for every response"
    reported = set()
    for (name, demand), (other, against) in combinations(demanded, 2):
        if demand.clashes(against) and (name, other) not in reported:
            reported.add((name, other))  # two may clash in several ways; report one
            yield "contradiction", f"{name} and {other}: {demand}, and {against}"
    for item in sorted({item.type for item in case.constraints}):
        alike = [constraint for constraint in case.constraints if constraint.type == item]
        if len(alike) > len(set(map(repr, alike))):
            yield "repeated", f"{item} occurs twice with the same parameters, and counts twice"


def _id(line: bytes) -> str | None:
    """Return the id or key of a row that is not a valid case, if it is an object at all."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    name = (row.get("id") or row.get("key")) if isinstance(row, dict) else None
    return None if name is None else str(name)
