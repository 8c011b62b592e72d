"""`verif init`: what it writes is valid, loads, and does what it says."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from verif_sdk import __version__
from verif_sdk.cli import app
from verif_sdk.errors import InvalidSpec
from verif_sdk.rewards.config import RewardConfig


def init(folder: Path, trainer: str, *options: str) -> None:
    done = CliRunner().invoke(app, ["init", trainer, "--out", str(folder), *options])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0


@pytest.mark.parametrize(("trainer", "undecided"), [("trl", "none"), ("openrlhf", 0.0), ("verl", "raise")])
def test_the_reward_file_has_what_the_trainer_needs(tmp_path: Path, trainer: str, undecided: object) -> None:
    init(tmp_path / "new", trainer)
    assert RewardConfig.of(tmp_path / "new" / "reward.toml").undecided == undecided
    with pytest.raises(InvalidSpec, match="already exist; --force replaces"):
        init(tmp_path / "new", trainer)
    init(tmp_path / "new", trainer, "--force")


def test_every_commented_field_of_the_reward_file_is_valid(tmp_path: Path) -> None:
    init(tmp_path, "trl")
    path = tmp_path / "reward.toml"
    lines = [line.removeprefix("# ") for line in path.read_text().splitlines()]
    fields = [line for line in lines if "=" in line or line.startswith("[[")]
    path.write_text("\n".join(fields))
    config = RewardConfig.of(path)
    assert config.rows == "ifrlvr"
    assert [step.kind for step in config.shaping] == ["soft-length", "clip"]


def test_the_openrlhf_file_loads_as_openrlhf_loads_it(tmp_path: Path) -> None:
    init(tmp_path, "openrlhf")
    spec = importlib.util.spec_from_file_location("reward_func", tmp_path / "reward.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    answer = module.reward_func(["p a b"], ["p "], [json.dumps({"type": "length:words", "at_most": 2})])
    assert answer["rewards"] == 1.0


def test_the_verl_script_is_one_and_the_trl_script_compiles(tmp_path: Path) -> None:
    init(tmp_path / "verl", "verl")
    subprocess.run(["bash", "-n", str(tmp_path / "verl" / "run.sh")], check=True)
    init(tmp_path / "trl", "trl")
    script = tmp_path / "trl" / "train.py"
    compile(script.read_text(), str(script), "exec")


def test_the_trl_script_trains_from_any_folder_with_a_made_up_policy(tmp_path: Path) -> None:
    pytest.importorskip("trl", reason="trl is not installed")
    from examples.trl_grpo.train import policy

    init(tmp_path / "run", "trl")
    model = policy(tmp_path / "policy")
    script = tmp_path / "run" / "train.py"
    text = script.read_text().replace("Qwen/Qwen3-0.6B", str(model))
    text = text.replace("logging_steps=1", "logging_steps=1, max_steps=1, use_cpu=True, bf16=False, report_to=[]")
    script.write_text(text.replace('"checkpoints")', '"checkpoints"), max_completion_length=6'))
    command = [sys.executable, "-W", "ignore", "run/train.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "verif/length:lines" in done.stdout


def test_a_plugin_installs_its_tests_pass_and_its_types_are_listed(tmp_path: Path) -> None:
    """In an environment of its own, where pip reaches no index and installs nothing else."""
    done = CliRunner().invoke(app, ["init", "plugin", "my-style", "--out", str(tmp_path / "my-style")])
    assert done.exit_code == 0, done.output
    home = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True, timeout=120)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

    def run(*arguments: str) -> str:
        command = [str(home / "bin" / "python"), *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "-e", "my-style")
    assert "4 passed" in run("-m", "pytest", "-q", "-p", "no:cacheprovider", "my-style")
    listed = json.loads(run("-c", "from verif_sdk.cli import main; main()", "list", "my_style", "--json"))
    assert {one["type"]: one["by"] for one in listed} == {"my_style:questions": "code", "my_style:voice": "judge"}
    assert f'"verif-sdk>={__version__.rpartition(".")[0]},<' in (tmp_path / "my-style/pyproject.toml").read_text()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (["plugin"], "a plugin needs a name: verif init plugin acme"),
        (["plugin", "../acme"], "is not a name for a package"),
        (["plugin", "class"], "is not a name for a package"),
        (["plugin", "json"], "a module 'json' exists already; take another name"),
        (["trl", "acme"], "only a plugin has a name; did you mean verif init plugin acme?"),
        (["tlr"], "unknown starter 'tlr'; did you mean 'trl'?"),
        (["plugins", "acme"], "did you mean verif init plugin acme"),
    ],
)
def test_a_wrong_call_is_one_sentence_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["init", *call])
    assert message in str(done.exception)
    assert not [*tmp_path.iterdir()]
