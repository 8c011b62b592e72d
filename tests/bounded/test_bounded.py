"""Patterns and schemas that cost too much end, are named, and leave the next one unharmed."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from verif_sdk import InvalidSpec, verify
from verif_sdk.bounded import pool
from verif_sdk.bounded.pool import bounded
from verif_sdk.catalogue.support import patterns
from verif_sdk.errors import Undecidable

TEXT = "ab" * 100_000 + "!"
BOMB = {
    "$defs": {
        "a0": True,
        **{f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n - 1}"}] * 2} for n in range(1, 60)},
    },
    "$ref": "#/$defs/a59",
}


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give tasks less time, so that the tests take less."""
    monkeypatch.setattr(pool, "SECONDS", 0.4)
    pool._pool.close()
    yield
    pool._pool.close()


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("source", ["(?R)", "(?:(?R))*", "(?P<x>(?&x)?a)*", "(?:a|ab|b|ba)*$(?<=x)"])
def test_a_pattern_that_needs_too_much_is_undecided(source: str) -> None:
    result = verify(TEXT, {"type": "format:regex", "pattern": source})
    assert result.reward is None
    assert "on this response: it " in result.errors[0]


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("source", ["(?:a{65535}){65535}", "(?:(?:(?:a?){1000}){1000}){1000}"])
def test_a_pattern_that_cannot_be_compiled_within_the_limits_is_refused(source: str) -> None:
    with pytest.raises(InvalidSpec, match=r"field 'pattern'.*compiling"):
        verify("a", {"type": "format:regex", "pattern": source})


@pytest.mark.parametrize(
    ("schema", "response"),
    [
        ({"unevaluatedProperties": False, "patternProperties": {"^(a+)+$": {}}}, {"a" * 32 + "!": 1}),
        (BOMB, {"a": 1}),
    ],
    ids=["unevaluatedProperties", "references"],
)
def test_a_schema_that_takes_too_long_is_undecided(schema: dict[str, Any], response: Any) -> None:
    result = verify(json.dumps(response), {"type": "format:json", "json_schema": schema})
    assert "took longer than 2 s" in result.errors[0]


@pytest.mark.usefixtures("hasty")
def test_other_threads_go_on_while_a_pattern_takes_its_time() -> None:
    slow = threading.Thread(
        target=verify, args=(TEXT, {"type": "format:regex", "pattern": "(?:a|ab|b|ba)*$(?<=x)"})
    )
    slow.start()
    done = 0
    while slow.is_alive():
        done += verify("555-1234", {"type": "format:regex", "pattern": r"^\d{3}-\d{4}$"}).reward == 1.0
    assert done > 10


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        (r"colou?r", True),
        (r"(?i)^\s*dear [A-Z][a-z]+,", True),
        (r"\b\d{1,3}(?:,\d{3})\b|none", True),
        (r"<b>(?P<bold>.*?)</b>", True),
        (r"[^\]\n]++\]", True),
        (r"\p{Lu}\w*", True),
        (r"(\w+\s)+", False),
        (r"(?:a)?", False),
        (r"(?R)", False),
        (r"(?1)(a)", False),
        (r"(?P<x>a)(?&x)", False),
        (r"(a)\1", False),
        (r"(?:foo){e<=1}", False),
        (r"a{e}", False),
        (r"a{1000}", False),
        (r"\X", False),
        (r"[[a]--[b]]", False),
        (r"(?(DEFINE)a)", False),
    ],
)
def test_only_patterns_without_repeated_groups_run_in_this_process(source: str, plain: bool) -> None:
    assert patterns.is_plain(source) is plain


@pytest.mark.parametrize("source", [r"(a)|b", r"a*?b", r"(?i)[A-C]{2}", r"^.*$", r"b(?=a)", r"\w+|\W"])
def test_a_worker_finds_what_this_process_finds(source: str) -> None:
    text = "abab\nBA cab"
    here = patterns.search(source, text)
    assert patterns.is_plain(source)
    assert bounded("a", "matches", source, text) == [
        [list(found.span), None if found.group is None else list(found.group)] for found in here
    ]


@pytest.mark.usefixtures("hasty")
def test_what_a_task_refuses_is_a_value_error_and_what_it_exceeds_is_undecided() -> None:
    with pytest.raises(ValueError, match="not a regular expression: nothing to repeat"):
        bounded("a", "count", "*", 0, "a")
    with pytest.raises(Undecidable, match=r"counting: it took longer than 0\.4 s"):
        bounded("counting", "count", "(a|a)*b", 0, "a" * 40)
    assert bounded("a", "count", "a", 0, "aa") == 2


def _count(answers: multiprocessing.SimpleQueue[int]) -> None:
    answers.put(bounded("a", "count", "a", 0, "aa"))


def test_a_forked_child_starts_workers_of_its_own() -> None:
    assert bounded("a", "count", "a", 0, "aa") == 2
    context = multiprocessing.get_context("fork")
    answers: multiprocessing.SimpleQueue[int] = context.SimpleQueue()
    child = context.Process(target=_count, args=(answers,))
    child.start()
    child.join(60)
    assert (child.exitcode, answers.get()) == (0, 2)
    assert bounded("a", "count", "a", 0, "aa") == 2


def test_a_worker_that_was_killed_between_tasks_costs_one_verdict_at_most() -> None:
    bounded("a", "count", "a", 0, "aa")
    for worker in pool._pool._idle:
        os.kill(worker._process.pid, signal.SIGKILL)
        worker._process.wait()
    assert bounded("a", "count", "a", 0, "aa") == 2


def test_workers_end_with_their_process() -> None:
    code = (
        "from verif_sdk.bounded.pool import _pool, bounded\n"
        "bounded('a', 'count', 'a', 0, 'aa')\n"
        "print(_pool._idle[0]._process.pid, flush=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)
