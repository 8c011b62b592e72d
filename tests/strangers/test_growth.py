"""No type takes time that grows with the square of the response; benchmarks/cost_growth.py tries more texts."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from verif_sdk import Registry

FILE = Path(__file__).resolve().parents[2] / "benchmarks" / "cost_growth.py"
TEXTS = (
    "newlines", "newline space", "spaces", "ascii [", "ascii <", "half flags",
    "table rules", "open fence and spaces",
)  # fmt: skip


def benchmark() -> Any:
    spec = importlib.util.spec_from_file_location("cost_growth", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("family", sorted({name.partition(":")[0] for name in Registry.installed().constraints}))
def test_time_grows_no_faster_than_the_response(family: str) -> None:
    measure = benchmark()
    names = [name for name in Registry.installed().constraints if name.startswith(f"{family}:")]
    for name in names:
        for constraint in measure.constraints(name) if name != "code:python" else ():
            for text in TEXTS:
                found = measure.growth(constraint, text, [1500, 15_000])
                assert found.exponent < 1.6, found
