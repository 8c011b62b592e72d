"""lm-evaluation-harness's real simple_evaluate with our process_results."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from verif_sdk.catalogue.length import Words

pytest.importorskip("lm_eval", reason="lm-eval is not installed")

from lm_eval import simple_evaluate
from lm_eval.api.model import LM
from lm_eval.tasks import TaskManager

pytestmark = pytest.mark.filterwarnings("ignore")  # the framework's own
TASK = """
task: verif_words
dataset_path: json
dataset_kwargs:
  data_files: {{test: {data}}}
test_split: test
output_type: generate_until
doc_to_text: "{{{{prompt}}}}"
doc_to_target: ""
generation_kwargs: {{until: []}}
process_results: !function verif.process_results
metric_list:
  - {{metric: verif_reward, aggregation: !function verif.mean_decided, higher_is_better: true}}
  - {{metric: verif_passed, aggregation: !function verif.mean_decided, higher_is_better: true}}
"""


class Echo(LM):  # type: ignore[misc]
    """A model that says its prompt again."""

    def generate_until(self, requests: Any, disable_tqdm: bool = False) -> list[str]:
        return [request.args[0] for request in requests]

    def loglikelihood(self, requests: Any, disable_tqdm: bool = False) -> Any:
        raise NotImplementedError

    def loglikelihood_rolling(self, requests: Any, disable_tqdm: bool = False) -> Any:
        raise NotImplementedError


def broken(*_: object) -> None:
    raise RuntimeError("a fault of ours")


@pytest.mark.parametrize("failure", ["dead", "hanging", "an exception", "pathological"])
def test_a_failure_is_left_out_and_does_not_hang(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failure: str
) -> None:
    from verif_sdk.rewards import lm_eval as ours

    if failure == "an exception":
        monkeypatch.setattr(Words, "check", broken)
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # it accepts, and never answers
        port = 9 if failure == "dead" else deaf.getsockname()[1]
        soft = {"judge": f"openai:m?base_url=http://127.0.0.1:{port}/v1&retries=0", "timeout": 1.0}
        config = {"an exception": {}, "pathological": {}}.get(failure, soft)
        (tmp_path / "reward.json").write_text(json.dumps(config))
        monkeypatch.setenv("VERIF_REWARD", str(tmp_path / "reward.json"))
        ours._scorer.cache_clear()
        constraints: dict[str, dict[str, Any]] = {
            "an exception": {"type": "length:words", "at_most": 2},
            "pathological": {"type": "format:regex", "pattern": "(a|a)*$"},
        }
        constraint = constraints.get(failure, {"type": "soft:tone", "tone": "polite"})
        doc = {"prompt": "p", "constraints": json.dumps(constraint)}
        answer = ours.process_results(doc, ["a" * 5000 + "!"])
    ours._scorer.cache_clear()
    assert answer == {"verif_reward": None, "verif_passed": None}


def test_the_figures_are_the_means_of_what_was_decided(tmp_path: Path) -> None:
    rows = [
        {"prompt": "one two", "constraints": json.dumps({"type": "length:words", "at_most": 2})},
        {"prompt": "one two three", "constraints": json.dumps({"type": "length:words", "at_most": 2})},
        {"prompt": "one", "constraints": "{"},
    ]
    data = tmp_path / "rows.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "verif_words.yaml").write_text(TASK.format(data=data))
    (tmp_path / "verif.py").write_text("from verif_sdk.rewards.lm_eval import mean_decided, process_results\n")
    manager = TaskManager(include_path=str(tmp_path), include_defaults=False)
    found = simple_evaluate(Echo(), tasks=["verif_words"], task_manager=manager, bootstrap_iters=0)
    figures = found["results"]["verif_words"]
    assert figures["verif_reward,none"] == 0.5
    assert figures["verif_passed,none"] == 0.5
