"""verl's real reward loop in Ray actors: its loader, its managers, what undecided rewards do to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("verl", reason="verl is not installed")

import numpy as np
import ray
import torch
from hydra import compose, initialize_config_dir
from verl import DataProto
from verl.experimental.reward_loop.reward_loop import RewardLoopManager

pytestmark = pytest.mark.filterwarnings("ignore")  # the framework's own
WORDS = {"type": "length:words", "at_most": 2}


PLUGIN = '''
from typing import Literal
from verif_sdk import Check, hookimpl

class Calm(Check):
    """The response has no exclamation mark."""

    type: Literal["named:calm"] = "named:calm"
    template = "Do not use exclamation marks."

    def check(self, text):
        return self.verdict("!" not in text.raw)

@hookimpl
def verif_constraints():
    return [Calm]
'''


@pytest.fixture(scope="module", autouse=True)
def _cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    modules = tmp_path_factory.mktemp("modules")  # where the workers find what a configuration names
    (modules / "named_by_verl.py").write_text(PLUGIN)
    found = {"env_vars": {"PYTHONPATH": str(modules)}}
    ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR", runtime_env=found)
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A byte-level tokenizer, saved where the workers load it."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = Tokenizer(models.BPE({letter: place for place, letter in enumerate(alphabet)}, []))
    made.pre_tokenizer, made.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    made.add_special_tokens(["<end>"])
    folder = tmp_path_factory.mktemp("tokenizer")
    fast: Any = PreTrainedTokenizerFast
    fast(tokenizer_object=made, eos_token="<end>", pad_token="<end>").save_pretrained(folder)
    return folder


def scored(
    tokenizer: Path, responses: list[str], truths: list[Any], *overrides: str, manager: str = "naive"
) -> Any:
    """Return what the manager makes of a batch."""
    import verl.trainer.config as configs
    from transformers import AutoTokenizer

    function = "reward.custom_reward_function"
    with initialize_config_dir(str(Path(configs.__file__).parent), version_base=None):
        config = compose(
            "ppo_trainer",
            [
                f"actor_rollout_ref.model.path={tokenizer}",
                "reward.num_workers=2",
                f"reward.reward_manager.name={manager}",
                f"{function}.path=pkg://verif_sdk.rewards.verl",
                f"{function}.name=compute_score",
                *(f"+{function}.reward_kwargs.{override}" for override in overrides),
            ],
        )
    words = AutoTokenizer.from_pretrained(tokenizer)
    ids = [words(response)["input_ids"] for response in responses]
    longest = max(map(len, ids))
    padded = torch.tensor([one + [words.pad_token_id] * (longest - len(one)) for one in ids])
    mask = torch.tensor([[1] * len(one) + [0] * (longest - len(one)) for one in ids])
    prompts = torch.zeros((len(ids), 1), dtype=torch.long)
    data = DataProto.from_dict(
        tensors={
            "prompts": prompts,
            "responses": padded,
            "input_ids": torch.cat([prompts, padded], 1),
            "attention_mask": torch.cat([prompts + 1, mask], 1),
        },
        non_tensors={
            "data_source": np.array(["verif"] * len(ids), dtype=object),
            "reward_model": np.array([{"ground_truth": truth} for truth in truths], dtype=object),
            "extra_info": np.array([{"prompt": "Name two things."} for _ in ids], dtype=object),
        },
    )
    loop = RewardLoopManager(config)
    try:
        return loop.compute_rm_score(data)
    finally:
        for worker in loop.reward_loop_workers:
            ray.kill(worker)


@pytest.mark.parametrize("manager", ["naive", "dapo"])
def test_rewards_and_constant_keys_come_back_from_the_actors(tokenizer: Path, manager: str) -> None:
    truths = [json.dumps([WORDS]), [WORDS]] * 3
    answer = scored(tokenizer, ["one two", "one two three"] * 3, truths, manager=manager)
    assert answer.batch["rm_scores"].sum(dim=1).tolist() == [1.0, 0.0] * 3
    assert {"score", "verif_undecided", "verif_hard"} <= set(answer.meta_info["reward_extra_keys"])
    assert answer.non_tensor_batch["verif_hard"].tolist() == [1.0, 0.0] * 3


def test_an_undecided_reward_raises_unless_a_number_is_named(tokenizer: Path) -> None:
    with pytest.raises(ray.exceptions.RayTaskError, match="bad row: field 'constraints': not JSON"):
        scored(tokenizer, ["one", "one"], [json.dumps(WORDS), "{"])
    answer = scored(tokenizer, ["one", "one"], [json.dumps(WORDS), "{"], "undecided=0.25")
    assert answer.batch["rm_scores"].sum(dim=1).tolist() == [1.0, 0.25]
    assert answer.non_tensor_batch["verif_undecided"].tolist() == [0.0, 1.0]


def test_a_dead_and_a_hanging_judge_do_not_hang_the_loop(tokenizer: Path) -> None:
    import socket

    soft = json.dumps({"type": "soft:tone", "tone": "polite"})
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # it accepts, and never answers
        for port, options in ((9, ()), (deaf.getsockname()[1], ("timeout=2",))):
            judge = f"'judge=\"openai:m?base_url=http://127.0.0.1:{port}/v1&retries=0\"'"
            judge = judge.strip("'")
            answer = scored(tokenizer, ["one", "one"], [soft, soft], judge, "undecided=0.5", *options)
            assert answer.batch["rm_scores"].sum(dim=1).tolist() == [0.5, 0.5]
            assert answer.non_tensor_batch["verif_failed"].tolist() == [1.0, 1.0]


def test_a_wrong_name_in_the_configuration_stops_the_run(tokenizer: Path) -> None:
    with pytest.raises(ray.exceptions.RayTaskError, match="unknown aggregator 'nosuch'"):
        scored(tokenizer, ["one"], [json.dumps(WORDS)], "undecided=0.5", "aggregate=nosuch")


def test_a_pathological_response_is_counted(tokenizer: Path) -> None:
    truth = json.dumps(WORDS)
    regex = json.dumps({"type": "format:regex", "pattern": "(a|a)*$"})
    answer = scored(tokenizer, ["one", "a" * 5000 + "!"], [truth, regex], "undecided=0.5")
    assert answer.batch["rm_scores"].sum(dim=1).tolist() == [1.0, 0.5]
    assert answer.non_tensor_batch["verif_undecided"].tolist() == [0.0, 1.0]


def test_a_plugin_that_the_configuration_names_is_used_in_the_actors(tokenizer: Path) -> None:
    truth = json.dumps({"type": "named:calm"})
    answer = scored(tokenizer, ["one", "one!"], [truth, truth], "plugins=[named_by_verl]")
    assert answer.batch["rm_scores"].sum(dim=1).tolist() == [1.0, 0.0]
