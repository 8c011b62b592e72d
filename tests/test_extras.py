"""A type whose library is not installed is refused when constructed, in a sentence that says what to install."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

WAY = "pip install 'verif-sdk[data]'"


def without(module: str, code: str) -> str:
    """Return what `code` prints in a fresh process that cannot import `module`."""
    blocked = f"import sys\nsys.modules[{module!r}] = None\n{code}"
    done = subprocess.run([sys.executable, "-c", blocked], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


@pytest.mark.parametrize(
    ("module", "spec", "expected"),
    [
        ("yaml", {"type": "format:yaml"}, f"format:yaml: PyYAML is not installed: {WAY}"),
        (
            "jsonschema",
            {"type": "format:json", "json_schema": {}},
            f"format:json: field 'json_schema': jsonschema is not installed: {WAY}",
        ),
        (
            "yaml",
            {"type": "logic:not", "constraint": {"type": "format:yaml"}},
            f"logic:not: field 'constraint': format:yaml: PyYAML is not installed: {WAY}",
        ),
    ],
)
def test_a_type_without_its_library_is_refused_when_parsed(module: str, spec: object, expected: str) -> None:
    code = f"""
from verif_sdk import InvalidSpec, verify
try:
    verify("a: 1", {spec!r})
except InvalidSpec as error:
    print(error)
"""
    assert without(module, code) == f"field 'constraints.0': {expected}\n"


def test_a_schema_is_the_only_part_of_json_that_needs_a_library() -> None:
    code = 'from verif_sdk import verify\nprint(verify("{}", {"type": "format:json"}).reward)'
    assert without("jsonschema", code) == "1.0\n"


@pytest.mark.parametrize("module", ["yaml", "jsonschema", "aiohttp", "fastapi"])
def test_doctor_names_the_extra_of_a_missing_library(module: str) -> None:
    extra = {"aiohttp": "http", "fastapi": "serve"}.get(module, "data")
    code = 'from verif_sdk.cli import app\napp(["doctor", "--json"], standalone_mode=False)'
    findings = {finding["detail"]: finding for finding in json.loads(without(module, code))}
    assert findings[f"pip install 'verif-sdk[{extra}]'"]["state"] == "absent"
