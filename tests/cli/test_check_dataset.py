"""`verif check-dataset`: what a training run would trip over, found before it."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from verif_sdk import InvalidSpec
from verif_sdk.cli import app


def run(path: Path, rows: list[Any], *options: str) -> tuple[int, str]:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    done = CliRunner().invoke(app, ["check-dataset", str(path), *options])
    return done.exit_code, done.stdout


def native(*constraints: dict[str, Any]) -> dict[str, Any]:
    return {"id": "a", "prompt": "p", "source": "a column of the trainer's", "constraints": constraints}


WORDS = {"type": "length:words"}
CLASHES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"type": "length:sentences", "exactly": 3}, {"type": "length:sentences", "at_least": 5}),
    ({**WORDS, "at_most": 10}, {**WORDS, "at_least": 11}),
    ({"type": "keywords:include", "keywords": ["Cat", "dog"]}, {"type": "keywords:exclude", "keywords": ["cat"]}),
    (
        {"type": "keywords:exclude", "keywords": ["a"]},
        {"type": "keywords:frequency", "keyword": "a", "exactly": 2},
    ),
    ({"type": "language:is", "language": "de"}, {"type": "language:is", "language": "fr"}),
    ({"type": "casing:upper"}, {"type": "casing:lower"}),
    ({"type": "casing:title"}, {"type": "casing:lower"}),
    ({"type": "position:starts_with", "phrase": "Dear"}, {"type": "position:starts_with", "phrase": "Hello"}),
    ({"type": "position:ends_with", "phrase": "Bye."}, {"type": "position:ends_with", "phrase": "the end"}),
    ({"type": "logic:all_of", "of": [{**WORDS, "at_most": 10}]}, {**WORDS, "at_least": 11}),
    ({"type": "ifeval:change_case:english_capital"}, {"type": "language:is", "language": "de"}),
    (
        {"type": "ifeval:length_constraints:number_words", "num_words": 10, "relation": "less than"},
        {"type": "ifeval:length_constraints:number_words", "num_words": 10, "relation": "at least"},
    ),
    (
        {"type": "ifeval:keywords:existence", "keywords": ["cat"]},
        {"type": "ifeval:keywords:forbidden_words", "forbidden_words": ["cat"]},
    ),
]


@pytest.mark.parametrize("pair", CLASHES, ids=lambda pair: " ".join(one["type"] for one in pair))
def test_constraints_that_contradict_each_other_are_found(tmp_path: Path, pair: Any) -> None:
    if pair[0]["type"].startswith("ifeval:"):
        pytest.importorskip("verif_ifeval", reason="the plugin is not installed")
    code, out = run(tmp_path / "rows", [native(*pair)], "--json")
    (finding,) = map(json.loads, out.splitlines())
    assert code == 1
    assert (finding["line"], finding["id"], finding["kind"]) == (1, "a", "contradiction")
    assert pair[0]["type"] in finding["said"]


def test_what_goes_together_is_left_alone(tmp_path: Path) -> None:
    some = {"type": "keywords:include", "keywords": ["a", "b"], "at_least": 1}
    once = {"type": "keywords:frequency", "exactly": 1}
    rows = [
        native({**WORDS, "at_least": 5}, {**WORDS, "at_most": 5}),
        native(some, {"type": "keywords:exclude", "keywords": ["a"]}),
        native({**once, "keyword": "a"}, {**once, "keyword": "b", "exactly": 2}),
        native({**WORDS, "at_least": 11}),
        native({"type": "casing:title"}, {"type": "casing:upper"}),
        native(
            {"type": "position:starts_with", "phrase": "Dear"},
            {"type": "position:starts_with", "phrase": "dear all"},
        ),
        native(
            {"type": "position:ends_with", "phrase": "all."}, {"type": "position:ends_with", "phrase": "you all"}
        ),
        native(
            {"type": "position:starts_with", "phrase": "a", "scope": "line"},
            {"type": "position:starts_with", "phrase": "b"},
        ),
        native(
            {"type": "keywords:include", "keywords": ["Cat"], "case_sensitive": True},
            {"type": "keywords:exclude", "keywords": ["cat"], "case_sensitive": True},
        ),
        native(
            {"type": "keywords:include", "keywords": ["cat"], "whole_word": False},
            {"type": "keywords:exclude", "keywords": ["cat"]},
        ),
    ]
    assert run(tmp_path / "rows", rows, "--json") == (0, "")


def test_what_cannot_fail_or_stands_there_twice_or_cannot_be_read_is_found(tmp_path: Path) -> None:
    pytest.importorskip("verif_ifeval", reason="the plugin is not installed")
    rows = [
        native({**WORDS, "at_least": 0}),
        native({**WORDS, "at_least": 3}, {**WORDS, "at_least": 3}),
        native({"type": "length:wrods", "at_least": 3}),
        "{",
        native({"type": "ifeval:length_constraints:number_words", "num_words": 0, "relation": "less than"}),
        native({**WORDS, "at_least": 3}),
    ]
    code, out = run(tmp_path / "rows", rows, "--json")
    found = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [(one["line"], one["kind"]) for one in found] == [
        (1, "cannot fail"), (2, "repeated"), (3, "unreadable"), (4, "unreadable"), (5, "contradiction"),
    ]  # fmt: skip
    assert "did you mean 'length:words'" in found[2]["said"]
    code, out = run(tmp_path / "rows", rows)
    assert code == 1
    assert "rows           6" in out
    assert "good           1" in out


def test_an_unreadable_row_is_named_and_an_empty_file_is_a_wrong_call(tmp_path: Path) -> None:
    row = {"id": 7, "constraints": [{"type": "length:wrods"}]}
    _, out = run(tmp_path / "rows", [row], "--json")
    assert json.loads(out)["id"] == "7"
    (tmp_path / "empty").write_text("")
    done = CliRunner().invoke(app, ["check-dataset", str(tmp_path / "empty")])
    assert isinstance(done.exception, InvalidSpec)
    assert "has no rows" in str(done.exception)


def test_rows_of_a_format_need_no_response(tmp_path: Path) -> None:
    pytest.importorskip("verif_ifeval", reason="the plugin is not installed")
    row = {"prompt": "p", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]}
    assert run(tmp_path / "rows", [row], "--rows", "ifeval")[0] == 0
    assert run(tmp_path / "rows", [{**row, "instruction_id_list": ["x"]}], "--rows", "ifeval")[0] == 1


def test_a_gzip_file_that_is_cut_off_is_a_wrong_call(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(b"{}\n" * 99)[:-20])
    command = [sys.executable, "-m", "verif_sdk.cli", "check-dataset", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "is cut off or damaged" in done.stderr) == (2, True)
    assert "Traceback" not in done.stderr


def test_rows_of_another_format_are_told_to_be_that(tmp_path: Path) -> None:
    row = {"key": 1, "prompt": "p", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]}
    code, out = run(tmp_path / "rows", [row], "--json")
    assert code == 1
    assert (
        json.loads(out)["said"] == "a row with 'instruction_id_list' is not a native one; `--rows ifeval` reads it"
    )
