"""The root package is light, and its public names are all there."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

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
ROOT = Path(__file__).resolve().parents[2]


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


def lines_of_code(source: str) -> int:
    """Return how many lines a file has without blank ones, comments and docstrings."""
    words = (
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )
    prose = {line for node in words for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    lines = enumerate(source.splitlines(), 1)
    return sum(
        line not in prose and bool(text.strip()) and not text.lstrip().startswith("#") for line, text in lines
    )


def test_files_stay_as_short_as_contributing_says() -> None:
    long = []
    for path in [*SOURCE.rglob("*.py"), *(ROOT / "plugins").glob("*/src/**/*.py")]:
        source = path.read_text("utf-8")
        ceiling = 250 if "\nCONSTRAINTS" in source else 200
        if lines_of_code(source) > ceiling:
            long.append(path.relative_to(ROOT))
    assert not long


def test_bodies_of_functions_stay_as_short_as_contributing_says() -> None:
    long = []
    for path in [*SOURCE.rglob("*.py"), *(ROOT / "plugins").glob("*/src/**/*.py")]:
        lines = path.read_text("utf-8").splitlines()
        for node in ast.walk(ast.parse("\n".join(lines))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = "\n".join(lines[node.body[0].lineno - 1 : node.end_lineno])
                if lines_of_code(dedent(body)) > 40:
                    long.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert not long
