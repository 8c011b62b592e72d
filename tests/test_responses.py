"""Responses in a file of their own find their rows, by key or by prompt, and nothing else."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from verif_sdk import Case, InvalidSpec
from verif_sdk.catalogue.length import Words
from verif_sdk.files.responses import Responses, answered, joined


def written(path: Path, rows: list[Any]) -> Path:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize("name", ["r.jsonl", "r.jsonl.gz"])
def test_a_response_is_found_by_key_then_by_prompt_and_several_keep_their_order(tmp_path: Path, name: str) -> None:
    rows = [
        {"key": 1, "response": "one"},
        {"key": "1", "response": "ein zweiter: ä"},
        {"prompt": " Say two. ", "response": "two"},
    ]
    with Responses(written(tmp_path / name, rows)) as responses:
        assert responses.of({"key": 1, "prompt": "x"}) == ["one", "ein zweiter: ä"]
        assert responses.of({"id": "1"}) == ["one", "ein zweiter: ä"]
        assert responses.of({"key": 2, "prompt": "Say two."}) == ["two"]
        assert responses.of({"messages": [{"role": "user", "content": "Say two."}]}) == ["two"]
        assert responses.of({"key": 2, "prompt": "Say three."}) == []


def test_a_row_is_joined_with_each_response_and_one_without_any_has_null(tmp_path: Path) -> None:
    answers = written(tmp_path / "r", [{"key": 1, "response": "a"}, {"key": 1, "response": "b"}])
    lines = [(1, b'{"key": 1, "response": "its own"}'), (2, b'{"key": 2, "response": "its own"}'), (3, b"[")]
    rows = list(joined(lines, answers))
    assert [(number, json.loads(line)["response"]) for number, line in rows[:3]] == [
        (1, "a"),
        (1, "b"),
        (2, None),
    ]
    assert rows[3] == (3, b"[")


def test_a_row_without_a_response_is_named_with_the_file(tmp_path: Path) -> None:
    answers = written(tmp_path / "r.jsonl", [{"key": 1, "response": "a"}])
    read = answered(lambda row: Case(response=str(row["response"]), constraints=[Words(at_least=1)]), answers)
    rows: list[tuple[dict[str, Any], str]] = [
        ({"key": 2, "prompt": "Say B."}, "key '2'"),
        ({"messages": [{"role": "user", "content": " Say B. "}]}, "the prompt 'Say B.'"),
        ({}, "this row, which has neither key nor prompt"),
    ]
    for row, name in rows:
        ((_, line),) = joined([(1, json.dumps(row).encode())], answers)
        with pytest.raises(InvalidSpec) as refused:
            read(json.loads(line))
        assert str(refused.value) == f"{answers} has no response to {name}"
    ((_, line),) = joined([(1, b'{"key": 1}')], answers)
    assert read(json.loads(line)).response == "a"


def test_a_key_that_names_another_prompt_is_an_error(tmp_path: Path) -> None:
    with Responses(written(tmp_path / "r", [{"key": 1, "prompt": "Say A.", "response": "a"}])) as responses:
        assert responses.of({"key": 1, "prompt": "Say A. "}) == ["a"]
        with pytest.raises(InvalidSpec, match=r"'Say A\.', but the row of that key asks 'Say B\.'"):
            responses.of({"key": 1, "prompt": "Say B."})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: not JSON"),
        ('{"key": 1}', "line 2: no text in field 'response'"),
        ('{"response": "a"}', "line 2: neither 'key' nor 'prompt'"),
    ],
)
def test_a_line_that_cannot_be_joined_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text('{"key": 1, "response": "a"}\n' + line + "\n")
    with pytest.raises(InvalidSpec, match=said):
        Responses(path)


def test_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidSpec, match="no file "):
        Responses(tmp_path / "none")
