"""Workers: warm, replaced when lost, shared between threads, gone at exit."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from verif_sdk import Case, Composer
from verif_sdk.errors import Undecidable
from verif_sdk.sandbox import command, pool, protocol

SHORT = "def check_following(instruction, response):\n    return len(response) < 5\n"
needs_bwrap = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")


def run_in_child(unsandboxed: bool, answers: multiprocessing.SimpleQueue[bool]) -> None:
    answers.put(pool.shared(unsandboxed=unsandboxed).run(SHORT, "", "abc"))


@needs_bwrap
def test_many_threads_get_their_own_verdicts() -> None:
    shared = pool.shared(unsandboxed=False)
    lengths = [number % 10 for number in range(200)]
    with ThreadPoolExecutor(16) as threads:
        verdicts = list(threads.map(lambda length: shared.run(SHORT, "", "x" * length), lengths))
    assert verdicts == [length < 5 for length in lengths]


@needs_bwrap
def test_the_language_packages_are_there() -> None:
    pytest.importorskip("nltk", reason="NLTK is not installed")
    source = (
        "import langdetect, regex, unicodedata\n"
        "from nltk.tokenize import RegexpTokenizer\n"
        "langdetect.DetectorFactory.seed = 0\n"
        "def check_following(instruction, response):\n"
        "    words = RegexpTokenizer('[a-z]+').tokenize(response)\n"
        "    return len(words) == 5 and langdetect.detect(response) == 'en'\n"
    )
    assert pool.shared(unsandboxed=False).run(source, "", "this sentence is in english") is True


@needs_bwrap
def test_draws_and_guesses_are_the_same_in_every_run_and_worker() -> None:
    drawing = (
        "import random\n\ndef check_following(instruction, response):\n    raise ValueError(str(random.random()))"
    )
    guessing = (
        "import langdetect\n\ndef check_following(instruction, response):\n"
        "    raise ValueError(str(langdetect.detect_langs('hi no si')))"
    )
    for source in (drawing, guessing):
        causes = set()
        for _ in range(2):
            workers = pool.Pool(command.plain, size=2)
            for _ in range(4):
                with pytest.raises(Undecidable) as raised:
                    workers.run(source, "", "a")
                causes.add(str(raised.value))
            workers.close()
        assert len(causes) == 1, causes


def test_a_program_that_does_not_compile_says_why_each_time() -> None:
    workers = pool.Pool(command.plain, size=1)
    for _ in range(2):
        with pytest.raises(Undecidable, match=r"SyntaxError: .*line 1"):
            workers.run("def check_following(", "", "a")
        with pytest.raises(Undecidable, match=r"the program raised (RecursionError|MemoryError|SyntaxError)"):
            workers.run("x = " + "(" * 5000 + ")" * 5000, "", "a")
    assert workers.run("def check_following(instruction, response):\n    return True", "", "a")
    workers.close()


def test_a_worker_outlives_the_thread_that_asked_first() -> None:
    made = pool.Pool(command.sealed, size=1)
    first = threading.Thread(target=made.run, args=(SHORT, "", "abc"))
    first.start()
    first.join()
    worker = made._idle[()][0]
    assert made.run(SHORT, "", "abc") is True
    assert made._idle[()] == [worker]
    made.close()


def test_a_worker_that_was_killed_between_runs_is_replaced_unnoticed() -> None:
    made = pool.Pool(command.plain, size=1)
    assert made.run(SHORT, "", "abc") is True
    os.kill(made._idle[()][0]._process.pid, signal.SIGKILL)
    made._idle[()][0]._process.wait()
    assert made.run(SHORT, "", "abc") is True
    made.close()


def test_a_forked_child_starts_workers_of_its_own_and_leaves_ours() -> None:
    assert pool.shared(unsandboxed=True).run(SHORT, "", "abc") is True
    context = multiprocessing.get_context("fork")
    answers: multiprocessing.SimpleQueue[bool] = context.SimpleQueue()
    child = context.Process(target=run_in_child, args=(True, answers))
    child.start()
    child.join(60)
    assert child.exitcode == 0
    assert answers.get() is True
    assert pool.shared(unsandboxed=True).run(SHORT, "", "abc") is True


@pytest.mark.parametrize("unsandboxed", [pytest.param(False, marks=needs_bwrap), True])
def test_workers_end_with_their_process(unsandboxed: bool) -> None:
    code = (
        "from verif_sdk.sandbox.pool import shared\n"
        f"made = shared(unsandboxed={unsandboxed})\n"
        f"made.run({SHORT!r}, '', 'abc')\n"
        "print(made._idle[()][0].pid, flush=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)


def test_without_bubblewrap_the_verdict_is_undecided_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Undecidable, match=r"apt install bubblewrap.*--unsandboxed"):
        pool.Pool(command.sealed).run(SHORT, "", "abc")


def test_a_sandbox_that_does_not_start_says_why() -> None:
    def broken() -> command.Launch:
        return command.Launch([sys.executable, "-c", "raise SystemExit('no user namespaces')"])

    with pytest.raises(Undecidable, match="does not start on this machine: no user namespaces"):
        pool.Pool(broken).run(SHORT, "", "abc")


def test_an_unsandboxed_composer_runs_programs_without_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    check = {"type": "code:python", "source": SHORT}
    composer = Composer(unsandboxed=True)
    assert composer.verify(Case.of(response="abc", constraints=check)).reward == 1.0
    assert composer.verify(Case.of(response="abcdef", constraints=check)).reward == 0.0


def test_a_message_cut_short_is_no_message() -> None:
    out, into = os.pipe()
    os.write(into, b"\0\0\0\x10{")
    with pytest.raises(TimeoutError):
        protocol.read(out, 0.01)
    os.close(into)
    os.close(out)


def test_a_message_longer_than_the_limit_is_refused_unread() -> None:
    out, into = os.pipe()
    os.write(into, b"\x7f\0\0\0")
    with pytest.raises(ValueError, match="a message of"):
        protocol.read(out, 1.0, protocol.MAX_REPLY)
    os.close(into)
    os.close(out)
