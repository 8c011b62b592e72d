"""JSON Schema (2020-12), always in a bounded worker: a small schema can cost any amount of time."""

from __future__ import annotations

from functools import lru_cache

from verif_sdk.bounded.pool import bounded
from verif_sdk.catalogue.support.library import installed
from verif_sdk.errors import Undecidable


@lru_cache(maxsize=256)
def check(schema: str) -> None:
    """Raise ValueError unless `schema` is one whose own form can be checked within the limits."""
    installed("jsonschema", "jsonschema")
    try:
        bounded("checking the JSON Schema", "check_schema", schema)
    except Undecidable as cause:
        raise ValueError(str(cause)) from None


def violation(schema: str, document: str) -> str | None:
    """Return the first way in which a JSON document breaks the schema, or None.

    Raises:
        Undecidable: it takes too long or too much memory, or a reference in the schema leads nowhere.
    """
    try:
        problem: str | None = bounded("the JSON Schema on this response", "violation", schema, document)
    except ValueError as cause:
        raise Undecidable(str(cause)) from None
    return problem
