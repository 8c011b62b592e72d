"""Rewards travel to other processes: each is pickled here and called in a fresh interpreter."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from typing import Any

import pytest

from verif_sdk.rewards import RewardConfig, Rollout, Scorer, lm_eval, verifiers
from verif_sdk.rewards.openrlhf import OpenRlhfReward
from verif_sdk.rewards.trl import AsyncTrlReward, TrlReward, reward
from verif_sdk.rewards.verl import compute_score

pytest.importorskip("aiohttp", reason="the extra `http` is not installed")

WORDS = [{"type": "length:words", "at_most": 2}]
TRL = {"prompts": ["p"], "completions": ["a b"], "constraints": [WORDS]}
SHAPED = RewardConfig.of(shaping=[{"kind": "affine", "scale": 3}], undecided=0.0)

CHILD = """
import asyncio, inspect, json, pickle, sys
function, arguments, fields = pickle.load(sys.stdin.buffer)
result = function(*arguments, **fields)
print(json.dumps(asyncio.run(result) if inspect.iscoroutine(result) else result))
"""


def in_another_process(function: Any, *arguments: Any, **fields: Any) -> Any:
    """Return what a function returns in an interpreter that shares nothing with this one."""
    sent = pickle.dumps((function, arguments, fields))
    done = subprocess.run([sys.executable, "-c", CHILD], input=sent, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "function", [TrlReward(SHAPED, name="mine"), AsyncTrlReward(SHAPED), TrlReward(SHAPED, judge="openai:m")]
)
def test_trl(function: TrlReward) -> None:
    assert in_another_process(function, **TRL) == [3.0]


def test_a_reward_that_has_been_called_travels_too() -> None:
    function = TrlReward(SHAPED)
    assert function(**TRL) == [3.0]  # type: ignore[arg-type]  # each is what TRL passes
    assert in_another_process(function, **TRL) == [3.0]


def test_openrlhf() -> None:
    function = OpenRlhfReward(SHAPED)
    for _ in range(2):
        answer = in_another_process(function, ["p a b"], ["p "], [json.dumps(WORDS)])
        assert (answer["rewards"], answer["scores"]) == (3.0, 1.0)
        function(["p a b"], ["p "], [json.dumps(WORDS)])


def test_functions_of_modules() -> None:
    assert in_another_process(reward, **TRL) == [1.0]
    assert in_another_process(compute_score, "d", "a b", WORDS)["score"] == 1.0
    assert in_another_process(lm_eval.process_results, {"constraints": WORDS}, ["a b"])["verif_reward"] == 1.0
    assert pickle.loads(pickle.dumps(verifiers.reward)) is verifiers.reward


def test_scorers_and_composers() -> None:
    rollout = Rollout("p", "a b", {"constraints": WORDS})
    scorer = Scorer(SHAPED)
    scorer.score([rollout])
    copy = pickle.loads(pickle.dumps(scorer))
    assert (copy, copy.composer) == (scorer, scorer.composer)
    assert copy.score([rollout])[0].reward == 3.0
