"""The format of our own: a row holds the fields of a `Case`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verif_sdk.case import Case
from verif_sdk.errors import InvalidSpec

_SIGNS = {
    "ifeval": ("instruction_id_list", "kwargs"),
    "ifrlvr": ("ground_truth", "messages"),
    "verinstruct": ("checkers", "functions"),
}
"""Fields by which the rows of other formats are known."""


def case(row: Mapping[str, Any]) -> Case:
    """Return the case that `row` describes: `response`, `constraints`, and optionally `prompt`,
    `reference`, `id` and `metadata`.

    Raises:
        InvalidSpec: a field is missing, unknown or wrong; or the row is of another format, which is named.
    """
    refuse_others(row)
    return Case.of(**row)


def refuse_others(row: Mapping[str, Any]) -> None:
    """Refuse a row without constraints that another format reads.

    Raises:
        InvalidSpec: it is one; the message names the format.
    """
    for name, signs in () if "constraints" in row else _SIGNS.items():
        if row.keys() >= set(signs):
            raise InvalidSpec(f"a row with {signs[0]!r} is not a native one; `--rows {name}` reads it")
