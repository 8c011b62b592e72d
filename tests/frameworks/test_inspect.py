"""Inspect's real eval() with our scorer."""

from __future__ import annotations

import socket
from typing import Any

import pytest

pytest.importorskip("inspect_ai", reason="inspect-ai is not installed")

from inspect_ai import Task
from inspect_ai import eval as evaluate
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.solver import generate

from verif_sdk.catalogue.length import Words
from verif_sdk.rewards.inspect_ai import verif

pytestmark = pytest.mark.filterwarnings("ignore")  # the framework's own
WORDS = {"type": "length:words", "at_most": 2}
DEAD = "openai:m?base_url=http://127.0.0.1:9/v1&retries=0"


def evaluated(tmp_path: Any, said: list[str], constraints: list[Any], **config: Any) -> Any:
    outputs = [ModelOutput.from_content("mockllm/model", text) for text in said]
    for output in outputs:
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    samples = [Sample(input="Name two things.", metadata={"constraints": one}) for one in constraints]
    task = Task(dataset=MemoryDataset(samples), solver=generate(), scorer=verif(**config))
    model = get_model("mockllm/model", custom_outputs=outputs)
    (log,) = evaluate(task, model=model, log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success", log.error
    return log


def test_the_mean_of_its_log_is_that_of_our_rewards(tmp_path: Any) -> None:
    log = evaluated(tmp_path, ["one two", "one two three"], [[WORDS]] * 2)
    assert log.results.scores[0].metrics["mean"].value == 0.5
    assert [sample.scores["verif"].value for sample in log.samples] == [1.0, 0.0]
    assert "length:words" in log.samples[0].scores["verif"].explanation


def test_a_bad_row_and_a_dead_judge_are_unscored(tmp_path: Any) -> None:
    rows = [[WORDS], [{"type": "no:such"}], [{"type": "soft:tone", "tone": "polite"}]]
    log = evaluated(tmp_path, ["one two"] * 3, rows, judge=DEAD)
    assert log.results.scores[0].metrics["mean"].value == 1.0
    assert log.results.scores[0].unscored_samples == 2


def broken(*_: object) -> None:
    raise RuntimeError("a fault of ours")


@pytest.mark.parametrize("failure", ["a hanging judge", "an exception in our code", "a pathological response"])
def test_a_failure_is_unscored_and_does_not_hang(
    tmp_path: Any, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if failure == "an exception in our code":
        monkeypatch.setattr(Words, "check", broken)
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # it accepts, and never answers
        judge = f"openai:m?base_url=http://127.0.0.1:{deaf.getsockname()[1]}/v1&retries=0"
        failures: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
            "a hanging judge": ("one", {"type": "soft:tone", "tone": "polite"}, {"judge": judge, "timeout": 1.0}),
            "an exception in our code": ("one", WORDS, {}),
            "a pathological response": ("a" * 5000 + "!", {"type": "format:regex", "pattern": "(a|a)*$"}, {}),
        }
        said, constraint, config = failures[failure]
        log = evaluated(tmp_path, [said], [[constraint]], **config)
    assert log.results.scores[0].unscored_samples == 1


def test_a_named_number_is_scored(tmp_path: Any) -> None:
    log = evaluated(tmp_path, ["one two"] * 2, [[WORDS], "{"], undecided=0.0)
    assert log.results.scores[0].metrics["mean"].value == 0.5
