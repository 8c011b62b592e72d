"""Pydantic's errors about a value that a person wrote, as one sentence in the words of JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from verif_sdk.errors import suggest

GUARDS = {"trusted": "was removed", "unsandboxed": "is not allowed in data"}
"""Fields that would lower a guard. With `trusted`, once a field of `code:python`, a downloaded row ran code."""
MOST = 5
"""How many problems one message names."""
_SHOWN = 80  # characters of a wrong value

_KINDS = {
    "string": "a string",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "list": "an array",
    "tuple": "an array",
    "dict": "an object",
    "mapping": "an object",
    "model": "an object",
}
"""JSON's names for kinds of values, by the beginning of pydantic's error types (`int_type`, `int_parsing`)."""
_KIND = re.compile(rf"({'|'.join(_KINDS)})_(?:attributes_|class_)?(?:type|parsing|from_float|parsing_size)")
_EXPECTED = {
    "too_short": "have {min_length} or more items",
    "too_long": "have {max_length} or fewer items",
    "string_too_short": "have {min_length} characters or more",
    "string_too_long": "have {max_length} characters or fewer",
    "literal_error": "be {expected}",
    "callable_type": "be a function",
    "union_tag_invalid": "have in {discriminator} one of {expected_tags}",
    "union_tag_not_found": "have a {discriminator}",
    "greater_than_equal": "be {ge} or more",
    "greater_than": "be above {gt}",
    "less_than_equal": "be {le} or less",
    "less_than": "be below {lt}",
}
# Pydantic inserts the union member that it tried into an error's path, as if it were a field.
_MEMBER = re.compile(
    r"(?:str|int|float|bool|none|callable)$|(?:dict|list|tuple|function-\w+|constrained-\w+|literal)\b.*\["
)

Problem = Mapping[str, Any]


def described(error: ValidationError, model: type[BaseModel]) -> str:
    """Return all problems of a pydantic error in one sentence that names each field and the fix.

    Args:
        error: the error that pydantic raised.
        model: the class whose fields the value should have.
    """
    return worded(error.errors(include_url=False, include_context=True), model)


def worded(problems: Iterable[Problem], model: type[BaseModel]) -> str:
    """Return what `described` returns, for the problems of a pydantic error as dicts."""
    by_path: dict[str, list[Problem]] = {}
    for problem in problems:
        by_path.setdefault(_path(problem), []).append(problem)
    sentences = [
        _sentence(path, problems, model) for path, problems in by_path.items() if not _outer(path, by_path)
    ]
    sentences.sort(key=_urgency)
    rest = len(sentences) - MOST
    return "; ".join(sentences[:MOST]) + (f"; and {rest} more" if rest > 0 else "")


def shown(value: Any) -> str:
    """Return the beginning of a value as JSON, with unprintable characters escaped."""
    if isinstance(value, str):
        value = value[:_SHOWN]
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return f"a Python {type(value).__name__}"
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in text[:_SHOWN])


def kind(value: Any) -> str:
    """Return what JSON calls a value: an object, an array, a string…"""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "a string"
        case int() | float():
            return "a number"
        case Mapping():
            return "an object"
        case list() | tuple():
            return "an array"
    return f"a Python {type(value).__name__}"


def _path(problem: Problem) -> str:
    first, *rest = problem["loc"] or ("",)
    steps = [first, *(step for step in rest if not (isinstance(step, str) and _MEMBER.match(step)))]
    return ".".join(map(str, steps))


def _outer(path: str, paths: Iterable[str]) -> bool:
    """Return whether a problem only follows from a nested one: an array is too short when its items fail."""
    return any(other.startswith(f"{path}.") for other in paths)


def _urgency(sentence: str) -> int:
    """Return the sort key of a problem: lowered guards, then unknown fields, then the rest."""
    return 0 if "unsandboxed=True" in sentence else 1 if sentence.startswith("unknown") else 2


def _sentence(path: str, problems: Sequence[Problem], model: type[BaseModel]) -> str:
    """Return what is wrong with one field; a union has one problem per member."""
    first = problems[0]
    match first["type"]:
        case "extra_forbidden" if (name := path.rpartition(".")[2]) in GUARDS:
            return (
                f"field {path!r} {GUARDS[name]}: data does not choose how its programs run; "
                "if you trust its author, choose it for your own process with --unsandboxed or unsandboxed=True"
            )
        case "extra_forbidden":
            hint = _meant(path, model)
            return f"unknown field {path!r:.80}" + (f", {hint}" if hint else "")
        case "missing":
            return f"field {path!r} is missing" if path else "it is missing"
        case "value_error" | "assertion_error":
            message = str(first["msg"]).partition(", ")[2]
            return f"field {path!r}: {message}" if path else message
    expected = " or ".join(dict.fromkeys(map(_expected, problems)))
    where = f"field {path!r}" if path else "it"
    return f"{where} should {expected.replace(' or be ', ' or ')}, got {shown(first['input'])}"


def _meant(path: str, model: type[BaseModel]) -> str:
    """Return a hint with the fields nearest to an unknown one, among those of the model it belongs to."""
    *outer, name = path.split(".")
    inner = [one for field in model.model_fields.values() for one in _models(field.annotation)]
    models = inner if outer else [model]
    return suggest(name, {field for one in models for field in one.model_fields if field != "type"})


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def _expected(problem: Problem) -> str:
    """Return what a field should be or have."""
    context = problem.get("ctx", {})
    if match := _KIND.match(problem["type"]):
        return f"be {_KINDS[match[1]]}"
    if problem["type"] in _EXPECTED:
        return _EXPECTED[problem["type"]].format_map(context)
    return str(problem["msg"]).partition("should ")[2] or f"be otherwise: {problem['msg']}"
