"""`verif score`: streamed, in order, resumed to the byte, bad rows reported."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.run_score import read, rows, score, written


def test_every_row_gets_its_reward_and_verdicts_in_order(tmp_path: Path) -> None:
    done = score(rows(tmp_path / "in.jsonl", 300), "--out", tmp_path / "out.jsonl")
    scored = read(tmp_path / "out.jsonl")
    assert done.returncode == 0
    assert [row["id"] for row in scored] == [f"row-{n}" for n in range(300)]
    assert scored[0]["reward"] == 0.0
    assert scored[1]["reward"] == 1.0
    assert list(scored[1]) == ["line", "id", "reward", "passed", "verdicts", "usage"]
    verdict = scored[1]["verdicts"][0]
    assert verdict.pop("decided_by").startswith("verif-sdk ")
    reason = "14 words; at least 3 words wanted"
    assert verdict == {
        "type": "length:words",
        "passed": True,
        "score": 1.0,
        "hard": True,
        "weight": 1.0,
        "reason": reason,
        "error": None,
    }
    assert b"mean reward" in done.stderr


def test_bad_rows_are_named_by_line_and_do_not_stop_the_rest(tmp_path: Path) -> None:
    good = {"response": "one two three", "constraints": [{"type": "length:words", "at_least": 3}]}
    undecided = {"response": "x", "constraints": [{"type": "structure:repeats_prompt"}]}
    lines = [json.dumps(good), "{oops", "", json.dumps({**good, "respons": 1}), "[1]", json.dumps(undecided)]
    source = tmp_path / "in.jsonl"
    source.write_bytes("\n".join([*lines, ""]).encode() + b"\xff\xfe\n")
    done = score(source, "--out", tmp_path / "out.jsonl")
    scored = read(tmp_path / "out.jsonl")
    assert done.returncode == 3
    assert [row["reward"] for row in scored] == [1.0, None, None, None, None, None]
    errors = [row.get("error", "") for row in scored]
    assert errors[1].startswith("line 2: not JSON")
    assert errors[2] == "line 4: unknown field 'respons', did you mean 'response'?"
    assert errors[3] == "line 5: a row is a JSON object, got an array"
    assert scored[4]["verdicts"][0]["passed"] is None
    assert errors[5] == "line 7: not UTF-8, at byte 3 of the line"


def test_other_options_do_not_mix_into_an_earlier_output(tmp_path: Path) -> None:
    source = rows(tmp_path / "in.jsonl", 5)
    score(source, "--out", tmp_path / "out.jsonl")
    done = score(source, "--out", tmp_path / "out.jsonl", "--aggregate", "mean")
    assert done.returncode == 2
    assert b"was written with aggregate 'verif' instead of 'mean'; take --fresh" in done.stderr
    assert score(source, "--out", tmp_path / "out.jsonl", "--aggregate", "mean", "--fresh").returncode == 0


def test_gzip_standard_input_and_standard_output_work(tmp_path: Path) -> None:
    plain = rows(tmp_path / "in.jsonl", 20)
    packed = tmp_path / "in.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    from_gzip = score(packed, "--out", "-")
    from_stdin = score("-", "--out", "-", stdin=plain.read_bytes())
    assert len(from_gzip.stdout.splitlines()) == 20
    assert from_gzip.stdout == from_stdin.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.jsonl"], b"verif: no file 'nowhere.jsonl'"),
        (["in.jsonl", "--rows", "natve"], b"verif: unknown row format 'natve'; did you mean 'native'?"),
        (["in.jsonl", "--aggregate", "meen"], b"verif: unknown aggregator 'meen'; did you mean 'mean'?"),
    ],
)
def test_a_wrong_call_is_one_line(tmp_path: Path, arguments: list[str], sentence: bytes) -> None:
    done = score(*arguments, "--out", tmp_path / "out.jsonl")
    assert (done.returncode, done.stderr.strip()) == (2, sentence)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    code = (
        "import resource, sys\nfrom verif_sdk.cli import main\n"
        "sys.argv = ['verif', 'score', sys.argv[1], '--out', sys.argv[2]]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )

    def peak(count: int) -> int:
        source, out = rows(tmp_path / f"{count}.jsonl", count), tmp_path / f"{count}.out"
        command = [sys.executable, "-c", code, str(source), str(out)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
        return int(done.stdout.splitlines()[-1])

    small, large = peak(500), peak(10_000)
    assert large < small * 1.25 + 20_000  # kilobytes


def test_rows_carry_what_one_looks_at_failures_with(tmp_path: Path) -> None:
    no_you = {"type": "keywords:exclude", "keywords": ["you"], "weight": 2}
    either = {"type": "logic:any_of", "of": [no_you, {"type": "length:words", "at_most": 1}]}
    row = {
        "id": 7,
        "prompt": "Say hi.",
        "response": "Hi, you.",
        "constraints": [no_you, either],
        "metadata": {"a": 1},
    }
    source = written(tmp_path / "in.jsonl", [row, "{oops", {"response": "x"}])
    done = score(source, "--out", tmp_path / "out.jsonl", "--keep-text", "--keep", "metadata")
    first, second, third = read(tmp_path / "out.jsonl")
    assert done.returncode == 3
    assert (first["line"], first["id"], first["prompt"], first["response"]) == (1, "7", "Say hi.", "Hi, you.")
    assert first["metadata"] == {"a": 1}
    exclude, any_of = first["verdicts"]
    assert (exclude["evidence"], exclude["weight"], exclude["hard"]) == ([[4, 7]], 2.0, True)
    assert [part["type"] for part in any_of["parts"]] == ["keywords:exclude", "length:words"]
    assert (second["line"], second["id"], third["line"], third["response"]) == (2, None, 3, "x")
    assert score(source, "--out", tmp_path / "o", "--keep", "reward").returncode == 2


def test_a_line_number_is_never_taken_for_an_id_and_repeated_ids_are_told(tmp_path: Path) -> None:
    ok = {"response": "a b", "constraints": [{"type": "length:words", "at_most": 3}]}
    given = ["{oops", {**ok, "id": "1"}, ok, {**ok, "id": 1}, {**ok, "id": True}]
    done = score(written(tmp_path / "in.jsonl", given), "--out", tmp_path / "out.jsonl", "--json")
    assert [row["id"] for row in read(tmp_path / "out.jsonl")] == [None, "1", None, "1", "True"]
    assert json.loads(done.stdout)["repeated_ids"] == 1
    assert b"field 'id'" in done.stderr


def test_the_summary_says_how_types_fare_and_why_rows_fail(tmp_path: Path) -> None:
    words = {"type": "length:words", "at_least": 3}
    unknown = {"type": "structure:repeats_prompt"}
    given = [{"response": "a " * n, "constraints": [words]} for n in range(1, 6)]
    given += [{"response": "a b c", "constraints": [words, unknown]}] * 2
    source = written(tmp_path / "in.jsonl", [*given, *["[]"] * 30])
    done = score(source, "--out", tmp_path / "out.jsonl", "--json")
    facts = json.loads(done.stdout)
    assert (facts["rows"], facts["bad"], facts["undecided"], facts["mean"]) == (37, 30, 2, 0.6)
    assert facts["types"]["length:words"] == {
        "passed": 5,
        "failed": 2,
        "undecided": 0,
        "not_asked": 0,
        "rate": 5 / 7,
    }
    assert facts["types"]["structure:repeats_prompt"]["undecided"] == 2
    assert facts["failures"] == [
        {"type": "length:words", "such_as": "1 word; at least 3 words wanted", "count": 1},
        {"type": "length:words", "such_as": "2 words; at least 3 words wanted", "count": 1},
    ]
    assert (facts["histogram"][0], facts["histogram"][9]) == (2, 3)
    assert facts["causes"]["bad row: a row is a JSON object, got an array"] == 30
    assert done.stderr.count(b"bad row line") == 20
    told = score(source, "--out", tmp_path / "out.jsonl").stderr.decode()
    assert "37 rows were there already, nothing scored" in told
    assert "length:words" in told
    assert "71.4 %" in told
    assert "judge" not in told.replace("no judge", "")
    assert "tokens" not in told


def test_the_summary_names_what_a_type_with_one_part_is_about(tmp_path: Path) -> None:
    words = [{"type": "logic:not", "constraint": {"type": "length:words", "at_most": 3}}]
    source = written(tmp_path / "in.jsonl", [{"response": "a b", "constraints": words}])
    done = score(source, "--out", tmp_path / "out.jsonl", "--json")
    assert list(json.loads(done.stdout)["types"]) == ["logic:not(length:words)"]


def test_a_check_that_raises_is_the_error_of_its_row_alone(tmp_path: Path) -> None:
    words = [{"type": "length:words", "at_most": 3}]
    given = [{"id": n, "response": "boom" if n == 130 else "a", "constraints": words} for n in range(300)]
    source, out = written(tmp_path / "in.jsonl", given), tmp_path / "out.jsonl"
    broken = (
        "from verif_sdk.catalogue.length import Words\n"
        "Words.check = lambda self, text: self.verdict(True) if text.raw != 'boom' else 1 / 0"
    )
    done = score(source, "--out", out, before=broken)
    scored = read(out)
    assert done.returncode == 3
    assert [row["line"] for row in scored if row["reward"] != 1.0] == [131]
    assert scored[130]["error"] == "line 131: ZeroDivisionError: division by zero (in length:words)"
    assert (scored[130]["id"], scored[130]["verdicts"]) == ("130", [])
    assert b"Traceback" not in done.stderr
    assert score(source, "--out", out, "--redo", "undecided").returncode == 0
    assert [row["reward"] for row in read(out)] == [1.0] * 300


def test_a_key_that_occurs_twice_is_an_error_that_names_it(tmp_path: Path) -> None:
    row = '{"response": "a", "constraints": [{"type": "length:words", "at_most": 1, "at_most": 5}]}'
    score(written(tmp_path / "in.jsonl", [row]), "--out", tmp_path / "out.jsonl")
    (scored,) = read(tmp_path / "out.jsonl")
    assert scored["error"] == "line 1: the key 'at_most' occurs twice in one object; remove one"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'[{"response": "a"}]', b"is a JSON array"),
        (b'{\n  "response": "a"\n}\n', b"is one JSON document over several lines"),
        (b"id,response\n1,a\n", b"looks like CSV: it begins with 'id,response'"),
        (b"PAR1\x15\x04", b"is a parquet file"),
        ('{"response": "a"}'.encode("utf-16"), b"is UTF-16"),
        (b"", b"has no rows"),
        (gzip.compress(b"\n\n"), b"has no rows"),
        (gzip.compress(b"{}\n" * 99)[:-20], b"rows.jsonl is cut off or damaged"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_one_sentence(tmp_path: Path, content: bytes, said: bytes) -> None:
    source = tmp_path / "rows.jsonl"
    source.write_bytes(content)
    done = score(source, "--out", tmp_path / "out.jsonl")
    assert (done.returncode, done.stderr.count(b"\n"), said in done.stderr) == (2, 1, True), done.stderr


def test_gzip_is_known_by_its_content(tmp_path: Path) -> None:
    plain = rows(tmp_path / "in.jsonl.gz", 3)
    packed = tmp_path / "in.txt"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert score(plain, "--out", "-").stdout == score(packed, "--out", "-").stdout != b""
    assert score("-", "--out", "-", stdin=packed.read_bytes()).stdout == score(plain, "--out", "-").stdout


def test_a_summary_in_json_goes_to_standard_error_where_the_rows_go_to_standard_output(tmp_path: Path) -> None:
    done = score(rows(tmp_path / "in.jsonl", 3), "--out", "-", "--json")
    assert len(done.stdout.splitlines()) == 3
    assert json.loads(done.stderr)["rows"] == 3


def test_a_run_that_cannot_begin_ends_in_one_line_however_many_rows_there_are(tmp_path: Path) -> None:
    soft = {"response": "Thanks.", "constraints": [{"type": "soft:tone", "tone": "kind"}]}
    source = written(tmp_path / "in.jsonl", [soft] * 400)
    for wrong in ([], ["--judge", "openai:m?base_ur=http://127.0.0.1:9"]):
        # in a process of its own: asyncio tells of tasks that nobody awaited when they are collected
        done = score(source, "--out", tmp_path / "out.jsonl", *wrong, before="pass")
        assert (done.returncode, done.stderr.count(b"\n")) == (2, 1), done.stderr.decode()


def test_a_summary_leaves_out_what_does_not_apply(tmp_path: Path) -> None:
    bad = score(written(tmp_path / "bad.jsonl", [[1]]), "--out", tmp_path / "bad.out").stderr.decode()
    assert "holds" not in bad
    short = {"response": "x", "constraints": [{"type": "structure:repeats_prompt"}]}
    by_code = score(written(tmp_path / "code.jsonl", [short]), "--out", tmp_path / "code.out").stderr.decode()
    assert ("undecided" in by_code, "--redo" in by_code) == (True, False)


def test_telemetry_counts_passes_that_look_like_games_and_goes_on_after_an_interruption(tmp_path: Path) -> None:
    constraint = {"type": "length:words", "at_least": 3}
    honest = [
        {"response": f"The train to town {n} leaves at nine.", "constraints": [constraint]} for n in range(3)
    ]
    games = [{"response": "It was fine. " * 5, "constraints": [constraint]} for _ in range(2)]
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in [*honest, *games]))
    plain = score(source, "--out", tmp_path / "plain.jsonl", "--json")
    assert "suspicious" not in json.loads(plain.stdout)
    done = score(source, "--out", out, "--json", "--telemetry")
    assert json.loads(done.stdout)["suspicious"]["repetition"] == 2
    assert sum(json.loads(done.stdout)["suspicious"].values()) == 2
    scored = read(out)
    assert [row.pop("suspicious") for row in scored] == [[], [], [], ["repetition"], ["repetition"]]
    assert scored == read(tmp_path / "plain.jsonl")
    out.write_bytes(b"".join(out.read_bytes().splitlines(keepends=True)[:4]))
    again = score(source, "--out", out, "--telemetry")
    assert "repetition" in again.stderr.decode()
    assert [row["suspicious"] for row in read(out)][3:] == [["repetition"], ["repetition"]]
    assert b"telemetry True instead of False" in score(source, "--out", out).stderr
