"""No control character of a row, a response or an error reaches a terminal, a log or a table."""

from __future__ import annotations

import io
import json
import logging
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from verif_sdk import Case, Composer, verify
from verif_sdk.rewards import RewardConfig, Rollout, Scorer
from verif_sdk.visible import logger, visible, visible_json

EVIL = "a\x1b]0;title\x07\x1b[2J\rb\x00\x7f\x9b2Jc\u202ed\u2066e\u2028f\ng[red]h:warning:"
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
ROWS: list[dict[str, Any]] = [
    {"id": EVIL, "response": "a", "constraints": [{"type": EVIL}]},
    {"id": EVIL, "response": "a", "constraints": [{"type": "length:words", EVIL: 1}]},
    {"id": EVIL, "response": "a", "constraints": [{"type": "keywords:include", "keywords": [EVIL, "\x1b[2J"]}]},
    {"id": EVIL, "response": EVIL, "constraints": [{"type": "length:words", "at_least": 0}], EVIL: 1},
    {"id": EVIL, "response": EVIL, "constraints": [{"type": "format:regex", "pattern": f"({EVIL}"}]},
    {"id": EVIL, "response": EVIL, "constraints": [{"type": "structure:repeats_prompt"}]},
    {"id": EVIL, "response": EVIL, "constraints": [{"type": "length:words", "at_least": 0}]},
]


def verif(*arguments: str) -> str:
    """Return everything that a command prints, to both streams."""
    command = [sys.executable, "-m", "verif_sdk.cli", *arguments]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    assert b"Traceback" not in done.stderr
    return (done.stdout + done.stderr).decode()


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def test_scoring_prints_and_writes_none(rows: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    printed = verif("score", str(rows), "--out", str(out))
    assert r"\x1b" in printed
    assert not OBEYED.search(printed)
    written = out.read_text()
    assert not OBEYED.search(written)
    assert [json.loads(line)["id"] for line in written.splitlines()][2] == EVIL
    assert not OBEYED.search(verif("score", str(rows), "--out", "-", "--json"))


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_checked_data_set_prints_none(rows: Path, options: list[str]) -> None:
    printed = verif("check-dataset", str(rows), *options)
    assert "title" in printed
    assert not OBEYED.search(printed)


@pytest.mark.parametrize("options", [[], ["--json"]])
@pytest.mark.parametrize("row", ROWS[:3])
def test_a_verified_response_prints_none(tmp_path: Path, row: dict[str, Any], options: list[str]) -> None:
    (tmp_path / "constraints").write_text(json.dumps(row["constraints"]))
    printed = verif("verify", "a", "-c", f"@{tmp_path / 'constraints'}", *options)
    assert printed
    assert not OBEYED.search(printed)


def test_a_benchmark_prints_none(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    row = {"key": EVIL, "prompt": EVIL, "response": EVIL, "instruction_id_list": [EVIL], "kwargs": [{}]}
    path.write_text(json.dumps(row) + "\n")
    assert not OBEYED.search(verif("benchmark", "ifeval", str(path)))


def test_a_trainers_log_has_none() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger("verif_sdk").addHandler(handler)
    Scorer(RewardConfig()).score([Rollout("p", EVIL, row) for row in ROWS])
    try:
        raise ValueError(EVIL)
    except ValueError:
        logger("verif_sdk.rewards").exception("a rollout of %s failed", EVIL)
    logging.getLogger("verif_sdk").removeHandler(handler)
    assert r"\x1b" in stream.getvalue()
    assert not OBEYED.search(stream.getvalue())


def test_a_printed_result_has_none() -> None:
    result = Composer().verify(Case.of(**ROWS[2]))
    assert not OBEYED.search(str(result))
    assert not OBEYED.search(repr(verify("a", ROWS[2]["constraints"])))


def test_escapes_can_be_read_and_ordinary_text_is_left_alone() -> None:
    assert visible("a\x1b\n\u202eb") == r"a\x1b\n\u202eb"
    ordinary = "naïve 今天 👩‍👩‍👧 “x” \u00a0 é"
    assert visible(ordinary) == ordinary
    dumped = json.dumps({"a": EVIL}, ensure_ascii=False, indent=2)
    assert json.loads(visible_json(dumped)) == {"a": EVIL}
