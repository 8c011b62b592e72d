"""The library decides every case of the truth set as its careful reader did (see docs/reference/truth.md)."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from verif_sdk import Registry, verify

FRESH = "fresh_"  # labelled by two further readers; nothing has run on them yet
FILES = sorted(file for file in Path(__file__).parent.glob("*.jsonl") if not file.stem.startswith(FRESH))
CASES = {file.stem: [json.loads(line) for line in file.read_text("utf-8").splitlines()] for file in FILES}
ALL = [case for cases in CASES.values() for case in cases]


def passed(case: dict[str, Any]) -> bool | None:
    return verify(case["response"], case["constraint"]).verdicts[0].passed


@pytest.mark.parametrize("family", CASES)
def test_the_library_decides_as_the_reader_did(family: str) -> None:
    if family == "code" and shutil.which("bwrap") is None:
        pytest.skip("programs need the sandbox")
    off = [
        f"{family}.jsonl:{line}: {case['constraint']} on {case['response']!r} gives {found}: {case['why']}"
        for line, case in enumerate(CASES[family], 1)
        if ((found := passed(case)) == case.get("expected", case["verdict"])) == ("known_wrong" in case)
    ]
    assert not off, "decided otherwise than the file says:\n" + "\n".join(off)


def test_there_are_enough_cases_of_every_type_and_in_other_languages() -> None:
    registry = Registry.installed()
    native = [name for name, owner in registry.owners.items() if owner.startswith("verif-sdk ")]
    hard = [
        name for name in native if ":" in name and name in registry.constraints and not name.startswith("soft:")
    ]
    number = Counter(case["constraint"]["type"] for case in ALL)
    assert len(ALL) >= 1500
    assert not {name: number[name] for name in hard if number[name] < 15}
    assert sum(case.get("language", "en") != "en" for case in ALL) >= 300


def test_every_case_says_why_and_no_case_stands_twice() -> None:
    keys = [json.dumps([case["constraint"], case["response"]], sort_keys=True) for case in ALL]
    assert len(set(keys)) == len(keys)
    assert all(case["why"].strip() for case in ALL)
    assert all("settled" in case for case in ALL if "expected" in case)
