"""Where our tables or langdetect's release are not those that were tested, languages stay langdetect's."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from verif_sdk.language import agreement, profiles

TEXTS = ["The weather is nice today.", "go mode kind normal", "pain bank en most", "niño मैं час", "在 the вода là"]
PROGRAM = """
import json, sys, warnings
from pathlib import Path
from verif_sdk.language import agreement, detect_raw, profiles
profiles._FOLDER = Path(sys.argv[1])
agreement.version = lambda _: sys.argv[2]
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    answers = [detect_raw(text) for text in json.loads(sys.argv[3])]
told = [str(warning.message) for warning in caught]
print(json.dumps([answers, told, agreement._langdetect.cache_info().currsize]))
"""


def detected(folder: Path, release: str = agreement.TESTED) -> tuple[list[str | None], list[str], int]:
    """Return what a fresh process answers, what it warns of, and how often it loaded langdetect's profiles."""
    command = [sys.executable, "-c", PROGRAM, str(folder), release, json.dumps(TEXTS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    answers, warnings, loaded = json.loads(done.stdout)
    return answers, warnings, loaded


def halved(header: dict[str, Any]) -> None:
    totals = header["totals"]
    place = header["languages"].index("pt")
    totals[place] = [total // 2 for total in totals[place]]


def renamed(header: dict[str, Any]) -> None:
    header["languages"].reverse()


def shifted(header: dict[str, Any]) -> None:
    first, *rest = header["ngrams"].split("\n")
    header["ngrams"] = "\n".join([*rest, first])


@pytest.mark.parametrize(
    ("broken", "change"), [("ascii", halved), ("ascii", renamed), ("ascii", shifted), ("other", shifted)]
)
def test_a_broken_table_is_told_and_langdetect_answers(
    tmp_path: Path, broken: str, change: Callable[[dict[str, Any]], None]
) -> None:
    folder = tmp_path / "frequencies"
    shutil.copytree(profiles._FOLDER, folder)
    file = folder / f"{broken}.z"
    line, _, numbers = zlib.decompress(file.read_bytes()).partition(b"\n")
    header = json.loads(line)
    change(header)
    file.write_bytes(zlib.compress(json.dumps(header).encode() + b"\n" + numbers))

    answers, warnings, _ = detected(folder)
    assert answers == [agreement.original(text) for text in TEXTS]
    assert len(warnings) == 1
    assert "langdetect itself decides languages in this process" in warnings[0]


def test_the_tested_release_is_not_loaded_and_another_that_answers_alike_is_not_told_of() -> None:
    expected = [agreement.original(text) for text in TEXTS]
    assert detected(profiles._FOLDER) == (expected, [], 0)
    assert detected(profiles._FOLDER, "1.0.10") == (expected, [], 1)


def test_the_answers_that_are_kept_are_those_of_the_installed_langdetect() -> None:
    for text, answer in {**agreement.ASCII, **agreement.OTHER}.items():
        assert agreement.original(text) == answer
