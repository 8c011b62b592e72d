"""`verif score`: streamed, in order, resumed to the byte, bad rows reported."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-c", "from verif_sdk.cli import main; main()", "score"]


def score(*arguments: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], input=stdin, capture_output=True, timeout=300, check=False
    )


def rows(path: Path, count: int) -> Path:
    constraints = [{"type": "length:words", "at_least": 3}, {"type": "language:is", "language": "en"}]
    with path.open("w") as file:
        for n in range(count):
            response = f"This is the response with number {n}, and it has some words in it. " * (n % 5)
            file.write(json.dumps({"id": f"row-{n}", "response": response, "constraints": constraints}) + "\n")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_row_gets_its_reward_and_verdicts_in_order(tmp_path: Path) -> None:
    done = score(rows(tmp_path / "in.jsonl", 300), "--out", tmp_path / "out.jsonl")
    scored = read(tmp_path / "out.jsonl")
    assert done.returncode == 0
    assert [row["id"] for row in scored] == [f"row-{n}" for n in range(300)]
    assert scored[0]["reward"] == 0.0
    assert scored[1]["reward"] == 1.0
    assert set(scored[1]["verdicts"][0]) == {"type", "passed", "score", "reason", "error", "decided_by"}
    assert scored[1]["verdicts"][0]["decided_by"].startswith("verif-sdk ")
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
    assert errors[3] == "line 5: a row is a JSON object, got list"
    assert scored[4]["verdicts"][0]["passed"] is None
    assert errors[5].startswith("line 7: not JSON")


def test_an_interrupted_run_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    source = rows(tmp_path / "in.jsonl", 6000)
    score(source, "--out", tmp_path / "whole.jsonl")
    out = tmp_path / "resumed.jsonl"
    running = subprocess.Popen([*COMMAND, str(source), "--out", str(out)], stderr=subprocess.DEVNULL)
    while not out.exists() or out.stat().st_size < 100_000:
        assert running.poll() is None, "it ended before it could be killed"
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert 0 < len(out.read_bytes().splitlines()) < 6000
    with out.open("ab") as file:
        file.write(b'{"id": "half a ro')
    assert score(source, "--out", out).returncode == 0
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_a_finished_run_is_not_scored_again(tmp_path: Path) -> None:
    source = rows(tmp_path / "in.jsonl", 50)
    score(source, "--out", tmp_path / "out.jsonl")
    before = (tmp_path / "out.jsonl").read_bytes()
    done = score(source, "--out", tmp_path / "out.jsonl", "--json")
    assert json.loads(done.stderr)["rows"] == 50
    assert (tmp_path / "out.jsonl").read_bytes() == before


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


def test_ten_thousand_rows_of_ifeval_killed_half_way_end_as_an_unbroken_run(tmp_path: Path) -> None:
    pytest.importorskip("verif_ifeval", reason="the plugin is not installed")
    source, out = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    ids = ["length_constraints:number_words", "punctuation:no_comma", "change_case:english_lowercase"]
    kwargs = [{"num_words": 12, "relation": "less than"}, {}, {}]
    with source.open("w") as file:
        for n in range(10_000):
            response = f"this is response number {n}, with some words" if n % 3 else f"No {n}"
            row = {"key": n, "prompt": "p", "instruction_id_list": ids, "kwargs": kwargs, "response": response}
            file.write(json.dumps(row) + "\n")
    score(source, "--rows", "ifeval", "--out", tmp_path / "whole.jsonl")
    command = [*COMMAND, str(source), "--rows", "ifeval", "--out", str(out)]
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while not out.exists() or out.stat().st_size < (tmp_path / "whole.jsonl").stat().st_size / 3:
        assert running.poll() is None
        time.sleep(0.005)
    running.kill()
    running.wait()
    assert out.stat().st_size < (tmp_path / "whole.jsonl").stat().st_size
    assert score(source, "--rows", "ifeval", "--out", out).returncode == 0
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
