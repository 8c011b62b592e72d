"""`AnyConstraint`: the field that holds a constraint of any type, which is looked up when it is read."""

from __future__ import annotations

from typing import Annotated

from pydantic import PlainValidator, SerializeAsAny, WithJsonSchema

from verif_sdk.constraint import Constraint
from verif_sdk.plugins.registry import Registry

AnyConstraint = Annotated[
    SerializeAsAny[Constraint],
    PlainValidator(lambda spec: Registry.installed().typed(spec)),
    WithJsonSchema({"type": "object", "required": ["type"], "x-constraint": True}),
]
"""A field that holds any registered constraint: reads objects, dicts and JSON, writes all parameters."""
