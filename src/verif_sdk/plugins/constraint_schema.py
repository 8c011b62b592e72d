"""The JSON Schema of the constraint types, in which a nested constraint refers to the union of all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verif_sdk.constraint import Constraint


def union(constraints: Mapping[str, type[Constraint]], root: str | None) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the type called `root`, or without one of any of these types."""
    definitions: dict[str, Any] = {}
    for name, cls in sorted(constraints.items()):
        schema = cls.model_json_schema()
        definitions.update(schema.pop("$defs", {}))
        required = [field for field in schema.get("required", []) if field != "type"]
        definitions[name] = _linked(schema | {"required": ["type", *required]})
    references = [{"$ref": f"#/$defs/{_escaped(name)}"} for name in sorted(constraints)]
    definitions["Constraint"] = {"oneOf": references}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": f"#/$defs/{_escaped(root or 'Constraint')}",
        "$defs": definitions,
    }


def _linked(schema: Any) -> Any:
    """Return a schema in which every nested constraint refers to the union of all types."""
    if isinstance(schema, list):
        return [_linked(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("x-constraint"):
        return {"$ref": "#/$defs/Constraint"}
    return {key: _linked(value) for key, value in schema.items()}


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
