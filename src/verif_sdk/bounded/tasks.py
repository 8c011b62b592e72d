"""What a bounded worker can be asked to do. Arguments and results are JSON; a ValueError is a refusal in words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import regex

Span = tuple[int, int]


def compiles(pattern: str) -> None:
    """Raise ValueError unless `pattern` is a regular expression."""
    _compiled(pattern)


def matches(pattern: str, text: str) -> list[tuple[Span, Span | None]]:
    """Return the offsets of each match, and those of its first group where the pattern has groups."""
    compiled = _compiled(pattern)
    return [(found.span(), found.span(1) if compiled.groups else None) for found in compiled.finditer(text)]


def matches_whole(pattern: str, text: str) -> bool:
    """Return whether `pattern` matches the whole of `text`."""
    return _compiled(pattern).fullmatch(text) is not None


def count(pattern: str, flags: int, text: str) -> int:
    """Return how many matches Python's own `re` finds."""
    return len(_standard(pattern, flags).findall(text))


def found(pattern: str, flags: int, text: str) -> list[str | tuple[str, ...]]:
    """Return the matches that Python's own `re` finds, or their groups where the pattern has some."""
    return _standard(pattern, flags).findall(text)


def pieces(pattern: str, flags: int, text: str) -> int:
    """Return into how many pieces Python's own `re` splits a text; groups count as pieces."""
    return len(_standard(pattern, flags).split(text))


def check_schema(schema: str) -> None:
    """Raise ValueError unless `schema` is a JSON Schema (2020-12)."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    try:
        Draft202012Validator.check_schema(json.loads(schema))
    except SchemaError as error:
        raise ValueError(f"not a JSON Schema: {error.message}") from None


def violation(schema: str, document: str) -> str | None:
    """Return the first way in which a JSON document breaks a schema, or None."""
    from referencing.exceptions import Unresolvable

    try:
        error = next(_validator(schema).iter_errors(json.loads(document)), None)
    except (Unresolvable, RecursionError) as cause:
        raise ValueError(f"the JSON Schema cannot be resolved: {cause}") from None
    return None if error is None else f"at {error.json_path}: {error.message}"[:200]


TASKS: dict[str, Callable[..., Any]] = {
    task.__name__: task
    for task in (compiles, matches, matches_whole, count, found, pieces, check_schema, violation)
}


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> regex.Pattern[str]:
    try:
        return regex.compile(pattern, regex.MULTILINE)
    except regex.error as error:
        raise ValueError(f"not a regular expression: {error}") from None


@lru_cache(maxsize=256)
def _standard(pattern: str, flags: int) -> re.Pattern[str]:
    try:
        return re.compile(pattern, flags)
    except (re.error, OverflowError) as error:
        raise ValueError(f"not a regular expression: {error}") from None


@lru_cache(maxsize=64)
def _validator(schema: str) -> Any:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend
    from referencing import Registry

    keywords = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    }
    own = extend(Draft202012Validator, keywords)  # type: ignore[no-untyped-call]
    return own(json.loads(schema), registry=Registry())  # an empty registry fetches nothing


def _found(pattern: str, text: str) -> bool:
    """Return whether `pattern` matches somewhere, as JSON Schema reads it: `^` and `$` are the ends."""
    try:
        return regex.search(pattern, text) is not None
    except regex.error as error:
        raise ValueError(f"{pattern!r:.60} is not a regular expression: {error}") from None


def _pattern(_: Any, pattern: str, instance: object, _schema: object) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    if isinstance(instance, str) and not _found(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], instance: object, _schema: object
) -> Iterator[Any]:
    if isinstance(instance, dict):
        for pattern, schema in patterns.items():
            for name, value in instance.items():
                if _found(pattern, name):
                    yield from validator.descend(value, schema, path=name, schema_path=pattern)


def _additional_properties(
    validator: Any, allowed: Any, instance: object, schema: Mapping[str, Any]
) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    if not isinstance(instance, dict):
        return
    patterns = schema.get("patternProperties", {})
    for name, value in instance.items():
        if name in schema.get("properties", {}) or any(_found(pattern, name) for pattern in patterns):
            continue
        if isinstance(allowed, Mapping):
            yield from validator.descend(value, allowed, path=name)
        elif not allowed:
            yield ValidationError(f"{name!r} is not one of the allowed properties")
