"""JSON Schema (2020-12), with all patterns under a time-out; jsonschema's own have none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from verif_sdk.catalog.pattern import found_in
from verif_sdk.errors import Undecidable


def violation(schema: str, value: object) -> str | None:
    """Return the first way in which `value` breaks the schema, or None.

    Raises:
        Undecidable: a reference in the schema leads nowhere, or a pattern takes too long.
    """
    from referencing.exceptions import Unresolvable

    try:
        error = next(_validator(schema).iter_errors(value), None)
    except (Unresolvable, RecursionError) as cause:
        raise Undecidable(f"the JSON Schema cannot be resolved: {cause}") from None
    return None if error is None else f"at {error.json_path}: {error.message}"[:200]


@lru_cache(maxsize=256)
def _validator(schema: str) -> Any:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend
    from referencing import Registry

    keywords = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    }
    timed = extend(Draft202012Validator, keywords)  # type: ignore[no-untyped-call]
    return timed(json.loads(schema), registry=Registry())  # an empty registry fetches nothing


def _pattern(_: Any, pattern: str, instance: object, _schema: object) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    if isinstance(instance, str) and not found_in(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


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
    from jsonschema.exceptions import ValidationError

    if not isinstance(instance, dict):
        return
    patterns = schema.get("patternProperties", {})
    for name, value in instance.items():
        if name in schema.get("properties", {}) or any(found_in(pattern, name) for pattern in patterns):
            continue
        if isinstance(allowed, Mapping):
            yield from validator.descend(value, allowed, path=name)
        elif not allowed:
            yield ValidationError(f"{name!r} is none of the properties that are allowed")
