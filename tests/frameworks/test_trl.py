"""TRL's real trainers on the CPU, with a made-up policy: rewards, metrics, failures, two ranks."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl", reason="trl is not installed")

from examples.tiny_judge import CHECKPOINT
from examples.trl_grpo.train import CONSTRAINTS, PROMPT, mean, policy, train
from verif_sdk import UndecidedReward
from verif_sdk.catalogue.length import Words
from verif_sdk.rewards.config import RewardConfig
from verif_sdk.rewards.trl import AsyncTrlReward, TrlReward

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.filterwarnings("ignore")  # the framework's own
WORDS = {"type": "length:words", "at_most": 6}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return policy(tmp_path_factory.mktemp("policy"))


def trained(
    folder: Path, kind: str, reward: Any, rows: list[dict[str, Any]], steps: int = 2
) -> list[dict[str, Any]]:
    """Return what TRL's trainer of a kind logs."""
    from datasets import Dataset
    from trl.trainer.grpo_config import GRPOConfig
    from trl.trainer.grpo_trainer import GRPOTrainer
    from trl.trainer.rloo_config import RLOOConfig
    from trl.trainer.rloo_trainer import RLOOTrainer

    config, trainer = {"grpo": (GRPOConfig, GRPOTrainer), "rloo": (RLOOConfig, RLOOTrainer)}[kind]
    arguments = config(
        output_dir=str(folder / "run"),
        max_steps=steps,
        per_device_train_batch_size=8,
        num_generations=4,
        max_completion_length=8,
        logging_steps=1,
        report_to=[],
        save_strategy="no",
        use_cpu=True,
        bf16=False,
        disable_tqdm=True,
    )
    data = Dataset.from_list(rows * 16)
    made = trainer(model=str(folder), reward_funcs=reward, args=arguments, train_dataset=data)
    made.train()
    return [entry for entry in made.state.log_history if "reward" in entry]


@pytest.mark.parametrize("kind", ["grpo", "rloo"])
@pytest.mark.parametrize("function", [TrlReward, AsyncTrlReward])
def test_both_trainers_take_both_forms_and_log_our_metrics(folder: Path, kind: str, function: Any) -> None:
    rows = [
        {"prompt": PROMPT, "constraints": json.dumps([WORDS])},
        {
            "prompt": PROMPT,
            "constraints": json.dumps([{"type": "keywords:include", "keywords": ["hotel"]}, WORDS]),
        },
    ]
    history = trained(folder, kind, function(RewardConfig(log_columns=True)), rows)
    assert len(history) == 2
    for entry in history:
        assert 0 <= entry["verif/length:words"] <= 1
        assert entry["verif/undecided"] == 0
        assert entry["reward"] == pytest.approx(entry["rewards/verif/mean"])


def test_the_ready_made_callable_is_what_the_command_line_imports(folder: Path) -> None:
    from verif_sdk.rewards.trl import reward

    (entry,) = trained(folder, "grpo", reward, [{"prompt": PROMPT, "constraints": json.dumps([WORDS])}], steps=1)
    assert "rewards/reward/mean" in entry


def under_way(config: RewardConfig) -> TrlReward:
    """Return a reward that has decided something, so that what fails from then on is no wrong configuration."""
    reward = TrlReward(config)
    assert reward(prompts=["p"], completions=["a"], constraints=[[{"type": "casing:lower"}]]) == [1.0]
    return reward


FAILING = RewardConfig(plugins=("tests.failing_judges",), timeout=0.5)


def test_a_dead_judge_and_a_bad_row_are_abstentions_that_are_counted(folder: Path) -> None:
    rows = [
        {"prompt": PROMPT, "constraints": json.dumps([{"type": "soft:tone", "tone": "polite"}])},
        {"prompt": PROMPT, "constraints": "{"},
    ]
    (entry,) = trained(folder, "grpo", under_way(FAILING.model_copy(update={"judge": "dead:"})), rows, steps=1)
    assert entry["verif/undecided"] == 1.0
    assert entry["verif/judge/failed"] > 0
    with pytest.raises(
        UndecidedReward, match="have one cause: the judge failed: RuntimeError: the engine is gone"
    ):
        trained(folder, "grpo", TrlReward(FAILING.model_copy(update={"judge": "dead:"})), rows[:1], steps=1)


def broken(*_: object) -> None:
    raise RuntimeError("a fault of ours")


@pytest.mark.parametrize("failure", ["a hanging judge", "an exception in our code", "a pathological response"])
def test_a_failure_is_an_abstention_and_hangs_nothing(folder: Path, monkeypatch: Any, failure: str) -> None:
    if failure == "an exception in our code":
        monkeypatch.setattr(Words, "check", broken)
    constraint, config = {
        "a hanging judge": (
            {"type": "soft:tone", "tone": "polite"},
            FAILING.model_copy(update={"judge": "hanging:"}),
        ),
        "an exception in our code": (WORDS, RewardConfig()),
        "a pathological response": ({"type": "format:regex", "pattern": "(a|a)*$"}, RewardConfig()),
    }[failure]
    reward = under_way(config)
    if failure == "a pathological response":
        made = reward(prompts=["p"] * 2, completions=["b", "a" * 5000 + "!"], constraints=[[constraint]] * 2)
        assert made[1] is None
        return
    rows = [{"prompt": PROMPT, "constraints": json.dumps([constraint])}]
    (entry,) = trained(folder, "grpo", reward, rows, steps=1)
    assert entry["verif/undecided"] == 1.0


def test_the_reward_of_the_example_rises_with_a_real_judge(folder: Path) -> None:
    reward = TrlReward(RewardConfig(judge=f"hf:{CHECKPOINT}", aggregate="mean", early_exit=False))
    history = train(folder, 40, reward)
    first, last = mean(history[:10]), mean(history[-10:])
    assert last > first + 0.1
    assert {f"verif/{constraint['type']}" for constraint in CONSTRAINTS} < set(history[0])
    assert all(entry["verif/undecided"] == 0 for entry in history)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def test_two_ranks_share_one_judge_through_the_server() -> None:
    pytest.importorskip("fastapi", reason="the server's packages are not installed")
    port, meeting = free_port(), free_port()
    serve = [sys.executable, "-m", "verif_sdk.cli", "serve", "--judge", f"hf:{CHECKPOINT}", "--port", str(port)]
    server = subprocess.Popen(serve, stderr=subprocess.DEVNULL)
    try:
        script = ROOT / "examples" / "trl_grpo" / "train.py"
        ranks = ["-m", "torch.distributed.run", "--nproc-per-node=2", f"--master-port={meeting}"]
        launch = [sys.executable, *ranks, str(script)]
        command = [*launch, "--steps", "20", "--judge", f"server:http://127.0.0.1:{port}"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        done = subprocess.run(command, capture_output=True, text=True, timeout=150, env=environment, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        assert "verif/soft:sentiment" in done.stdout
    finally:
        server.terminate()
        assert server.wait(30) == 0


def test_a_script_trains_on_data_that_names_a_type_of_its_own(folder: Path, tmp_path: Path) -> None:
    script = ROOT / "examples" / "own_type" / "train.py"
    command = [sys.executable, "-W", "ignore", str(script), str(folder)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("'verif/undecided': '0'") == 2
    assert done.stdout.count("'verif/mine:calm': ") == 2
