"""The verdicts of the reference code on real responses, strict and loose; the data is not part of the project."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from verif_sdk import Composer, Registry

SHARED = Path(__file__).resolve().parents[4] / "shared"
FILES = {"ifeval_gpt4": 800, "ifbench_sample": 330, "iftrain_cases": 290}
"""Each file with the number of verdicts that it has at least."""
pytestmark = pytest.mark.skipif(not (SHARED / "data").exists(), reason="the reference's verdicts are not here")


def rows_of(name: str) -> list[dict[str, Any]]:
    with gzip.open(SHARED / "data" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.mark.parametrize("mode", ["strict", "loose"])
@pytest.mark.parametrize("name", FILES)
def test_every_verdict_is_the_references(name: str, mode: str) -> None:
    read = Registry.installed().row_format("ifeval" if mode == "strict" else "ifeval-loose")
    compared = 0
    for row in rows_of(name):
        if row.get("missing_response"):
            continue
        drawn = set(row.get("nondet", []))
        kept = [
            place for place in range(len(row["kwargs"])) if place not in drawn and row[mode][place] is not None
        ]
        if not kept:
            continue
        fields = {name: [row[name][place] for place in kept] for name in ("instruction_id_list", "kwargs")}
        verdicts = Composer().verify(read({**row, **fields})).verdicts
        assert [verdict.passed for verdict in verdicts] == [row[mode][place] for place in kept], row["key"]
        compared += len(kept)
    assert compared >= FILES[name]
