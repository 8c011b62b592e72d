"""For every test of the repository: the closing report names the tests that ran on a real vLLM engine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# NLTK's data: found where it is installed, else where this repository's neighbour keeps it.
NEIGHBOUR = Path(__file__).resolve().parents[1] / "shared" / "nltk_data"
if NEIGHBOUR.exists():
    os.environ["NLTK_DATA"] = os.pathsep.join(filter(None, [os.environ.get("NLTK_DATA"), str(NEIGHBOUR)]))

OUTCOMES = ("passed", "failed", "skipped")


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
