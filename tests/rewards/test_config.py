"""`RewardConfig`: one reader for objects, files and fields, and what it says about what is wrong."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from verif_sdk import InvalidSpec, rewards
from verif_sdk.errors import PluginError
from verif_sdk.judges.scripted import ScriptedJudge
from verif_sdk.rewards import RewardConfig
from verif_sdk.rewards.openrlhf import OpenRlhfReward
from verif_sdk.rewards.scorer import Scorer
from verif_sdk.rewards.trl import AsyncTrlReward, TrlReward
from verif_sdk.rewards.verl import compute_score

WORDS = {"type": "length:words", "at_most": 2}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that names two fields."""
    path = tmp_path / "reward.toml"
    path.write_text('aggregate = "mean"\nundecided = 0.5\n')
    return path


def test_objects_files_and_fields_are_read_alike(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = RewardConfig(aggregate="mean", undecided=0.5)
    assert RewardConfig.of(file) == RewardConfig.of(str(file)) == RewardConfig.of(expected) == expected
    assert RewardConfig.of(aggregate="mean", undecided=0.5) == expected
    assert RewardConfig.of(file, undecided=0.25) == RewardConfig(aggregate="mean", undecided=0.25)
    assert RewardConfig.of(expected, timeout=3) == RewardConfig(aggregate="mean", undecided=0.5, timeout=3)
    monkeypatch.setenv("VERIF_REWARD", str(file))
    assert RewardConfig.of(timeout=3) == RewardConfig.of(expected, timeout=3)
    assert RewardConfig.of(RewardConfig(), timeout=3) == RewardConfig(timeout=3)


def test_a_field_on_top_keeps_objects_that_the_source_has() -> None:
    judge = ScriptedJudge(lambda _: 0.5)
    config = RewardConfig.of(RewardConfig(judge=judge, shaping=({"kind": "affine", "scale": 2},)), timeout=3)
    assert config.judge is judge
    assert config.shaping[0].kind == "affine"


@pytest.mark.parametrize("make", [TrlReward, AsyncTrlReward, OpenRlhfReward])
def test_every_adapter_that_is_made_takes_all_three(make: Callable[..., Any], file: Path) -> None:
    for given in (make(file), make(str(file)), make(RewardConfig.of(file)), make(aggregate="mean", undecided=0.5)):
        assert given.scorer.config == RewardConfig.of(file)
    assert make(file, undecided=0.25).scorer.config.undecided == 0.25
    with pytest.raises(InvalidSpec, match="RewardConfig: unknown field 'jugde', did you mean 'judge'"):
        make(file, jugde="x")


def test_verl_takes_a_file_and_fields(file: Path) -> None:
    given = asyncio.run(compute_score("d", "a", "{", config=str(file)))
    named = asyncio.run(compute_score("d", "a", "{", config=str(file), undecided=0.25))
    assert (given["score"], named["score"]) == (0.5, 0.25)
    with pytest.raises(InvalidSpec, match="RewardConfig: unknown field 'jugde', did you mean 'judge'"):
        asyncio.run(compute_score("d", "a", "{", config=str(file), jugde="x"))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"judg": "x"}, "unknown field 'judg', did you mean 'judge'?"),
        ({"aggregate": "meen"}, "unknown aggregator 'meen'; did you mean 'mean'?"),
        ({"aggregate": 3}, "field 'aggregate' should be a string or a function, got 3"),
        ({"rows": "verinstuct"}, "unknown row format 'verinstuct'; did you mean 'verinstruct'?"),
        ({"judge": "no spec"}, "a judge spec is 'scheme:model', such as 'vllm:Qwen/Qwen3-8B'; got 'no spec'"),
        ({"think": ["<a>"]}, "field 'think.1' is missing"),
        ({"think": ["", "b"]}, "field 'think.0' should have 1 characters or more, got \"\""),
        ({"undecided": True}, "field 'undecided' should be a number or 'none' or 'raise', got true"),
        ({"timeout": 0}, "field 'timeout' should be above 0.0, got 0"),
        ({"shaping": [{"kind": "affin"}]}, "field 'shaping.0' should have in 'kind' one of 'affine', "),
        ({"shaping": [{"scale": 2}]}, "field 'shaping.0' should have a 'kind', got"),
    ],
)
def test_what_is_wrong_is_said_in_our_words(fields: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidSpec) as refused:
        RewardConfig(**fields)
    assert str(refused.value).startswith(f"RewardConfig: {sentence}")
    path = tmp_path / "reward.json"
    path.write_text(json.dumps(fields))
    with pytest.raises(InvalidSpec) as refused:
        RewardConfig.of(path)
    assert str(refused.value).startswith(f"{path}: {sentence}")


def test_a_function_aggregates_and_one_out_of_range_is_refused() -> None:
    def lowest(verdicts: Any) -> float:
        return float(min(verdict.score for verdict in verdicts))

    assert Scorer(RewardConfig(aggregate=lowest)).composer.aggregator is lowest
    total: Any = lambda verdicts: sum(verdict.score for verdict in verdicts)  # noqa: E731
    for wrong in (lambda _: 3.0, lambda _: float("nan"), total):
        with pytest.raises(PluginError, match=r"aggregator '<lambda>' returned (3.0|nan), not in \[0, 1\]"):
            RewardConfig(aggregate=wrong)


def test_the_configuration_is_imported_from_the_package_without_loading_what_it_does_not_need() -> None:
    code = (
        "import sys, verif_sdk.rewards as rewards; assert 'pydantic' not in sys.modules; "
        "print(rewards.RewardConfig(undecided=0.5).undecided, rewards.Scorer.__name__, rewards.Rollout.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "0.5 Scorer Rollout\n"
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        getattr(rewards, "Nothing")  # noqa: B009  # as a wrong import asks for it
