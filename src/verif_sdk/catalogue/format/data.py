"""The whole response as data: JSON, YAML, CSV."""

from __future__ import annotations

import csv
import io
import json
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from verif_sdk.blocks import code_blocks, prose_lines
from verif_sdk.catalogue.support.bounds import Count, counted
from verif_sdk.catalogue.support.json_schema import check, violation
from verif_sdk.catalogue.support.library import installed
from verif_sdk.constraint import Check, Example
from verif_sdk.late import once
from verif_sdk.text import Text
from verif_sdk.verdict import Verdict

DEEPEST = 100
"""How many levels of YAML are read; deeper nesting is an attack on the parser, not data."""


_AROUND = " \t\r\n\f\v\u00a0\ufeff\u200b\u200c\u200d\u2060"
"""White space and characters of no width, which change nothing for whoever copies the data."""


def unfenced(raw: str) -> str:
    """Return the inside of the one code block that a response consists of, or the response itself."""
    body = raw.strip(_AROUND)
    if not body.startswith(("```", "~~~")):
        return body
    blocks = code_blocks(body)
    alone = len(blocks) == 1 and body.endswith(body[:3]) and not any(prose_lines(body))
    return blocks[0].body if alone else body


def _schema(value: dict[str, Any]) -> dict[str, Any]:
    check(json.dumps(value))
    return value


class Json(Check):
    """The response is JSON: an object or a list, alone or in one code block, optionally of a given schema.

    Numbers, strings and the words NaN and Infinity alone do not make a JSON document here. References in the
    schema to other addresses are not fetched.
    """

    examples = (
        Example(
            {}, accepts=('{"a": 1}', "```json\n[1, 2]\n```"), rejects=("{'a': 1}", "42", '{"a": NaN}', "{} and")
        ),
        Example(
            {"json_schema": {"required": ["name"], "properties": {"name": {"type": "string"}}}},
            accepts=('{"name": "Ada"}',),
            rejects=('{"name": 3}', "{}", "not JSON"),
        ),
    )
    type: Literal["format:json"] = "format:json"
    json_schema: Annotated[dict[str, Any], AfterValidator(_schema)] | None = None

    def instruction(self) -> str:
        schema = f" that matches this JSON Schema: {json.dumps(self.json_schema)}" if self.json_schema else ""
        return f"Answer with JSON only{schema}."

    def check(self, text: Text) -> Verdict:
        try:
            value = json.loads(body := unfenced(text.raw), parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            return self.verdict(False, f"not JSON: {error}"[:200])
        if not isinstance(value, (dict, list)):
            return self.verdict(False, f"a lone {type(value).__name__} is no JSON document")
        if self.json_schema is not None and (problem := violation(json.dumps(self.json_schema), body)):
            return self.verdict(False, problem, score=0.5)
        return self.verdict(True, "it is JSON" if self.json_schema is None else "it is JSON of the schema")


class Yaml(Check):
    """The response is YAML: a mapping or a list, alone or in one code block."""

    template = "Answer with YAML only: a mapping or a list."
    examples = (
        Example(
            {},
            accepts=("name: Ada\nage: 36", "```yaml\n- a\n- b\n```"),
            rejects=("Just a sentence.", "a: [1, 2", "a: b: c"),
        ),
    )
    type: Literal["format:yaml"] = "format:yaml"

    @model_validator(mode="after")
    def _can_be_checked(self) -> Self:
        installed("PyYAML", "yaml")
        return self

    def check(self, text: Text) -> Verdict:
        yaml = _yaml()
        try:
            events = yaml.parse(unfenced(text.raw), Loader=yaml.SafeLoader)
            first = _first_node(events)
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            return self.verdict(False, f"not YAML: {' '.join(str(error).split())}"[:200])
        found = first in {"MappingStartEvent", "SequenceStartEvent"}
        return self.verdict(found, "it is YAML" if found else "it is a plain text, no mapping or list")


class Csv(Check):
    """The response is CSV: rows of equally many columns, alone or in one code block."""

    examples = (
        Example(
            {"columns": 2, "rows": 2},
            accepts=("name,age\nAda,36", '```csv\na,b\n"x, y",2\n```'),
            rejects=("name,age", "a,b\n1,2\n3,4", "a,b\n1", "a;b\n1;2"),
        ),
        Example({"columns": 2, "rows": 1, "delimiter": ";"}, accepts=("a;b",), rejects=("a,b",)),
    )
    type: Literal["format:csv"] = "format:csv"
    columns: Annotated[int, Field(ge=1)] | None = None
    rows: Annotated[Count, Field(description="Rows in all, the header included.")] | None = None
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","

    def instruction(self) -> str:
        bounds = ((self.columns, "column"), (self.rows, "row"))
        sizes = [counted(number, name) for number, name in bounds if number is not None]
        shape = f" of {' and '.join(sizes)} (the header counts as a row)" if sizes else ""
        return f'Answer with CSV only{shape}, separated by "{self.delimiter}".'

    def check(self, text: Text) -> Verdict:
        try:
            reader = csv.reader(io.StringIO(unfenced(text.raw)), delimiter=self.delimiter, strict=True)
            rows = [row for row in reader if row]
        except csv.Error as error:
            return self.verdict(False, f"not CSV: {error}")
        widths = sorted({len(row) for row in rows})
        if len(widths) != 1:
            return self.verdict(False, f"the rows have different numbers of columns: {widths}"[:200])
        if self.columns is not None and widths[0] != self.columns:
            return self.verdict(False, f"{widths[0]} columns, {self.columns} wanted")
        if self.rows is not None and len(rows) != self.rows:
            near = min(len(rows), self.rows) / max(len(rows), self.rows)
            return self.verdict(False, f"{len(rows)} rows, {self.rows} wanted", score=near)
        return self.verdict(True, f"{len(rows)} rows of {widths[0]} columns")


@once
def _yaml() -> Any:
    import yaml

    return yaml


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _first_node(events: Any) -> str:
    """Read a YAML stream to its end, without building it, and return the event of its outermost node.

    Nothing is built, so aliases that multiply ("billion laughs") cost nothing.
    """
    first, depth, anchors = "", 0, set()
    for event in events:
        name = type(event).__name__
        depth += name.endswith("StartEvent")
        depth -= name.endswith("EndEvent")
        if depth > DEEPEST:
            raise ValueError(f"nested deeper than {DEEPEST} levels")
        if name == "AliasEvent" and event.anchor not in anchors:
            raise ValueError(f"the alias {event.anchor!r} names no anchor")
        anchors.add(getattr(event, "anchor", None))
        if not first and name in {"MappingStartEvent", "SequenceStartEvent", "ScalarEvent", "AliasEvent"}:
            first = name
    return first


CONSTRAINTS = (Json, Yaml, Csv)
