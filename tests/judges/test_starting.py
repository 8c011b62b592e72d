"""What a judge needs is there, or is missed at once: its extra, its model, an `answer` that can be awaited."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

import pytest

from verif_sdk import Composer, InvalidSpec, verify
from verif_sdk.errors import JudgeFailed, MissingExtra
from verif_sdk.judges import http, shared, starting
from verif_sdk.judges.spec import from_spec
from verif_sdk.judges.wrappers.all_in_one import AllInOneJudge
from verif_sdk.judges.wrappers.cache import CachedJudge
from verif_sdk.judges.wrappers.cascade import CascadeJudge
from verif_sdk.judges.wrappers.vote import VotingJudge
from verif_sdk.question import Answer, Judge, Question

TONE = {"type": "soft:tone", "tone": "polite"}
WORDS = {"type": "length:words", "at_most": 5}


class Starting:
    """Counts how often it was started, and fails where a cause is given."""

    def __init__(self, cause: Exception | None = None) -> None:
        self.cause, self.started = cause, 0

    async def start(self) -> None:
        self.started += 1
        if self.cause is not None:
            raise self.cause

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        return [Answer(score=1.0, choice="yes")] * len(questions)


class Sync:
    def answer(self, questions: Sequence[Question]) -> list[Answer]:
        return []


@pytest.mark.parametrize("judge", [Sync(), object(), 5, Starting])
def test_what_is_not_a_judge_is_refused_at_once_even_where_nothing_is_soft(judge: Any) -> None:
    for refused in (
        lambda: Composer(judge=judge),
        lambda: verify("a", WORDS, judge=judge),
        lambda: shared.start(judge),
    ):
        with pytest.raises(InvalidSpec, match=r"async def answer|Starting is a class; give an instance"):
            refused()


@pytest.mark.parametrize("spec", ["openai:m", "server:http://127.0.0.1:9"])
def test_a_judge_over_http_asks_for_its_client_at_once(spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ModuleNotFoundError("No module named 'aiohttp'")

    monkeypatch.setattr(http, "library", missing)
    with pytest.raises(MissingExtra, match=r"needs aiohttp \(No module .*\): pip install 'verif-sdk\[http\]'"):
        from_spec(spec)


def test_a_wrapped_judge_is_started_with_its_wrapper() -> None:
    parts = [Starting() for _ in range(6)]
    wrapped: list[Judge] = [
        CachedJudge(parts[0], "one"),
        AllInOneJudge(parts[1]),
        VotingJudge(parts[2:4]),
        CascadeJudge(parts[4], parts[5]),
    ]
    for judge in wrapped:
        shared.start(judge)
    assert [part.started for part in parts] == [1] * 6


def test_why_a_judge_cannot_start_is_one_sentence() -> None:
    wall = ValueError(
        "\nToo little memory.\nFor further information visit https://errors.pydantic.dev\n" + "x" * 900
    )
    with pytest.raises(JudgeFailed, match=r"^the judge cannot start: ValueError: Too little memory\.$"):
        shared.start(CachedJudge(Starting(wall), "one"))
    assert len(starting.sentence(ValueError("y" * 900))) == starting.LONGEST


def test_a_model_that_cannot_be_loaded_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("transformers")
    from verif_sdk.judges import hf

    tried: list[str] = []

    class Counted(hf._Running):
        def __init__(self, model: str, device: str, dtype: str) -> None:
            tried.append(model)
            super().__init__(model, device, dtype)

    monkeypatch.setattr(hf, "_Running", Counted)
    judge = "hf:/no/such/model/twice"
    with pytest.raises(
        JudgeFailed, match=r"^the judge hf:/no/such/model/twice cannot start: \w+: [^\n]*/no/such/model/twice"
    ):
        shared.start(judge)
    (verdict,) = verify("a", TONE, judge=judge).verdicts
    assert verdict.error is not None
    assert verdict.error.startswith("the judge hf:/no/such/model/twice cannot start")
    assert tried == ["/no/such/model/twice"]


def test_a_slow_start_is_one_line_on_standard_error_unless_logging_shows_or_silences_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(starting, "PATIENCE", 0.0)
    line = "verif_sdk: the judge x is starting, which may take minutes\n"

    def said() -> str:
        starting._say.cache_clear()
        with starting.announced("the judge x"):
            time.sleep(0.2)  # the line comes from a timer's thread
        return capsys.readouterr().err

    assert said() == line
    with caplog.at_level(logging.INFO, "verif_sdk"):
        assert said() == ""
    assert [record.message.split(" after")[0] for record in caplog.records] == [
        "the judge x is starting",
        "the judge x is ready",
    ]
    with caplog.at_level(logging.ERROR, "verif_sdk"):
        assert said() == ""


FORK = """
import os, threading, sys
from verif_sdk import event_loop, verify
from verif_sdk.judges import shared
from verif_sdk.question import Answer

class Kind:
    async def answer(self, questions):
        return [Answer(score=1.0, choice="yes")] * len(questions)

event_loop.loop()
held, done = threading.Event(), threading.Event()
def hold():
    with event_loop._lock, shared._lock:
        held.set()
        done.wait()
threading.Thread(target=hold, daemon=True).start()
held.wait()
child = os.fork()
if child == 0:
    shared.resolve("openai:model")
    result = verify("a", {"type": "soft:tone", "tone": "polite"}, judge=Kind())
    os._exit(7 if result.reward == 1.0 else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_child_forked_while_a_thread_holds_our_locks_judges_all_the_same() -> None:
    pytest.importorskip("aiohttp")
    done = subprocess.run([sys.executable, "-c", FORK], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.returncode) == ("7\n", 0), done.stderr
