"""Descriptions of constraint types, for `verif show` and the catalogue page."""

from __future__ import annotations

import inspect
import json
from typing import Any, NamedTuple

from verif_sdk.constraint import Constraint


class Parameter(NamedTuple):
    """One parameter of a constraint type: its name, what it takes, its default, and what it means."""

    name: str
    takes: str
    default: str
    meaning: str


def summary(cls: type[Constraint]) -> str:
    """Return the first sentence of a type's docstring."""
    return inspect.getdoc(cls).partition("\n")[0] if cls.__doc__ else ""  # type: ignore[union-attr]  # it has one


def parameters(cls: type[Constraint]) -> list[Parameter]:
    """Return the parameters of a type in the order of its fields, `type` and `weight` left out."""
    schema = cls.model_json_schema()
    required = schema.get("required", ())
    own = [name for name in schema["properties"] if name not in ("type", "weight")]
    return [
        Parameter(
            name,
            takes(schema["properties"][name], schema.get("$defs", {})),
            "required" if name in required else _default(schema["properties"][name].get("default")),
            schema["properties"][name].get("description", ""),
        )
        for name in own
    ]


def takes(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    """Return what a JSON Schema accepts, in a few words."""
    if schema.get("x-constraint"):
        return "constraint"
    if "$ref" in schema:
        return takes(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in schema:
        kinds = [takes(kind, definitions) for kind in schema["anyOf"] if kind.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "enum" in schema or "const" in schema:
        return " or ".join(json.dumps(value) for value in schema.get("enum", [schema.get("const")]))
    match schema.get("type"):
        case "array":
            inner = takes(schema.get("items", {}), definitions)
            return f"list of {inner}" + (
                f", {schema['minItems']} or more" if schema.get("minItems", 0) > 0 else ""
            )
        case "object" if "properties" in schema:
            return "object (" + ", ".join(schema["properties"]) + ")"
        case "string":
            return "one character" if schema.get("maxLength") == 1 else "text"
        case kind:
            return {"integer": "whole number", "boolean": "true or false"}.get(
                kind or "any", kind or "any"
            ) + _range(schema)


def _range(schema: dict[str, Any]) -> str:
    words = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "up to", "exclusiveMaximum": "below"}
    bounds = [f"{word} {schema[key]:g}" for key, word in words.items() if key in schema]
    return f" {' '.join(bounds)}" if bounds else ""


def _default(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)
