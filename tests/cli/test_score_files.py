"""`verif score` and its files: resumed to the byte, never mixed with another run, never over another's file."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.run_score import COMMAND, read, rows, score, written
from tests.fake_openai import FakeOpenAI

SOFT = [{"type": "soft:tone", "tone": "polite"}]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_run_goes_on_to_the_same_bytes(tmp_path: Path, how: signal.Signals) -> None:
    source, out = rows(tmp_path / "in.jsonl", 600), tmp_path / "resumed.jsonl"
    score(source, "--out", tmp_path / "whole.jsonl")
    running = subprocess.Popen(
        [*COMMAND, "-", "--out", str(out)], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert running.stdin is not None
    running.stdin.write(source.read_bytes())  # and no end, so that the run cannot end before it is killed
    running.stdin.flush()
    while not out.exists() or out.read_bytes().count(b"\n") < 384:  # three windows; the last is not whole
        assert running.poll() is None
        time.sleep(0.02)
    running.send_signal(how)
    assert running.wait() != 0
    running.stdin.close()
    with out.open("ab") as file:
        file.write(b'{"line": 385, "id": "half a ro')
    done = score(source, "--out", out)
    assert done.returncode == 0
    assert b"384 rows were there already, 216 scored" in done.stderr
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_a_finished_run_is_not_scored_again_and_an_input_that_grew_goes_on(tmp_path: Path) -> None:
    source, out = rows(tmp_path / "in.jsonl", 50), tmp_path / "out.jsonl"
    score(source, "--out", out)
    before = out.read_bytes()
    facts = json.loads(score(source.resolve(), "--out", out, "--json").stdout)
    assert (facts["rows"], facts["earlier"], facts["scored"]) == (50, 50, 0)
    assert out.read_bytes() == before
    rows(tmp_path / "in.jsonl", 60)
    assert b"50 rows were there already, 10 scored" in score(source, "--out", out).stderr
    assert out.read_bytes().startswith(before)
    assert len(read(out)) == 60


@pytest.mark.parametrize("change", ["edited", "reordered", "shorter", "other responses"])
def test_an_input_that_changed_is_refused_with_the_way_out(tmp_path: Path, change: str) -> None:
    words: list[dict[str, Any]] = [{"type": "length:words", "at_most": 5}]
    given = [{"id": f"{n}", "constraints": words} for n in range(4)]
    answers = [{"id": f"{n}", "response": "one two three"} for n in range(4)]
    call: list[str | Path] = [
        written(tmp_path / "in", given),
        "--responses",
        written(tmp_path / "r", answers),
        "--out",
        tmp_path / "o",
    ]
    assert score(*call).returncode == 0
    before = (tmp_path / "o").read_bytes()
    match change:
        case "edited":
            words[0]["at_most"] = 1
        case "reordered":
            given[1], given[2] = given[2], given[1]
        case "shorter":
            given.pop()
        case _:
            answers[3]["response"] = "one"
    written(tmp_path / "in", given)
    written(tmp_path / "r", answers)
    done = score(*call)
    said = (
        f"verif: the input is not the one that {tmp_path / 'o'} was scored from; take --fresh to start over, or "
    )
    assert (done.returncode, done.stderr.decode()) == (2, f"{said}another --out\n")
    assert (tmp_path / "o").read_bytes() == before
    assert score(*call, "--fresh").returncode == 0


def test_the_input_is_never_written_over(tmp_path: Path) -> None:
    source = rows(tmp_path / "in.jsonl", 5)
    answers = written(tmp_path / "r.jsonl", [{"id": "row-1", "response": "a"}])
    (tmp_path / "hard.jsonl").hardlink_to(source)
    (tmp_path / "soft.jsonl").symlink_to(source)
    noted = tmp_path / "x.run.json"
    noted.write_bytes(source.read_bytes())
    before = source.read_bytes(), answers.read_bytes()
    for name in ("in.jsonl", "hard.jsonl", "soft.jsonl", "r.jsonl"):
        done = score(source, "--responses", answers, "--out", tmp_path / name, "--fresh")
        assert (done.returncode, b"would overwrite its input" in done.stderr) == (2, True), name
    assert score(noted, "--out", tmp_path / "x").returncode == 2
    assert (source.read_bytes(), answers.read_bytes(), noted.read_bytes()) == (*before, before[0])


def test_fresh_empties_nothing_that_a_run_did_not_write(tmp_path: Path) -> None:
    source, mine = rows(tmp_path / "in.jsonl", 5), tmp_path / "mine.jsonl"
    mine.write_text('{"id": "1", "response": "months of work"}\n')
    for arguments in ((), ("--fresh",)):
        done = score(source, "--out", mine, *arguments)
        assert (done.returncode, b"was not written by `verif score`" in done.stderr) == (2, True)
    out = tmp_path / "out.jsonl"
    score(source, "--out", out)
    out.write_bytes(mine.read_bytes())  # the note is there, but the file is another one
    assert score(source, "--out", out, "--fresh").returncode == 2
    assert out.read_bytes() == mine.read_bytes()


def begun(out: Path) -> subprocess.Popen[bytes]:
    """Return a run that has opened its output, and waits for more rows than a bad one."""
    running = subprocess.Popen([*COMMAND, "-", "--out", str(out)], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stdin is not None
    running.stdin.write(b"{}\n")
    running.stdin.flush()
    while not out.with_name(f"{out.name}.run.json").exists():
        assert running.poll() is None
        time.sleep(0.02)
    return running


def test_two_runs_do_not_write_one_file(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    first = begun(out)
    second = score(rows(tmp_path / "in.jsonl", 5), "--out", out)
    assert (second.returncode, second.stderr.count(b"\n")) == (2, 1)
    assert b"another run is writing" in second.stderr
    first.communicate((tmp_path / "in.jsonl").read_bytes())
    assert first.returncode == 3
    assert len(read(out)) == 6


def test_an_output_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    source = rows(tmp_path / "in.jsonl", 5)
    for out, said in (
        (tmp_path, "is a folder; name a file in it"),
        (Path("/proc/x.jsonl"), "cannot write /proc/x.jsonl: "),
        (source / "x.jsonl", "cannot write"),
        (tmp_path / "out.jsonl.gz", "leave .gz off 'out.jsonl.gz'"),
    ):
        done = score(source, "--out", out)
        assert (done.returncode, done.stderr.count(b"\n"), said in done.stderr.decode()) == (2, 1, True), (
            done.stderr
        )


def test_a_full_disk_stops_the_run_and_it_goes_on_when_there_is_room(tmp_path: Path) -> None:
    source, out = rows(tmp_path / "in.jsonl", 300), tmp_path / "out.jsonl"
    score(source, "--out", tmp_path / "whole.jsonl")
    limit = (
        "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_001, 50_001))"  # stands in for a full disk
    )
    done = score(source, "--out", out, before=limit)
    assert (done.returncode, done.stderr.count(b"\n")) == (4, 1), done.stderr
    assert b"File too large; the same call goes on from there" in done.stderr
    assert out.stat().st_size == 50_001
    assert score(source, "--out", out).returncode == 0
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_an_output_that_is_deleted_meanwhile_is_said(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    running = begun(out)
    out.unlink()
    _, said = running.communicate(rows(tmp_path / "in.jsonl", 5).read_bytes())
    assert (running.returncode, b"was removed or replaced while it was written" in said) == (4, True)
    assert score(tmp_path / "in.jsonl", "--out", out).returncode == 0
    assert len(read(out)) == 5


def test_what_a_crash_of_the_machine_leaves_is_scored_again(tmp_path: Path) -> None:
    source, out = rows(tmp_path / "in.jsonl", 40), tmp_path / "out.jsonl"
    score(source, "--out", out)
    whole = out.read_bytes()
    for spoiled in (
        whole[: len(whole) // 2] + b"\0" * 4096,
        b"\0" * len(whole),
        whole.replace(b'"row-9"', b'"r\0\0-9"'),
        whole[:5],
    ):
        out.write_bytes(spoiled)
        assert score(source, "--out", out).returncode == 0
        assert out.read_bytes() == whole
    note = tmp_path / "out.jsonl.run.json"
    note.write_bytes(note.read_bytes()[:20])
    done = score(source, "--out", out)
    assert (done.returncode, b"out.jsonl.run.json is damaged; take --fresh" in done.stderr) == (2, True)
    assert score(source, "--out", out, "--fresh").returncode == 0
    out.write_bytes(whole.replace(b'"row-9"', b'"row-9', 1))
    done = score(source, "--out", out)
    assert (done.returncode, b"line 10, is not a scored row" in done.stderr) == (2, True)


def test_a_pipe_that_nobody_reads_ends_in_a_sentence(tmp_path: Path) -> None:
    command = f"{sys.executable} -m verif_sdk.cli score {rows(tmp_path / 'in.jsonl', 400)} --out - | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr


class Judge(FakeOpenAI):
    """Says yes, or fails: stands in for a judge that comes and goes."""

    failing = False

    @property
    def spec(self) -> str:
        return f"openai:m?base_url={self.url}&retries=0"

    def status(self, body: dict[str, Any]) -> int:
        return 500 if self.failing or "FAIL" in json.dumps(body) else 200


@pytest.fixture
def judge() -> Iterator[Judge]:
    pytest.importorskip("aiohttp", reason="the extra `http` is not installed")
    with Judge() as running:
        yield running


def test_undecided_rows_alone_are_asked_again(tmp_path: Path, judge: Judge) -> None:
    given = [{"response": f"{'FAIL' if n % 3 == 0 else 'Hello'} {n}.", "constraints": SOFT} for n in range(30)]
    source, out = written(tmp_path / "in.jsonl", given), tmp_path / "out.jsonl"
    call: list[str | Path] = [source, "--out", out, "--judge", judge.spec]
    assert score(*call).returncode == 3
    before = read(out)
    judge.bodies.clear()
    assert [row["line"] for row in before if row["reward"] is None] == list(range(1, 31, 3))
    assert score(*call).returncode == 3
    assert judge.bodies == []
    done = score(*call, "--redo", "undecided", "--json")
    assert (done.returncode, len(judge.bodies)) == (3, 10)
    assert read(out) == before
    facts = json.loads(done.stdout)
    assert (facts["rows"], facts["scored"], facts["undecided"]) == (30, 10, 10)
    changed = written(tmp_path / "in.jsonl", [*given[:29], given[0]])
    assert score(changed, "--out", out, "--judge", judge.spec, "--redo", "undecided").returncode == 2
    assert len(judge.bodies) == 10


def test_a_redo_that_is_stopped_keeps_what_it_did(tmp_path: Path, judge: Judge) -> None:
    given = [{"response": f"Hello {n}.", "constraints": SOFT} for n in range(300)]
    source, out = written(tmp_path / "in.jsonl", given), tmp_path / "out.jsonl"
    call: list[str | Path] = [source, "--out", out, "--judge", judge.spec, "--redo", "undecided"]
    judge.failing = True
    assert score(*call, "--keep-going").returncode == 3
    judge.failing = False
    assert score(*call).returncode == 0
    assert [row["reward"] for row in read(out)] == [1.0] * 300
    assert not list(tmp_path.glob("*.redo"))


def test_a_judge_that_is_down_stops_the_run_and_its_rows_are_asked_again(tmp_path: Path, judge: Judge) -> None:
    words = [{"type": "length:words", "at_most": 9}]
    given: list[Any] = [{"response": f"Hello {n}.", "constraints": SOFT} for n in range(300)]
    given += [{"response": f"{'FAIL' if n < 40 else 'Hello'} {n}.", "constraints": SOFT} for n in range(100)]
    given[320:320] = [{"response": "x", "constraints": words}] * 5
    source, out = written(tmp_path / "in.jsonl", given), tmp_path / "out.jsonl"
    call: list[str | Path] = [source, "--out", out, "--judge", judge.spec]
    done = score(*call)
    assert (done.returncode, len(read(out))) == (4, 300)
    assert b"stopped after 300 rows: the judge failed 20 rows in a row: " in done.stderr
    assert b"500" in done.stderr
    judge.failing = True
    assert score(*call).returncode == 4
    assert len(read(out)) == 300
    judge.failing = False
    done = score(*call, "--keep-going")
    assert (done.returncode, len(read(out))) == (3, 405)
    assert b"40" in done.stderr


def test_a_run_that_is_interrupted_while_its_judge_thinks_ends_at_once(tmp_path: Path) -> None:
    source = written(tmp_path / "in.jsonl", [{"response": f"Hi {n}", "constraints": SOFT} for n in range(300)])
    (tmp_path / "thinking.py").write_text(
        "import asyncio\nfrom verif_sdk import hookimpl\n"
        "class Thinking:\n"
        "    def __init__(self, model):\n"
        "        pass\n"
        "    async def answer(self, questions):\n"
        "        print('thinking', flush=True)\n"
        "        await asyncio.sleep(600)\n"
        "@hookimpl\n"
        "def verif_judges():\n"
        "    return {'thinking': Thinking}\n"
    )
    command = [sys.executable, "-c", "from verif_sdk.cli import main; main()", "--plugin", "thinking"]
    command += ["score", str(source), "--judge", "thinking:m", "--out", str(tmp_path / "out")]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
    assert running.stdout is not None
    assert running.stdout.readline() == b"thinking\n"
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert (running.returncode, said) == (130, b"stopped after 0 rows; the same call goes on from there\n")
