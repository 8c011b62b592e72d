"""For every test of the repository: what it needs; and a report of those that ran on a real vLLM engine."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

# NLTK's data: found where it is installed, else where this repository's neighbour keeps it.
NEIGHBOUR = Path(__file__).resolve().parents[1] / "shared" / "nltk_data"
if NEIGHBOUR.exists():
    os.environ["NLTK_DATA"] = os.pathsep.join(filter(None, [os.environ.get("NLTK_DATA"), str(NEIGHBOUR)]))

# A shell that starts the tests in the background has them, and the commands that they start, ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)

if find_spec("hypothesis"):
    from hypothesis import settings

    settings.register_profile("unhurried", deadline=None)  # an example may take long on a loaded machine
    settings.load_profile("unhurried")

# A module of each extra that a type or a judge may ask for, and of the plugin that data may name.
BROUGHT_BY = {
    "verif-sdk[data]": ("yaml", "jsonschema"),
    "verif-sdk[http]": ("aiohttp",),
    "verif-sdk[hf]": ("torch", "transformers"),
    "verif-sdk[vllm]": ("vllm",),
    "verif-ifeval": ("verif_ifeval",),
}
WAY = re.compile(r"pip install '?([\w-]+(?:\[\w+\])?)")

OUTCOMES = ("passed", "failed", "skipped")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Skip a test where the library rightly says that an extra is not installed."""
    try:
        yield
    except Exception as error:
        way = WAY.search(str(error))
        modules = BROUGHT_BY.get(way[1], ()) if way else ()
        if way and any(find_spec(module) is None for module in modules):
            pytest.skip(way[0])
        raise


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    by_outcome = {
        outcome: {
            report.nodeid
            for report in terminalreporter.getreports("error" if outcome == "failed" else outcome)
            + (terminalreporter.getreports("failed") if outcome == "failed" else [])
            if "vllm" in getattr(report, "keywords", ())  # a file that failed to collect has none
        }
        for outcome in OUTCOMES
    }
    if not any(by_outcome.values()):
        return
    terminalreporter.section("tests on a real vLLM engine")
    for outcome, names in by_outcome.items():
        for name in sorted(names):
            terminalreporter.write_line(f"{outcome} {name}")
    counts = ", ".join(f"{len(names)} {outcome}" for outcome, names in by_outcome.items())
    terminalreporter.write_line(f"real vLLM engine: {counts}")
