"""What loads late loads once, whichever thread comes first."""

from __future__ import annotations

import ast
import gc
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from verif_sdk import once

ROOT = Path(__file__).resolve().parents[1]
SOURCES = (*(ROOT / "src" / "verif_sdk").rglob("*.py"), *(ROOT / "plugins").glob("*/src/**/*.py"))
OWN = {"verif_sdk", "verif_ifeval"}


def test_many_threads_load_once() -> None:
    loads: list[int] = []
    barrier = threading.Barrier(16)

    @once
    def value() -> object:
        loads.append(1)
        return object()

    def first(_: int) -> object:
        barrier.wait()
        return value()

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(first, range(16)))) == 1
    assert loads == [1]


def test_what_failed_to_load_is_tried_again() -> None:
    tries: list[int] = []

    @once
    def value() -> str:
        tries.append(1)
        if len(tries) == 1:
            raise LookupError("no data")
        return "data"

    with pytest.raises(LookupError):
        value()
    assert (value(), value(), len(tries)) == ("data", "data", 2)


def test_the_garbage_collector_pauses_while_something_loads_and_goes_on_afterwards() -> None:
    inner = once(gc.isenabled)
    outer = once(lambda: (inner(), gc.isenabled()))
    assert outer() == (False, False)
    assert gc.isenabled()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_fork_while_another_thread_loads_leaves_the_child_able_to_load() -> None:
    code = """
import os, sys, threading
from verif_sdk import once
inside, leave = threading.Event(), threading.Event()
slow = once(lambda: (inside.set(), leave.wait(5)))
threading.Thread(target=slow).start()
inside.wait()
threading.Timer(0.2, leave.set).start()
child = os.fork()
if child == 0:
    os._exit(once(lambda: 7)())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code]
    assert subprocess.run(command, timeout=60, check=False).returncode == 7


def is_once(function: ast.AST) -> bool:
    marks = getattr(function, "decorator_list", [])
    return any(isinstance(mark, ast.Name) and mark.id == "once" for mark in marks)


def late_imports(node: ast.AST, inside: bool = False) -> list[str]:
    """Return the packages of others that are imported in functions which are not under `once`."""
    if is_once(node) or (isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"):
        return []
    modules: list[str] = []
    if inside and isinstance(node, ast.Import):
        modules = [alias.name for alias in node.names]
    elif inside and isinstance(node, ast.ImportFrom) and node.module:
        modules = [node.module]
    inside = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    below = [found for child in ast.iter_child_nodes(node) for found in late_imports(child, inside)]
    return [name for name in modules if name.partition(".")[0] not in {*OWN, *sys.stdlib_module_names}] + below


def test_late_imports_of_other_packages_stand_under_once() -> None:
    one_thread = {"testing.py", "bounded/tasks.py"}  # tests, and workers of their own
    found = {
        str(path): modules for path in SOURCES if (modules := late_imports(ast.parse(path.read_text("utf-8"))))
    }
    assert {path: found[path] for path in found if not path.endswith(tuple(one_thread))} == {}
