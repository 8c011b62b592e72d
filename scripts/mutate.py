"""Breaks our own code at random, one small change at a time, and counts how many of the changes a test notices.

    .venv/bin/python scripts/mutate.py --seed 1 --number 100

Every mutant stands in a copy of the tree; yours is not touched. A first run of the tests with coverage says which
of them reach which line. A mutant meets those that reach its line, the quickest first, and falls to the first that
fails; one on a line that runs on import meets those that reach its file. Survivors are shown as a diff. The exit
status is 1 if fewer than 90 of 100 fall. See CONTRIBUTING.md.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path
from queue import SimpleQueue
from xml.etree import ElementTree

from coverage import CoverageData
from mutants import Mutant, places

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "verif_sdk"
SUBJECTS = ["catalogue/**/*.py", "judges/**/*.py", "rewards/**/*.py"]
SUBJECTS += ["composer.py", "pending.py", "batch.py", "arguments.py", "aggregate.py"]
ELSEWHERE = {"engine", "engine_main", "hf", "launch", "spawning", "starting", "vllm"}  # need an engine
ELSEWHERE |= {"inspect_ai", "verifiers", "verifiers_judge"}  # need their framework
TESTS = ["catalogue", "judges", "properties", "rewards", "rows", "truth", "test_*.py", "project/test_docs.py"]
TESTS += ["cli/test_calibrate.py", "cli/test_check_dataset.py"]
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not vllm"]
PYTEST += ["-p", "pytest_cov", "-p", "_hypothesis_pytestplugin", "--hypothesis-seed=0"]
# Other plugins of pytest take seconds to load.
ENVIRONMENT = {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
LIMITS = ("-x", "-o", "faulthandler_timeout=60", "-o", "faulthandler_exit_on_timeout=true")  # seconds for one test
MEMORY = 8 << 30
PASSED_OR_FAILED = (0, 1)
COLLECTED_NOTHING = (4, 5)  # pytest's exit status where a mutant changed the names of the tests
LEAST = 0.9


@dataclass(frozen=True)
class Reach:
    """Which tests reach which line of which file, and the seconds that each takes."""

    lines: dict[str, dict[int, list[str]]]
    seconds: dict[str, float]

    def tests(self, mutant: Mutant) -> list[str]:
        """Return the tests that a mutant meets, the quickest first."""
        lines = self.lines.get(mutant.path, {})
        last = mutant.line + mutant.before.count("\n")
        reaching = {test for line in range(mutant.line, last + 1) for test in lines.get(line, ())}
        # What runs on import, such as a table, is reached by whatever reaches its file, or else by every test.
        met = reaching or {test for tests in lines.values() for test in tests} or set(self.seconds)
        return sorted(met, key=lambda test: (self.seconds.get(test, 0.0), test))


@dataclass(frozen=True)
class Fate:
    """What became of a mutant: what killed it, or None, and the seconds that it took."""

    mutant: Mutant
    killer: str | None
    seconds: float


def chosen(seed: int, number: int) -> list[Mutant]:
    """Return mutants of our code, each at a place of its own: the same for the same code and seed."""
    paths = sorted(path for pattern in SUBJECTS for path in PACKAGE.glob(pattern) if path.stem not in ELSEWHERE)
    everywhere = [
        place for path in paths for place in places(str(path.relative_to(ROOT)), path.read_text("utf-8"))
    ]
    dice = random.Random(seed)
    dice.shuffle(everywhere)
    valid = (mutant for place in everywhere if (mutant := dice.choice(place)).compiles())
    return list(islice(valid, number))


def copies(folder: Path, number: int) -> list[Path]:
    """Make copies of the tree as it is, without what git ignores."""
    trees = [folder / str(place) for place in range(number)]
    listed = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    for tree, name in product(trees, names):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    return trees


def pytest(tree: Path, *arguments: str, limit: float | None = None) -> tuple[int, str]:
    """Run pytest in a copy of the tree; return its exit status, -1 after `limit` seconds, and what it printed."""
    (tree / ".arguments").write_text("\n".join(arguments), "utf-8")
    sources = os.pathsep.join(map(str, [tree / "src", *tree.glob("plugins/*/src")]))
    with (tree / ".printed").open("w+", encoding="utf-8", errors="replace") as printed:
        process = subprocess.Popen(
            [*PYTEST, "@.arguments"],
            cwd=tree,
            env=os.environ | ENVIRONMENT | {"PYTHONPATH": sources},
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            resource.prlimit(process.pid, resource.RLIMIT_AS, (MEMORY, MEMORY))
            status = process.wait(limit)
        except subprocess.TimeoutExpired:
            status = -1
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        printed.seek(0)
        return status, printed.read()


def measured(tree: Path) -> Reach:
    """Run the tests on the code as it is, and return what each reaches; one that fails already has no say."""
    tests = sorted(str(path.relative_to(tree)) for name in TESTS for path in tree.glob(f"tests/{name}"))
    traced = ("--cov=verif_sdk", "--cov-context=test", "--cov-report=", "--junitxml=.report.xml")
    status, printed = pytest(tree, *traced, *tests)
    if status not in PASSED_OR_FAILED:
        sys.exit(f"{printed[-4000:]}\nthe tests do not run")
    return reached(tree)


def reached(tree: Path) -> Reach:
    """Return what the measured run in a copy of the tree has written down."""
    seconds, failing = {}, set()
    for case in ElementTree.parse(tree / ".report.xml").iter("testcase"):
        name = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"
        seconds[name] = float(case.get("time", 0))
        failing |= {name} if case.find("failure") is not None or case.find("error") is not None else set()
    for name in failing:
        print(f"fails without any mutant, and is left out: {name}")
    data = CoverageData(str(tree / ".coverage"))
    data.read()
    lines = {
        str(Path(path).relative_to(tree)): {
            line: sorted(
                {context.removesuffix("|run") for context in contexts if context.endswith("|run")} - failing
            )
            for line, contexts in data.contexts_by_lineno(path).items()
        }
        for path in data.measured_files()
    }
    return Reach(lines, {name: seconds[name] for name in seconds if name not in failing})


def fate(mutant: Mutant, tree: Path, reach: Reach) -> Fate:
    """Put a mutant into a copy of the tree, run the tests that reach it, and restore the file."""
    began = time.monotonic()
    tests = reach.tests(mutant)
    path = tree / mutant.path
    path.write_text(mutant.changed, "utf-8")
    limit = 60 + 5 * sum(reach.seconds.get(test, 0.0) for test in tests)
    try:
        status, printed = pytest(tree, *LIMITS, *tests, limit=limit)
        if status in COLLECTED_NOTHING:
            files = sorted({test.partition("::")[0] for test in tests})
            status, printed = pytest(tree, *LIMITS, *files, limit=limit)
    finally:
        path.write_text(mutant.original, "utf-8")
    return Fate(mutant, killer(status, printed), time.monotonic() - began)


def killer(status: int, printed: str) -> str | None:
    """Return what ended a run: the test that failed, or the end of pytest itself; None for a run that passed."""
    if status == 0:
        return None
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", printed, re.MULTILINE)
    return failed[1] if failed else "the time limit" if status == -1 else f"the end of pytest with status {status}"


def fates(mutants: list[Mutant], trees: list[Path], reach: Reach) -> Iterator[Fate]:
    """Yield what becomes of each mutant, in order; the copies of the tree run them side by side."""
    idle: SimpleQueue[Path] = SimpleQueue()
    for tree in trees:
        idle.put(tree)

    def one(mutant: Mutant) -> Fate:
        tree = idle.get()
        try:
            return fate(mutant, tree, reach)
        finally:
            idle.put(tree)

    with ThreadPoolExecutor(len(trees)) as pool:
        yield from pool.map(one, mutants)


def killed(seed: int, number: int, trees: list[Path], reach: Reach) -> float:
    """Print what becomes of the mutants of a seed, and return the share that is killed."""
    mutants, survivors = chosen(seed, number), []
    for one in fates(mutants, trees, reach):
        outcome = f"killed by {one.killer}" if one.killer else "SURVIVED"
        print(f"{one.mutant.path}:{one.mutant.line} {one.seconds:.0f} s {outcome}", flush=True)
        survivors += [] if one.killer else [one.mutant]
    print("\n".join(mutant.diff() for mutant in survivors))
    print(f"seed {seed}: {len(mutants) - len(survivors)} of {len(mutants)} mutants killed", flush=True)
    return 1 - len(survivors) / len(mutants)


def main() -> int:
    """Run the mutants that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, nargs="+", default=[1], help="which mutants; one run for each seed")
    parser.add_argument("--number", type=int, default=100, help="how many mutants")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at the same time")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        trees = copies(Path(folder), asked.jobs)
        reach = measured(trees[0])
        shares = [killed(seed, asked.number, trees, reach) for seed in asked.seed]
    return int(min(shares) < LEAST)


if __name__ == "__main__":
    sys.exit(main())
