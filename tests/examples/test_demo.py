"""The demo's cases get the rewards that a person would expect, and its script shows them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from examples.tiny_judge import CHECKPOINT
from verif_sdk import Case, Judge, verify_batch

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "examples" / "demo"

# Worked out by hand: the share of the hard constraints that hold times the share of the soft ones.
REWARDS = {
    "hotel-polite": 1.0,
    "hotel-rude": 0.5,
    "train-formal": 1.0,
    "train-casual": 0.25,
    "recipe-json": 1.0,
    "recipe-no-json": 0.0,
    "forecast-casual": 1.0,
    "forecast-off-topic": 0.25,
    "update-neutral": 1.0,
    "printer-reasoned": 1.0,
    "referee-rude": 0.0,
    "coach-short": 1.0,
    "soup-two-parts": 1.0,
    "nothing-said": 0.0,
}


def _rewards(judge: Judge | str) -> dict[str | None, float | None]:
    lines = (DEMO / "cases.jsonl").read_text("utf-8").splitlines()
    return {
        result.id: result.reward
        for result in verify_batch([Case.of(**json.loads(line)) for line in lines], judge=judge)
    }


def test_the_rewards_are_those_worked_out_by_hand() -> None:
    pytest.importorskip("transformers")
    assert _rewards(f"hf:{CHECKPOINT}") == REWARDS


@pytest.mark.vllm
@pytest.mark.filterwarnings("ignore")  # vLLM and what it imports warn of their own affairs
def test_the_rewards_are_the_same_on_vllm(vllm_judge: Judge) -> None:
    assert _rewards(vllm_judge) == REWARDS


def test_the_script_shows_every_case_and_how_to_use_another_judge() -> None:
    pytest.importorskip("transformers")
    command = [sys.executable, str(DEMO / "run.py"), "--judge", f"hf:{CHECKPOINT}"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    assert all(name in ran.stdout for name in REWARDS)
    assert "14 cases, mean reward 0.643" in ran.stdout
    assert "make demo JUDGE=" in ran.stdout


def test_the_script_says_in_one_line_what_is_wrong_with_a_judge() -> None:
    pytest.importorskip("yaml", reason="the demo needs the extra `data`")
    command = [sys.executable, str(DEMO / "run.py"), "--judge", "vlm:Qwen/Qwen3-8B"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert ran.returncode == 2
    assert "did you mean" in ran.stdout
    assert "Traceback" not in ran.stderr
