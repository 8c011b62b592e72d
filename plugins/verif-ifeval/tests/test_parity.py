"""The verdicts of the reference code on real responses, strict and loose; the data is not part of the project."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from verif_sdk import Composer, Registry

SHARED = Path(__file__).resolve().parents[4] / "shared"
FILE = SHARED / "data" / "ifeval_gpt4.jsonl.gz"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the reference's verdicts are not here")


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    os.environ.setdefault("NLTK_DATA", str(SHARED / "nltk_data"))
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.mark.parametrize("mode", ["strict", "loose"])
def test_every_verdict_is_the_references(rows: list[dict[str, Any]], mode: str) -> None:
    read = Registry.installed().row_format("ifeval" if mode == "strict" else "ifeval-loose")
    compared = 0
    for row in rows:
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
    assert compared > 800
