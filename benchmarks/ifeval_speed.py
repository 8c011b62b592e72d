"""Verdicts per second of `verif-ifeval` against the reference package, on responses that neither has seen.

    python benchmarks/ifeval_speed.py --reference PATH [--ifeval ROWS] [--ifbench ROWS] [--rows 9120] [--rounds 3]

PATH is a checkout of github.com/allenai/IFBench, which holds the checkers of IFEval and of IFBench; it needs
absl-py, immutabledict, emoji, syllapy, nltk and langdetect. Rows have `key`, `prompt`, `response`,
`instruction_id_list` and `kwargs`; those whose parameters the reference draws at random (`nondet`), and those
without a response, are left out. The words of each line are shuffled, anew in each pass over the file, so that
no row comes twice and no cache of whole texts helps; both sides get the same rows.

Each measurement is a process of its own, ours and the reference's in turn, several times; time is the processor's,
so that other programs disturb it less. `cold` is all of it, from the first import to the last verdict; `in stride`
is the second half of the rows. The byte code of both sides is there, as in an installed package: a run that does
not count writes it. Verdicts are compared row by row.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
ROUNDS = 3
WINDOW = 128
Rows = list[dict[str, Any]]
Verdicts = list[list[bool | None]]


def main() -> int:
    """Print the table; return 1 if a verdict differs."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--reference", type=Path, required=True, help="a checkout of allenai/IFBench")
    arguments.add_argument("--ifeval", type=Path, default=DATA / "ifeval_gpt4.jsonl.gz")
    arguments.add_argument("--ifbench", type=Path, default=DATA / "ifbench_sample.jsonl.gz")
    arguments.add_argument("--rows", type=int, default=9120, help="rows per measurement")
    arguments.add_argument("--rounds", type=int, default=3, help="measurements of each side")
    arguments.add_argument("--measure", help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.measure:
        print(json.dumps(measured(options.measure, options.reference, options.ifeval)))
        return 0
    equal = True
    with tempfile.TemporaryDirectory() as folder:
        keep_byte_code(Path(folder, "byte code"))
        for name, source in (("IFEval", options.ifeval), ("IFBench", options.ifbench)):
            path = Path(folder, f"{name}.jsonl")
            path.write_text(
                "".join(json.dumps(row) + "\n" for row in islice(fresh(rows_of(source)), options.rows))
            )
            for mode in ("strict", "loose"):
                equal &= compared(f"{name} {mode}", path, mode, options.reference, options.rounds)
        print(f"2 processes against 1, IFEval strict: {workers(options.ifeval):.2f} x")
        sooner = first(options.reference)
        print(f"first verdict in a fresh process, against the reference's: {sooner:.2f} x as soon")
    return int(not equal)


def keep_byte_code(folder: Path) -> None:
    """Have the processes that start from now on keep their byte code in a folder, and read it there."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder)


def rows_of(path: Path) -> Rows:
    """Return the rows that both sides can decide."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row for row in rows if not row.get("nondet") and not row.get("missing_response")]


def fresh(rows: Rows) -> Iterator[dict[str, Any]]:
    """Yield the rows again and again, each time with the inner words of every line in another order."""
    drawn = random.Random(0)
    while True:
        for row in rows:
            lines = [shuffled(line, drawn) for line in row["response"].split("\n")]
            yield {**row, "response": "\n".join(lines)}


def shuffled(line: str, drawn: random.Random) -> str:
    """Return a line with its words in another order, but for the first and the last, which checkers look at."""
    first_word, *inner, last = line.split(" ") if line.count(" ") > 2 else (line, "")
    drawn.shuffle(inner)
    return " ".join([first_word, *inner, last]) if inner else line


def measured(what: str, reference: Path, path: Path) -> dict[str, Any]:
    """Return seconds, cold and in the second half, and the verdicts; run in a fresh process."""
    side, mode = what.split()
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    half = len(rows) // 2
    started = time.process_time()
    judged = ours(mode) if side == "ours" else theirs(reference, mode)
    verdicts = judged(rows[:half])
    middle = time.process_time()
    verdicts += judged(rows[half:])
    ended = time.process_time()
    return {"cold": ended - started, "stride": ended - middle, "verdicts": verdicts}


def ours(mode: str) -> Callable[[Rows], Verdicts]:
    """Return our pass over rows, imports included."""
    from verif_sdk import Composer, Registry

    read, composer = Registry.installed().row_format("ifeval", mode), Composer()

    def run(rows: Rows) -> Verdicts:
        results = []
        for place in range(0, len(rows), WINDOW):
            results += composer.verify_batch([read(row) for row in rows[place : place + WINDOW]])
        return [[verdict.passed for verdict in result.verdicts] for result in results]

    return run


def theirs(checkout: Path, mode: str) -> Callable[[Rows], Verdicts]:
    """Return the reference's pass over rows, imports included, with langdetect seeded."""
    sys.path.insert(0, str(checkout))
    importlib.import_module("langdetect").DetectorFactory.seed = 0
    library = importlib.import_module("evaluation_lib")
    follows = getattr(library, f"test_instruction_following_{mode}")

    def run(rows: Rows) -> Verdicts:
        verdicts = []
        for row in rows:
            fields = {name: row[name] for name in ("key", "prompt", "instruction_id_list")}
            example = library.InputExample(**fields, kwargs=[dict(given) for given in row["kwargs"]])
            verdicts.append(follows(example, {row["prompt"]: row["response"]}).follow_instruction_list)
        return verdicts

    return run


def compared(title: str, path: Path, mode: str, reference: Path, rounds: int) -> bool:
    """Print how many times as fast we are, cold and in stride; return whether the verdicts are equal."""
    taken: dict[str, list[dict[str, Any]]] = {"ours": [], "theirs": []}
    for _ in range(rounds + 1):
        for side, measurements in taken.items():
            command = [sys.executable, __file__, "--reference", reference, "--ifeval", path]
            done = subprocess.run(
                [*map(str, command), "--measure", f"{side} {mode}"], check=True, stdout=subprocess.PIPE
            )
            measurements.append(json.loads(done.stdout.splitlines()[-1]))
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    different = sum(map(differing, rows, taken["ours"][0]["verdicts"], taken["theirs"][0]["verdicts"]))
    pairs = [*zip(taken["ours"], taken["theirs"], strict=True)][1:]
    ratios = {
        when: statistics.median(theirs[when] / ours[when] for ours, theirs in pairs) for when in ("cold", "stride")
    }
    count = sum(len(row["kwargs"]) for row in rows)
    print(
        f"{title:15} {len(rows)} rows, {count} verdicts, {different} differ; "
        f"cold {ratios['cold']:.1f} x, in stride {ratios['stride']:.1f} x",
        flush=True,
    )
    return different == 0


def differing(row: dict[str, Any], mine: list[bool | None], reference: list[bool | None]) -> int:
    """Return how many verdicts differ; "#" and "!" are not letters, so the reference draws one to count."""
    drawn = [not given.get("letter", "a").isalpha() for given in row["kwargs"]]
    pairs = zip(mine, map(bool, reference), drawn, strict=True)
    return sum(our != their for our, their, skip in pairs if not skip)


def workers(path: Path) -> float:
    """Return how many times as many rows per second two warm processes verify as one."""
    speeds = []
    for count in (1, 2):
        with multiprocessing.get_context("spawn").Pool(count) as pool:
            pool.starmap(passed_over, [(path, 0, 2)] * count, chunksize=1)  # warms up
            started = time.perf_counter()
            pool.starmap(passed_over, [(path, 2, 16 // count)] * count, chunksize=1)
            speeds.append(16 / (time.perf_counter() - started))
    return speeds[1] / speeds[0]


def passed_over(path: Path, skipped: int, times: int) -> None:
    """Verify so many passes over a file's rows, after those that are skipped."""
    rows = rows_of(path)
    passes = islice(fresh(rows), skipped * len(rows), (skipped + times) * len(rows))
    ours("strict")(list(passes))


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
    for _ in range(ROUNDS + 1):
        for script, taken in seconds.items():
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", script], check=True, cwd=checkout, stderr=subprocess.DEVNULL)
            taken.append(time.perf_counter() - started)
    mine, theirs = (statistics.median(taken[1:]) for taken in seconds.values())
    print(f"first verdict after {1000 * mine:.0f} ms, the reference's after {1000 * theirs:.0f} ms")
    return theirs / mine


if __name__ == "__main__":
    raise SystemExit(main())
