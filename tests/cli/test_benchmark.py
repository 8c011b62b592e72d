"""`verif benchmark`: figures that can be counted by hand, and the published ones where their data is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from verif_sdk.cli import app

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
COMMA, QUOTES = "punctuation:no_comma", "startend:quotation"


def run(*arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["benchmark", *map(str, arguments)])
    return done.exit_code, done.stdout


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def row(key: int, *ids: str, **fields: Any) -> dict[str, Any]:
    return {"key": key, "prompt": f"p{key}", "instruction_id_list": ids, "kwargs": [{} for _ in ids], **fields}


def test_prompts_instructions_groups_and_missing_responses_are_counted(tmp_path: Path) -> None:
    rows = [
        row(1, COMMA, QUOTES, response='"a"'),
        row(2, COMMA, QUOTES, response="a"),
        row(3, COMMA, response="Well, here:\na"),
        row(4, COMMA),
    ]
    code, out = run("ifeval", written(tmp_path / "rows", rows), "--json")
    facts = json.loads(out)
    assert (code, facts["rows"], facts["missing"]) == (0, 4, 1)
    assert facts["strict"]["prompts"] == {"accuracy": 0.25, "passed": 1, "of": 4}
    assert facts["loose"]["prompts"] == {"accuracy": 0.5, "passed": 2, "of": 4}
    assert facts["strict"]["instructions"] == {"accuracy": 0.5, "passed": 3, "of": 6}
    assert facts["strict"]["types"][f"ifeval:{QUOTES}"] == {"accuracy": 0.5, "passed": 1, "of": 2}
    assert facts["loose"]["groups"]["ifeval:punctuation"] == {"accuracy": 0.75, "passed": 3, "of": 4}


def test_several_responses_give_pass_at_k_and_all_of_k(tmp_path: Path) -> None:
    said = {1: ["a", "b", ",", ","], 2: [",", ",", ",", "a"], 3: ["a"]}
    responses = [{"key": key, "response": text} for key, texts in said.items() for text in texts]
    rows = written(tmp_path / "rows", [row(key, COMMA) for key in said])
    code, out = run("ifeval", rows, "--responses", written(tmp_path / "responses", responses), "--json")
    facts = json.loads(out)
    assert (code, facts["rows"]) == (0, 9)
    strict = facts["strict"]
    assert strict["prompts"] == {"accuracy": 4 / 9, "passed": 4, "of": 9}
    assert strict["pass_at"] == pytest.approx({"1": (1 / 2 + 1 / 4 + 1) / 3, "2": (5 / 6 + 1 / 2) / 2, "4": 1.0})
    assert strict["all_of"] == pytest.approx({"1": (1 / 2 + 1 / 4 + 1) / 3, "2": (1 / 6 + 0) / 2, "4": 0.0})


def test_undecided_verdicts_and_bad_rows_count_nowhere_and_are_told(tmp_path: Path) -> None:
    open_letter = {"letter": "a", "let_frequency": 0, "let_relation": "at least"}
    broken = row(2, "keywords:existence", response="a") | {"kwargs": [{"keywords": ["("]}]}
    rows = [row(1, COMMA, response="a"), broken, row(3, "no:such", response="a")]
    rows.append(row(4, "keywords:letter_frequency", response="a") | {"kwargs": [open_letter]})
    code, out = run("ifeval", written(tmp_path / "rows", rows), "--json")
    facts = json.loads(out)
    assert code == 3
    assert facts["strict"]["undecided"] == 1
    assert facts["strict"]["prompts"] == {"accuracy": 1.0, "passed": 2, "of": 2}
    assert len(facts["bad"]) == 1
    assert facts["bad"][0].startswith("line 3: ")


def test_a_format_without_a_loose_mode_has_strict_figures_alone(tmp_path: Path) -> None:
    rows = [{"response": "one two", "constraints": [{"type": "length:words", "at_least": 2}]}]
    code, out = run("native", written(tmp_path / "rows", rows), "--json")
    assert code == 0
    assert "loose" not in json.loads(out)
    assert "length" in run("native", tmp_path / "rows")[1]


@pytest.mark.skipif(not DATA.exists(), reason="the reference's responses are not here")
@pytest.mark.parametrize(
    ("name", "file", "figures"),
    [
        ("ifeval", "ifeval_gpt4", ["77.26", "79.85", "83.81", "85.73"]),
        ("ifbench", "ifbench_sample", ["25.33", "28.67", "26.74", "31.10"]),
    ],
)
def test_the_reference_figures_come_out_to_the_last_digit(name: str, file: str, figures: list[str]) -> None:
    code, out = run(name, DATA / f"{file}.jsonl.gz")
    lines = out.splitlines()
    assert code == 0
    assert [*lines[1].split()[1:3], *lines[2].split()[1:3]] == figures
