"""The tiny judge is as good as its README says, and was trained on the prompt that verif_sdk sends today."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from examples.tiny_judge import CHECKPOINT
from verif_sdk import Judge, Question
from verif_sdk.judges.prompt import PROMPT_VERSION

ROOT = Path(__file__).resolve().parents[2]


def _accuracy(judge: Judge, monkeypatch: pytest.MonkeyPatch, *, responses: int, seed: int) -> dict[str, float]:
    monkeypatch.syspath_prepend(ROOT)
    from examples.tiny_judge.evaluation import accuracy

    return accuracy(judge, responses=responses, seed=seed)


def test_the_checkpoint_was_trained_on_the_current_prompt() -> None:
    trained = json.loads((CHECKPOINT / "training.json").read_text("utf-8"))["prompt_version"]
    assert trained == PROMPT_VERSION, "run: python -m examples.tiny_judge.train"


def test_yes_and_no_are_one_token_each() -> None:
    transformers = pytest.importorskip("transformers")
    from verif_sdk.judges.layout import Layout

    tokenizer = transformers.AutoTokenizer.from_pretrained(CHECKPOINT)
    question = Question(prompt=None, response="Thank you.", question="Is it polite?")
    tokens = Layout(tokenizer).answer_tokens(question)
    assert [tokenizer.decode(tokens[answer][0]) for answer in ("yes", "no")] == ["yes", "no"]


def test_it_is_right_about_nineteen_of_twenty_held_out_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("transformers")
    from verif_sdk.judges.hf import HfJudge

    judge = HfJudge(str(CHECKPOINT), batch_size=32)
    found = _accuracy(judge, monkeypatch, responses=60, seed=4)
    assert found.pop("total") >= 0.95, found
    assert min(found.values()) >= 0.85, found


@pytest.mark.vllm
@pytest.mark.filterwarnings("ignore")  # vLLM and what it imports warn of their own affairs
def test_it_is_as_good_on_vllm(vllm_judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    found = _accuracy(vllm_judge, monkeypatch, responses=60, seed=4)
    assert found["total"] >= 0.95, found
