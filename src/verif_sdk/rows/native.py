"""The format of our own: a row holds the fields of a `Case`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verif_sdk.case import Case


def case(row: Mapping[str, Any]) -> Case:
    """Return the case that `row` describes: `response`, `constraints`, and optionally `prompt`,
    `reference`, `id` and `metadata`.

    Raises:
        InvalidSpec: a field is missing, unknown or wrong.
    """
    return Case.of(**row)
