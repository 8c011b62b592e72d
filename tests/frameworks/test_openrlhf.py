"""OpenRLHF's real single-turn executor: its loader, its threads, and its HTTP client against `verif serve`."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("openrlhf", reason="openrlhf is not installed")

from openrlhf.utils.agent import SingleTurnAgentExecutor

from verif_sdk.catalogue.length import Words

pytestmark = pytest.mark.filterwarnings("ignore")  # the framework's own
PROMPT = "<|im_start|>user\nName two things.<|im_end|>\n<|im_start|>assistant\n"
WORDS = {"type": "length:words", "at_most": 2}
REWARD = """
from verif_sdk.rewards.openrlhf import OpenRlhfReward
reward_func = OpenRlhfReward(undecided=-1.0, {options})
"""


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    """A byte-level tokenizer with ChatML's tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = Tokenizer(models.BPE({letter: place for place, letter in enumerate(alphabet)}, []))
    made.pre_tokenizer, made.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    made.add_special_tokens(["<|im_start|>", "<|im_end|>"])
    fast: Any = PreTrainedTokenizerFast
    return fast(tokenizer_object=made, eos_token="<|im_end|>")


class EngineThatSaysWhatItIsTold:
    """In vLLM's place, whose engine cannot be installed beside OpenRLHF's pins on a CPU."""

    def __init__(self, tokenizer: Any, response: str) -> None:
        self._ids = tokenizer(response)["input_ids"]

    async def generate(self, prompt_ids: Any, parameters: Any, multi_modal_data: Any = None) -> Any:
        output = SimpleNamespace(token_ids=self._ids, finish_reason="stop", logprobs=None)
        return SimpleNamespace(outputs=[output])


def executed(
    url: Any, tokenizer: Any, responses: list[str], label: str, longest: int = 4096
) -> list[dict[str, Any]]:
    executor = SingleTurnAgentExecutor(url)
    sampling = SimpleNamespace(max_tokens=64, logprobs=None)

    async def all_of_them() -> Any:
        engines = [EngineThatSaysWhatItIsTold(tokenizer, response) for response in responses]
        calls = [executor.execute(PROMPT, label, sampling, longest, tokenizer, engine) for engine in engines]
        return await asyncio.gather(*calls)

    return asyncio.run(all_of_them())


def written(folder: Path, options: str = "") -> str:
    path = folder / "reward.py"
    path.write_text(REWARD.format(options=options))
    return str(path)


def test_the_loader_and_the_threads_get_numbers(tmp_path: Path, tokenizer: Any) -> None:
    said = ["one two<|im_end|>", "one two three<|im_end|>"] * 8
    outputs = executed(written(tmp_path), tokenizer, said, json.dumps([WORDS]))
    assert [output["reward"] for output in outputs] == [1.0, 0.0] * 8
    assert [output["scores"] for output in outputs] == [1.0, 0.0] * 8
    assert len({tuple(output["extra_logs"]) for output in outputs}) == 1
    assert all(isinstance(value, float) for output in outputs for value in output["extra_logs"].values())


def test_a_prompt_that_was_cut_on_the_left_is_still_cut_off(tmp_path: Path, tokenizer: Any) -> None:
    (output,) = executed(written(tmp_path), tokenizer, ["one two<|im_end|>"], json.dumps(WORDS), longest=64 + 35)
    assert output["reward"] == 1.0


def test_an_undecided_reward_is_the_named_number_and_is_counted(tmp_path: Path, tokenizer: Any) -> None:
    (bad,) = executed(written(tmp_path), tokenizer, ["one"], "{")
    assert (bad["reward"], bad["extra_logs"]["verif_undecided"]) == (-1.0, 1.0)
    dead = written(tmp_path, 'judge="openai:m?base_url=http://127.0.0.1:9/v1&retries=0", timeout=20')
    (lost,) = executed(dead, tokenizer, ["one"], json.dumps({"type": "soft:tone", "tone": "polite"}))
    assert (lost["reward"], lost["extra_logs"]["verif_failed"]) == (-1.0, 1.0)


REGEX = json.dumps({"type": "format:regex", "pattern": "(a|a)*$"})


def broken(*_: object) -> None:
    raise RuntimeError("a fault of ours")


@pytest.mark.parametrize("failure", ["a hanging judge", "an exception in our code", "a pathological response"])
def test_a_failure_is_the_named_number_and_is_counted(
    tmp_path: Path, tokenizer: Any, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if failure == "an exception in our code":
        monkeypatch.setattr(Words, "check", broken)
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # it accepts, and never answers
        port = deaf.getsockname()[1]
        hanging = f'judge="openai:m?base_url=http://127.0.0.1:{port}/v1&retries=0", timeout=1'
        options, response, label = {
            "a hanging judge": (hanging, "one", json.dumps({"type": "soft:tone", "tone": "polite"})),
            "an exception in our code": ("", "one", json.dumps(WORDS)),
            "a pathological response": ("", "a" * 5000 + "!", REGEX),
        }[failure]
        good, bad = executed(written(tmp_path, options), tokenizer, ["one", response], label)
    assert bad["reward"] == -1.0
    assert bad["extra_logs"]["verif_undecided"] == 1.0
    assert good["reward"] is not None


@pytest.fixture
def server() -> Iterator[str]:
    """A real reward server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serve = [sys.executable, "-m", "verif_sdk.cli", "serve", "--port", str(port), "--undecided", "-1"]
    started = subprocess.Popen(serve, stderr=subprocess.DEVNULL, env={**os.environ})
    address = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=1)  # our own server
            break
        except OSError:
            time.sleep(0.2)
    yield address
    started.terminate()
    assert started.wait(30) == 0


def test_its_http_client_against_our_server(server: str, tokenizer: Any) -> None:
    said = ["one two<|im_end|>", "one two three<|im_end|>"] * 8
    outputs = executed([f"{server}/get_reward"], tokenizer, said, json.dumps([WORDS]))
    assert [output["reward"] for output in outputs] == [1.0, 0.0] * 8
    (bad,) = executed([f"{server}/get_reward"], tokenizer, ["one"], "{")
    assert (bad["reward"], bad["extra_logs"]["verif_undecided"]) == (-1.0, 1.0)
