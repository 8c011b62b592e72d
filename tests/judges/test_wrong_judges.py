"""A judge that cannot work is refused at the start, by every way in, before the first row is looked at."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from verif_sdk import Answer, Composer, InvalidSpec, Question, VerifError, averify_batch, verify
from verif_sdk.errors import PluginError
from verif_sdk.rewards import RewardConfig
from verif_sdk.rewards.openrlhf import OpenRlhfReward
from verif_sdk.rewards.trl import AsyncTrlReward, TrlReward
from verif_sdk.rewards.verl import compute_score

WORDS = {"type": "length:words", "at_least": 1}


class NoAnswer:
    """No judge at all."""


class Sync:
    """Its `answer` is no coroutine."""

    def answer(self, questions: Sequence[Question]) -> list[Answer]:
        return []


class Async:
    """A judge, if one makes an instance of it."""

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        return []


def beyond(_: object) -> float:
    return 3.0


# Nothing is soft here: what is wrong is found without a row that needs a judge.
WAYS: dict[str, Callable[..., Any]] = {
    "verify": lambda **wrong: verify("a", WORDS, **wrong),
    "averify_batch": lambda **wrong: asyncio.run(averify_batch([], **wrong)),
    "Composer": Composer,
    "RewardConfig": RewardConfig,
    "RewardConfig.of": RewardConfig.of,
    "TrlReward": TrlReward,
    "AsyncTrlReward": AsyncTrlReward,
    "OpenRlhfReward": lambda **wrong: OpenRlhfReward(undecided=0.0, **wrong),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (NoAnswer(), "`async def answer"),
        (Sync(), "`async def answer.*got Sync"),
        (Async, "Async is a class; give an instance of it"),
        ("vlm:model", "unknown judge 'vlm'; did you mean 'vllm'"),
        ("vllm", "a judge spec is 'scheme:model'"),
        ("server:http://a?retrys=1", "unknown option 'retrys'; did you mean 'retries'"),
        ("openai:m?rule=mean", "'rule' says how votes are counted"),
        ("cascade:hf:a", "a cascade is 'cascade:FAST|SLOW"),
        ("cascade:openai:a|hff:b", "unknown judge 'hff'"),
    ],
)
def test_a_wrong_judge(way: str, wrong: object, words: str) -> None:
    with pytest.raises(InvalidSpec, match=words):
        WAYS[way](judge=wrong)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("value", [3.0, -0.5, float("nan")])
def test_an_aggregator_out_of_range(way: str, value: float) -> None:
    with pytest.raises(PluginError, match=rf"^aggregator 'wrong' returned {value}, not in \[0, 1\]$"):
        WAYS[way](aggregate=named(lambda _: value))


def named(function: Any) -> Any:
    function.__name__ = "wrong"
    return function


def test_an_aggregator_that_wants_other_verdicts_than_made_up_ones_is_left_to_its_rows() -> None:
    def picky(verdicts: Any) -> float:
        return {"length:words": 0.5}[verdicts[0].type]

    assert verify("a", WORDS, aggregate=picky).reward == 0.5


def test_verl_refuses_them_in_its_first_call() -> None:
    for wrong, words in (("vlm:m", "did you mean 'vllm'"), ("server:http://a?x=1", "unknown option 'x'")):
        with pytest.raises(InvalidSpec, match=words):
            asyncio.run(compute_score("d", "a", [WORDS], judge=wrong))


# `find_spec` finds nothing where sys.modules has None: as good as a package that is not installed.
WITHOUT = "import sys; sys.modules.update(dict.fromkeys({names!r})); "
MODULES = {
    "server:http://127.0.0.1:9": ["aiohttp"],
    "openai:m": ["aiohttp"],
    "hf:m": ["torch"],
    "vllm:m": ["vllm"],
}
EXTRA = {"server": "http", "openai": "http", "hf": "hf", "vllm": "vllm"}


def run_without(names: Sequence[str], code: str, *arguments: str, **environment: str) -> Any:
    """Run Python code in a process that lacks some packages."""
    command = [sys.executable, "-c", WITHOUT.format(names=list(names)) + code, *arguments]
    given = {**os.environ, "VERIF_JUDGE": "", "VERIF_REWARD": "", **environment}
    return subprocess.run(command, capture_output=True, text=True, env=given, timeout=120, check=False)


MADE = """
import asyncio, sys
from verif_sdk import Composer, verify
from verif_sdk.errors import MissingExtra
from verif_sdk.rewards import RewardConfig
from verif_sdk.rewards.openrlhf import OpenRlhfReward
from verif_sdk.rewards.trl import TrlReward
from verif_sdk.rewards.verl import compute_score
WORDS = {"type": "length:words", "at_least": 1}
for spec in sys.argv[1:]:
    for way in (
        lambda: verify("a", WORDS, judge=spec),
        lambda: Composer(judge=spec),
        lambda: RewardConfig(judge=spec),
        lambda: TrlReward(judge=spec),
        lambda: OpenRlhfReward(judge=spec, undecided=0.0),
        lambda: asyncio.run(compute_score("d", "a", [WORDS], judge=spec)),
    ):
        try:
            way()
        except MissingExtra as error:
            print(error)
"""


def test_a_missing_extra_is_named_with_the_way_to_install_it() -> None:
    done = run_without(sorted({name for names in MODULES.values() for name in names}), MADE, *MODULES)
    lines = done.stdout.splitlines()
    assert len(lines) == 6 * len(MODULES), done.stderr
    for spec, line in zip((spec for spec in MODULES for _ in range(6)), lines, strict=True):
        scheme = spec.partition(":")[0]
        wanted = f"the judge {scheme!r} needs {MODULES[spec][0]}: pip install 'verif-sdk[{EXTRA[scheme]}]'"
        assert line == wanted


@pytest.mark.parametrize("command", ["score", "serve"])
@pytest.mark.parametrize(
    ("judge", "lacking", "words"),
    [
        (
            "server:http://127.0.0.1:9",
            ["aiohttp"],
            "needs aiohttp: pip install 'verif-sdk[http]'",
        ),
        ("vlm:m", [], "unknown judge 'vlm'; did you mean 'vllm'?"),
        ("server:http://127.0.0.1:9?retrys=1", [], "unknown option 'retrys'; did you mean 'retries'?"),
    ],
)
def test_the_command_line_stops_before_the_first_row(
    command: str, judge: str, lacking: list[str], words: str, tmp_path: Path
) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps({"response": "a", "constraints": [WORDS]}) + "\n")
    out = tmp_path / "out.jsonl"
    arguments = [str(rows), "--out", str(out)] if command == "score" else ["--port", "0"]
    code = "from verif_sdk.cli import main; main()"
    done = run_without(lacking, code, command, *arguments, "--judge", judge)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert words in done.stderr
    assert not out.exists()


def test_every_refusal_is_an_error_of_ours() -> None:
    for wrong in (Sync(), "vlm:m", "vllm"):
        with pytest.raises(VerifError):
            Composer(judge=wrong)  # type: ignore[arg-type]  # wrong on purpose
