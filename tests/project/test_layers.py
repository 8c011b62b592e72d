"""Lower rooms of the house never import higher ones."""

from __future__ import annotations

import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

grimp = pytest.importorskip("grimp", reason="import-linter is not installed")

ROOT = Path(__file__).resolve().parents[2]


def test_the_layers_hold() -> None:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as lint; lint()",
        "--no-cache",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout


def test_no_file_needs_itself_at_run_time() -> None:
    graph = grimp.build_graph("verif_sdk", exclude_type_checking_imports=True, cache_dir=None)
    needs = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(needs).prepare()  # a circle is an error that names it
