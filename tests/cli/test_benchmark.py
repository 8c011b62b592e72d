"""`verif benchmark`: figures that can be counted by hand, and the published ones where their data is."""

from __future__ import annotations

import json
from math import sqrt
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from verif_sdk import InvalidSpec
from verif_sdk.cli import app

pytest.importorskip("verif_ifeval", reason="the plugin is not installed")

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


def counted(share: dict[str, Any]) -> tuple[float, int, int]:
    return share["accuracy"], share["passed"], share["of"]


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
    assert counted(facts["strict"]["prompts"]) == (0.25, 1, 4)
    assert counted(facts["loose"]["prompts"]) == (0.5, 2, 4)
    assert counted(facts["strict"]["instructions"]) == (0.5, 3, 6)
    assert counted(facts["strict"]["types"][f"ifeval:{QUOTES}"]) == (0.5, 1, 2)
    assert counted(facts["loose"]["groups"]["ifeval:punctuation"]) == (0.75, 3, 4)


def test_several_responses_give_pass_at_k_and_all_of_k(tmp_path: Path) -> None:
    said = {1: ["a", "b", ",", ","], 2: [",", ",", ",", "a"], 3: ["a"]}
    responses = [{"key": key, "response": text} for key, texts in said.items() for text in texts]
    rows = written(tmp_path / "rows", [row(key, COMMA) for key in said])
    code, out = run("ifeval", rows, "--responses", written(tmp_path / "responses", responses), "--json")
    facts = json.loads(out)
    assert (code, facts["rows"]) == (0, 9)
    strict = facts["strict"]
    assert counted(strict["prompts"]) == (4 / 9, 4, 9)
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
    assert counted(facts["strict"]["prompts"]) == (1.0, 2, 2)
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
    assert [lines[line].split()[place] for line in (1, 2) for place in (1, 4)] == figures


def test_the_standard_error_of_independent_prompts_is_the_binomial_one(tmp_path: Path) -> None:
    rows = [row(n, COMMA, response="a" if n % 4 else "a,") for n in range(20)]
    facts = json.loads(run("ifeval", written(tmp_path / "rows", rows), "--json")[1])
    assert facts["strict"]["prompts"]["standard_error"] == pytest.approx(sqrt(0.75 * 0.25 / 19))


def test_the_standard_error_takes_instructions_of_one_prompt_together(tmp_path: Path) -> None:
    once = [row(n, COMMA, response="a" if n % 2 else "a,") for n in range(10)]
    twice = [row(n, COMMA, COMMA, response="a" if n % 2 else "a,") for n in range(10)]
    errors = [
        json.loads(run("ifeval", written(tmp_path / "rows", rows), "--json")[1])["strict"]["instructions"]
        for rows in (once, twice)
    ]
    assert errors[0]["standard_error"] == pytest.approx(errors[1]["standard_error"])
    alone = json.loads(run("ifeval", written(tmp_path / "rows", once[:1]), "--json")[1])
    assert alone["strict"]["prompts"]["standard_error"] is None


def test_out_has_each_row_with_its_verdicts_strict_and_loose(tmp_path: Path) -> None:
    rows = [row(1, COMMA, response="Well, yes:\na"), row(2, "no:such", response="a"), row(3, COMMA)]
    out = tmp_path / "new" / "out.jsonl"
    code, _ = run("ifeval", written(tmp_path / "rows", rows), "--out", out)
    first, last = map(json.loads, out.read_text().splitlines())
    assert code == 3
    assert (first["line"], first["id"], first["prompt"], first["response"]) == (1, "1", "p1", "Well, yes:\na")
    assert (first["strict"]["passed"], first["loose"]["passed"]) == (False, True)
    assert first["strict"]["verdicts"] == [
        {
            "type": f"ifeval:{COMMA}",
            "passed": False,
            "reason": "comma at character 5, asked for none",
            "error": None,
        }
    ]
    assert first["loose"]["verdicts"][0]["reason"] == "without the first line: no comma"
    assert (last["line"], last["strict"]["passed"]) == (3, False)


def test_out_overwrites_nothing(tmp_path: Path) -> None:
    rows = written(tmp_path / "rows", [row(1, COMMA, response="a")])
    before = rows.read_bytes()
    for out, words in ((rows, "exists already"), (tmp_path, "exists already"), (rows / "x", "cannot be written")):
        done = CliRunner().invoke(app, ["benchmark", "ifeval", str(rows), "--out", str(out)])
        assert isinstance(done.exception, InvalidSpec)
        assert words in str(done.exception)
    assert rows.read_bytes() == before


def test_limit_takes_the_first_rows(tmp_path: Path) -> None:
    rows = written(tmp_path / "rows", [row(n, COMMA, response="a") for n in range(300)])
    assert json.loads(run("ifeval", rows, "--limit", "7", "--json")[1])["rows"] == 7
    assert json.loads(run("ifeval", rows, "--limit", "200", "--json")[1])["rows"] == 200


def test_markdown_has_the_figures_of_the_table(tmp_path: Path) -> None:
    rows = written(tmp_path / "rows", [row(n, COMMA, response="a" if n else ",") for n in range(4)])
    lines = run("ifeval", rows, "--markdown")[1].splitlines()
    assert lines[:4] == [
        "| accuracy, % | strict | loose | of |",
        "| --- | ---: | ---: | ---: |",
        "| **prompts** | 75.00 ± 25.00 | 75.00 ± 25.00 | 4 |",
        "| **instructions** | 75.00 ± 25.00 | 75.00 ± 25.00 | 4 |",
    ]
    assert "| &nbsp;&nbsp;`no_comma` | 75.00 ± 25.00 | 75.00 ± 25.00 | 4 |" in lines
    assert lines[-1] == "4 rows, 0 without a response (counted as failed)"


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["benchmark", "ifeval", str(written(tmp_path / "rows", []))])
    assert "holds no rows" in str(done.exception)
