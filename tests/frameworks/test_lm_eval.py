"""lm-evaluation-harness's real simple_evaluate with our process_results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

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
