"""verifiers' real Task.score with our reward plugged in."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("verifiers.v1", reason="verifiers is not installed")

import verifiers.v1 as vf

from verif_sdk.catalogue.length import Words
from verif_sdk.rewards import verifiers as ours

pytestmark = pytest.mark.filterwarnings("ignore")  # the framework's own
WORDS = {"type": "length:words", "at_most": 2}


class Row(vf.TaskData):  # type: ignore[misc]
    """A row with constraints."""

    constraints: Any = None


class Plain(vf.Task[Row]):  # type: ignore[misc]
    """A task whose only reward is the plugged one."""


def scored(reply: str, constraints: Any, monkeypatch: pytest.MonkeyPatch, plugged: Any = None) -> Any:
    """Return trace and error of a task's scoring; only the reply, which an agent would make, is given."""
    ours._scorer.cache_clear()
    plugged = plugged or {"rewards": {"verif": {"fn": "verif_sdk.rewards.verifiers:reward"}}}
    config = Plain.config_type().model_validate(plugged)
    task = Plain(Row(idx=0, prompt="Name two things.", constraints=constraints), config)
    trace_type = vf.Trace
    monkeypatch.setattr(trace_type, "last_reply", property(lambda _: reply))
    from verifiers.v1.trace import AgentInfo, TraceTask

    trace = trace_type.model_construct(
        task=TraceTask(type="Plain", data=task.data), agent=AgentInfo.model_construct(), rewards={}, metrics={}
    )
    error = None
    try:
        asyncio.run(task.score(trace))
    except vf.TaskError as raised:
        error = raised
    return trace, error


def test_the_plugged_reward_of_a_reply_that_is_given_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    for reply, wanted in (("one two", 1.0), ("one two three", 0.0)):
        trace, error = scored(reply, [WORDS], monkeypatch)
        assert error is None
        assert trace.rewards["verif"].score == wanted


def test_an_undecided_reward_is_a_task_error_and_stays_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    trace, error = scored("one", "{", monkeypatch)
    assert "not JSON" in str(error)
    assert trace.rewards == {"verif": None}


def test_the_plugged_judge_of_a_reply_that_is_given_is_recorded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    module = "from verif_sdk.rewards.verifiers_judge import VerifJudge\n__all__ = ['VerifJudge']\n"
    (tmp_path / "verif_judge.py").write_text(module)
    monkeypatch.syspath_prepend(tmp_path)
    plugged = {"judges": [{"id": "verif_judge", "weight": 0.5}]}
    trace, error = scored("one two", [WORDS], monkeypatch, plugged)
    assert error is None
    assert (trace.rewards["verif_judge"].score, trace.rewards["verif_judge"].weight) == (1.0, 0.5)
    trace, error = scored("one two", "{", monkeypatch, plugged)
    assert "not JSON" in str(error)


def broken(*_: object) -> None:
    raise RuntimeError("a fault of ours")


@pytest.mark.parametrize("failure", ["dead", "hanging", "an exception", "pathological"])
def test_a_failure_is_a_task_error_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failure: str) -> None:
    if failure == "an exception":
        monkeypatch.setattr(Words, "check", broken)
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # it accepts, and never answers
        port = 9 if failure == "dead" else deaf.getsockname()[1]
        judge = f"openai:m?base_url=http://127.0.0.1:{port}/v1&retries=0"
        soft = {"judge": judge, "timeout": 1.0}
        config = {"an exception": {}, "pathological": {}}.get(failure, soft)
        (tmp_path / "reward.json").write_text(json.dumps(config))
        monkeypatch.setenv("VERIF_REWARD", str(tmp_path / "reward.json"))
        constraint = {
            "an exception": WORDS,
            "pathological": {"type": "format:regex", "pattern": "(a|a)*$"},
        }.get(failure, {"type": "soft:tone", "tone": "polite"})
        reply = "a" * 5000 + "!" if failure == "pathological" else "one"
        trace, error = scored(reply, [constraint], monkeypatch)
    assert error is not None
    assert trace.rewards == {"verif": None}
