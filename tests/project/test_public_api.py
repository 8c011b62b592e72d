"""What plugins are written with is what the API page lists, and verif-ifeval uses nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from pkgutil import resolve_name

import pytest

import verif_sdk

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = ROOT / "plugins" / "verif-ifeval" / "src" / "verif_ifeval"
_ENTRY = re.compile(r"^::: (verif_sdk[\w.]*)$((?:\n    .*)*)", re.MULTILINE)


def listed() -> set[str]:
    """Return the dotted names on the API page; those of a module whose members it does not choose end in ".*"."""
    names = {f"verif_sdk.{name}" for name in verif_sdk.__all__}
    for name, options in _ENTRY.findall((ROOT / "docs" / "reference" / "api.md").read_text("utf-8")):
        members = re.search(r"members: \[(.*)\]", options)
        names |= {f"{name}.{member}" for member in members[1].split(", ")} if members else {name, f"{name}.*"}
    return names


def imported(path: Path) -> Iterator[str]:
    """Yield the dotted names that a file imports from verif_sdk."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "verif_sdk":
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("verif_sdk"))


@pytest.mark.parametrize(
    "path", sorted(PLUGIN.rglob("*.py")), ids=lambda path: path.relative_to(PLUGIN).as_posix()
)
def test_the_plugin_imports_what_the_page_lists(path: Path) -> None:
    names = listed()
    private = [
        name for name in imported(path) if name not in names and f"{name.rpartition('.')[0]}.*" not in names
    ]
    assert not private, f"docs/reference/api.md does not list {private}"


def test_what_the_page_lists_exists() -> None:
    for name in listed():
        resolve_name(name.removesuffix(".*"))
