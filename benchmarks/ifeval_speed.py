"""Verdicts per second of `verif-ifeval` against the reference package, on the same rows, in turn, in one process.

    python benchmarks/ifeval_speed.py --reference PATH [--ifeval ROWS] [--ifbench ROWS]

PATH is a checkout of github.com/allenai/IFBench, which holds the checkers of IFEval and of IFBench; it needs
absl-py, immutabledict, emoji, syllapy, nltk and langdetect. Rows have `key`, `prompt`, `response`,
`instruction_id_list` and `kwargs`; those whose parameters the reference draws at random (`nondet`), and those
without a response, are left out. Both sides start from parsed JSON rows; ours parses the constraints within the
measured time, and forgets the languages that it has detected before each pass.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import multiprocessing
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from verif_sdk import Composer, Registry
from verif_sdk.language import detect_raw

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
ROUNDS = 5
WANTED = 10.0
Verdicts = list[list[bool | None]]


def main() -> int:
    """Print the tables; return 1 if a verdict differs or a ratio is below `WANTED`."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--reference", type=Path, required=True, help="a checkout of allenai/IFBench")
    arguments.add_argument("--ifeval", type=Path, default=DATA / "ifeval_gpt4.jsonl.gz")
    arguments.add_argument("--ifbench", type=Path, default=DATA / "ifbench_sample.jsonl.gz")
    options = arguments.parse_args()
    files = {"IFEval": options.ifeval, "IFBench": options.ifbench}
    reference = loaded(options.reference)
    good = True
    for name, path in files.items():
        rows = rows_of(path)
        for mode in ("strict", "loose"):
            good &= compared(f"{name} {mode}", rows, mode, reference[mode])
    one, two = (workers(files["IFEval"], count) for count in (1, 2))
    print(f"\n2 processes against 1, IFEval strict: {two / one:.2f} x")
    print(f"first verdict in a fresh process, against the reference's: {first(options.reference):.2f} x as soon")
    return int(not good)


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Return the rows that both sides can decide."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row for row in rows if not row.get("nondet") and not row.get("missing_response")]


def loaded(checkout: Path) -> dict[str, Callable[[list[dict[str, Any]]], Verdicts]]:
    """Return the reference's strict and loose pass over rows, with langdetect seeded."""
    sys.path.insert(0, str(checkout))
    importlib.import_module("langdetect").DetectorFactory.seed = 0
    library = importlib.import_module("evaluation_lib")

    def judged(function: Callable[[Any, Any], Any]) -> Callable[[list[dict[str, Any]]], Verdicts]:
        def run(rows: list[dict[str, Any]]) -> Verdicts:
            verdicts = []
            for row in rows:
                fields = {name: row[name] for name in ("key", "prompt", "instruction_id_list")}
                example = library.InputExample(**fields, kwargs=[dict(given) for given in row["kwargs"]])
                verdicts.append(function(example, {row["prompt"]: row["response"]}).follow_instruction_list)
            return verdicts

        return run

    return {
        "strict": judged(library.test_instruction_following_strict),
        "loose": judged(library.test_instruction_following_loose),
    }


def ours(rows: list[dict[str, Any]], mode: str) -> Verdicts:
    """Return our verdicts, from rows to results."""
    detect_raw.cache_clear()
    read = Registry.installed().row_format("ifeval" if mode == "strict" else "ifeval-loose")
    results = Composer().verify_batch([read(row) for row in rows])
    return [[verdict.passed for verdict in result.verdicts] for result in results]


def compared(title: str, rows: list[dict[str, Any]], mode: str, reference: Callable[..., Verdicts]) -> bool:
    """Print the ratio of the two in turn; return whether verdicts are equal and the ratio is wanted."""
    different = 0
    for row, mine, theirs in zip(rows, ours(rows, mode), reference(rows), strict=True):
        # "#" and "!" are no letters, so the reference draws one: there is nothing to compare with.
        drawn = [not given.get("letter", "a").isalpha() for given in row["kwargs"]]
        pairs = zip(mine, map(bool, theirs), drawn, strict=True)
        different += sum(our != their for our, their, skip in pairs if not skip)
    times: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _ in range(ROUNDS):
        started = time.perf_counter()
        ours(rows, mode)
        middle = time.perf_counter()
        reference(rows)
        times["ours"].append(middle - started)
        times["theirs"].append(time.perf_counter() - middle)
    count = sum(len(row["kwargs"]) for row in rows)
    ratio = statistics.median(b / a for a, b in zip(times["ours"], times["theirs"], strict=True))
    speeds = {name: count / statistics.median(seconds) for name, seconds in times.items()}
    print(
        f"{title:15} {count} verdicts, {different} differ; reference {speeds['theirs']:6.0f}/s, "
        f"ours {speeds['ours']:6.0f}/s: {ratio:.1f} x (at least {WANTED:g} wanted)"
    )
    return different == 0 and ratio >= WANTED


def workers(path: Path, count: int) -> float:
    """Return the strict passes over a file per second of `count` warm processes, each with a share of them."""
    passes = 16
    with multiprocessing.get_context("spawn").Pool(count) as pool:
        pool.starmap(passed_over, [(path, 2)] * count, chunksize=1)  # it reads the file, and warms up
        started = time.perf_counter()
        pool.starmap(passed_over, [(path, passes // count)] * count, chunksize=1)
        return passes / (time.perf_counter() - started)


def passed_over(path: Path, times: int) -> None:
    """Verify a file's rows so many times."""
    rows = kept_rows(path)
    for _ in range(times):
        ours(rows, "strict")


kept_rows = cache(rows_of)


OURS = """
from verif_sdk import verify
assert verify("One. Two.", {"type": "ifeval:length_constraints:number_sentences",
              "num_sentences": 2, "relation": "at least"}).passed
"""
THEIRS = """
from ifbench.instructions_registry import INSTRUCTION_DICT
check = INSTRUCTION_DICT["length_constraints:number_sentences"]("length_constraints:number_sentences")
check.build_description(num_sentences=2, relation="at least")
assert check.check_following("One. Two.")
"""


def first(checkout: Path) -> float:
    """Return how many times sooner our first verdict is there than the reference's, process start included."""
    seconds: dict[str, list[float]] = {OURS: [], THEIRS: []}
    for _ in range(ROUNDS):
        for script, taken in seconds.items():
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", script], check=True, cwd=checkout)
            taken.append(time.perf_counter() - started)
    mine, theirs = (statistics.median(taken) for taken in seconds.values())
    print(f"first verdict after {1000 * mine:.0f} ms, the reference's after {1000 * theirs:.0f} ms")
    return theirs / mine


if __name__ == "__main__":
    raise SystemExit(main())
