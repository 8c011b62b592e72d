"""The root package is light, and its public names are all there."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import verif_sdk

HEAVY = {
    "torch",
    "vllm",
    "nltk",
    "langdetect",
    "transformers",
    "pydantic",
    "typer",
    "rich",
    "aiohttp",
    "jsonschema",
}
ALIASES = {"Aggregator", "AnyConstraint", "JudgeFactory", "RowFormat", "hookimpl"}
"""Public names of what can hold no docstring; a string below each says what it is."""
SOURCE = Path(verif_sdk.__file__).parent


def loaded(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not loaded("import verif_sdk") & HEAVY


def test_verifying_hard_constraints_loads_no_model_library() -> None:
    code = 'from verif_sdk import verify\nverify("a b", {"type": "length:words", "at_least": 1})'
    assert not loaded(code) & {"torch", "vllm", "nltk", "langdetect", "transformers", "aiohttp"}


def test_every_public_name_exists_and_is_documented() -> None:
    assert set(verif_sdk.__all__) == set(verif_sdk._MODULE)
    for name in verif_sdk.__all__:
        documented = getattr(verif_sdk, name)
        assert getattr(documented, "__doc__", None) or name in ALIASES, name


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(verif_sdk, "no_such_name")


def test_only_the_command_line_prints() -> None:
    for path in SOURCE.rglob("*.py"):
        if "cli" in path.relative_to(SOURCE).parts:
            continue
        calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
        assert not [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"], path


def test_files_stay_short_enough_to_read_in_one_sitting() -> None:
    long = {
        path.name: count for path in SOURCE.rglob("*.py") if (count := path.read_text("utf-8").count("\n")) > 320
    }
    assert not long
