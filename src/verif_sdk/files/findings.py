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
        line: its number in the file, from 1.
        id: its id, where it has one.
        kind: what is wrong.
        said: the same in a sentence.
    """

    line: int
    id: str | None
    kind: Kind
    said: str


def findings(lines: Iterable[tuple[int, bytes]], rows: str, read: RowFormat) -> Iterator[list[Finding]]:
    """Yield what is wrong with each row: an empty list for a good one.

    Args:
        lines: line numbers with the lines' bytes.
        rows: the name of the row format; native rows may have columns of the trainer's own.
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
        yield [Finding(number, case.id, kind, said) for kind, said in wrong(case)]


def wrong(case: Case) -> Iterator[tuple[Kind, str]]:
    """Yield what is wrong with the constraints of a case, as far as they tell what they demand."""
    demanded = [(item.type, demand) for item in case.constraints for demand in item.demands()]
    for name, demand in demanded:
        if demand.low > demand.high:
            yield "contradiction", f"{name}: no response has {demand}"
        if demand.empty:
            yield "cannot fail", f"{name}: {demand} holds for every response"
    told = set()
    for (name, demand), (other, against) in combinations(demanded, 2):
        if demand.clashes(against) and (name, other) not in told:
            told.add((name, other))  # two may clash in more than one way, and once is enough
            yield "contradiction", f"{name} and {other}: {demand}, and {against}"
    for item in sorted({item.type for item in case.constraints}):
        alike = [constraint for constraint in case.constraints if constraint.type == item]
        if len(alike) > len(set(map(repr, alike))):
            yield "repeated", f"{item} occurs twice with the same parameters, and counts twice"


def _id(line: bytes) -> str | None:
    """Return the id, or the key, of a row that cannot be a case, if it is an object at all."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    given = (row.get("id") or row.get("key")) if isinstance(row, dict) else None
    return None if given is None else str(given)
