"""The library decides every case of the truth set as its careful reader did (see docs/reference/truth.md)."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from verif_sdk import Registry, verify

FILES = sorted(Path(__file__).parent.glob("*.jsonl"))
LINES = [
    (f"{file.name}:{number}", json.loads(line))
    for file in FILES
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
]
ALL = [case for _, case in LINES]


def family(case: dict[str, Any]) -> str:
    return str(case["constraint"]["type"]).partition(":")[0]


def passed(case: dict[str, Any]) -> bool | None:
    return verify(case["response"], case["constraint"]).verdicts[0].passed


@pytest.mark.parametrize("of", sorted({*map(family, ALL)}))
def test_the_library_decides_as_the_reader_did(of: str) -> None:
    if of == "code" and shutil.which("bwrap") is None:
        pytest.skip("programs need the sandbox")
    off = [
        f"{place}: {case['constraint']} on {case['response']!r} gives {found}: {case['why']}"
        for place, case in LINES
        if family(case) == of
        and ((found := passed(case)) == case.get("expected", case["verdict"])) == ("known_wrong" in case)
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
    assert not {name: number[name] for name in hard if number[name] < 20}
    assert sum(case.get("language", "en") != "en" for case in ALL) >= 300


def test_every_case_says_why_and_no_case_stands_twice() -> None:
    # Two readers, who did not know of each other, may have thought of the same one.
    keys = [
        (place.partition(":")[0], json.dumps([case["constraint"], case["response"]], sort_keys=True))
        for place, case in LINES
    ]
    assert len(set(keys)) == len(keys)
    assert all(case["why"].strip() for case in ALL)
    assert all("settled" in case for case in ALL if "expected" in case)
