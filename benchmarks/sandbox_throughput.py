"""Programs per second: warm sandbox, one caller and the whole pool, against a fresh Python per call, in one run.

All workers share the machine with the process that calls them; per core means divided by the cores of
this machine. The program is honest and small, so what is measured is the cost of running one at all.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from verif_sdk.sandbox import command
from verif_sdk.sandbox.pool import Pool

SOURCE = """\
import re

LEAST = 3


def check_following(instruction, response):
    return len(re.findall(r"\\w+", response)) >= LEAST
"""
RESPONSE = "A response of ordinary length, with a few sentences in it. " * 20
ROUNDS, WARM, FRESH = 5, 600, 20
WANTED = 500  # programs per second and core


def one_caller(pool: Pool) -> float:
    """Return programs per second when they are run one after the other."""
    started = time.perf_counter()
    for _ in range(WARM):
        assert pool.run(SOURCE, "", RESPONSE)
    return WARM / (time.perf_counter() - started)


def many_callers(pool: Pool, threads: int) -> float:
    """Return programs per second of `threads` callers."""
    with ThreadPoolExecutor(threads) as callers:
        started = time.perf_counter()
        assert all(callers.map(lambda _: pool.run(SOURCE, "", RESPONSE), range(WARM)))
        return WARM / (time.perf_counter() - started)


def fresh() -> float:
    """Return programs per second with a new, unprotected Python for each: what the sandbox is compared with."""
    code = f"{SOURCE}\nraise SystemExit(not check_following('', {RESPONSE!r}))"
    started = time.perf_counter()
    for _ in range(FRESH):
        subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)
    return FRESH / (time.perf_counter() - started)


def main() -> int:
    """Print the table and return 1 if the pool runs fewer than `WANTED` programs per second and core."""
    cores = len(os.sched_getaffinity(0))
    pool = Pool(command.sealed, size=cores)
    many_callers(pool, cores)  # every worker started
    rates: dict[str, list[float]] = {
        "sandbox, one caller": [],
        f"sandbox, {cores} callers": [],
        "fresh Python": [],
    }
    for _ in range(ROUNDS):
        for rate, measured in zip(
            rates.values(), (one_caller(pool), many_callers(pool, cores), fresh()), strict=True
        ):
            rate.append(measured)
    pool.close()
    print(f"median of {ROUNDS} rounds in turn, {cores} cores")
    medians = [statistics.median(rate) for rate in rates.values()]
    for name, median in zip(rates, medians, strict=True):
        print(f"  {name:20} {median:7.0f} programs/s  {median / medians[-1]:5.1f} x")
    print(f"  {medians[1] / cores:.0f} programs/s and core with the pool (at least {WANTED} wanted)")
    return int(medians[1] / cores < WANTED)


if __name__ == "__main__":
    raise SystemExit(main())
