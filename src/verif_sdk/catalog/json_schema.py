"""JSON Schema (2020-12), with all patterns under a time-out; jsonschema's own have none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from verif_sdk.catalog.pattern import found_in
from verif_sdk.errors import Undecidable
from verif_sdk.late import once


@once
def jsonschema() -> Any:
    import jsonschema

    return jsonschema


@once
def referencing() -> Any:
    import referencing.exceptions

    return referencing


def violation(schema: str, value: object) -> str | None:
    """Return the first way in which `value` breaks the schema, or None.

    Raises:
        Undecidable: a reference in the schema leads nowhere, or a pattern takes too long.
    """
    try:
        error = next(_validator(schema).iter_errors(value), None)
    except (referencing().exceptions.Unresolvable, RecursionError) as cause:
        raise Undecidable(f"the JSON Schema cannot be resolved: {cause}") from None
    return None if error is None else f"at {error.json_path}: {error.message}"[:200]


@lru_cache(maxsize=256)
def _validator(schema: str) -> Any:
    keywords = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    }
    timed = jsonschema().validators.extend(jsonschema().Draft202012Validator, keywords)
    return timed(json.loads(schema), registry=referencing().Registry())  # an empty registry fetches nothing


def _pattern(_: Any, pattern: str, instance: object, _schema: object) -> Iterator[Any]:
    if isinstance(instance, str) and not found_in(pattern, instance):
        yield jsonschema().ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], instance: object, _schema: object
) -> Iterator[Any]:
    if isinstance(instance, dict):
        for pattern, schema in patterns.items():
            for name, value in instance.items():
                if found_in(pattern, name):
                    yield from validator.descend(value, schema, path=name, schema_path=pattern)


def _additional_properties(
    validator: Any, allowed: Any, instance: object, schema: Mapping[str, Any]
) -> Iterator[Any]:
    if not isinstance(instance, dict):
        return
    patterns = schema.get("patternProperties", {})
    for name, value in instance.items():
        if name in schema.get("properties", {}) or any(found_in(pattern, name) for pattern in patterns):
            continue
        if isinstance(allowed, Mapping):
            yield from validator.descend(value, allowed, path=name)
        elif not allowed:
            yield jsonschema().ValidationError(f"{name!r} is none of the properties that are allowed")
