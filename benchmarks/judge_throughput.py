"""Verdicts per second on one real vLLM engine, four ways of asking the same questions, in turn:

(a) the composer; (b) raw `AsyncLLM.generate` on token ids made beforehand, the ceiling; (c) one HTTP
call per question from a thread pool, as VerIF's published code does; (d) the question before the
response instead of after it, so that nothing is shared between a response's constraints.

The model is random and has ten million parameters: its verdicts mean nothing, but a step of it costs
enough for the ratios to be about the judging and not about the interpreter.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ARGUMENTS: dict[str, Any] = {"enforce_eager": True, "gpu_memory_utilization": 0.3, "max_model_len": 2048}
RESPONSES = 32
ROUNDS = 4
os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "1")
os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR")

from examples.tiny_judge import CHECKPOINT  # noqa: E402  # after vLLM's settings
from verif_sdk import Case, Composer, Question, Registry, event_loop  # noqa: E402
from verif_sdk.judges.engine import engine  # noqa: E402
from verif_sdk.judges.vllm import VllmJudge, _one_token  # noqa: E402

SPECS = [{"type": "soft:tone", "tone": tone} for tone in ("polite", "rude", "friendly")]
SPECS += [{"type": "soft:sentiment", "sentiment": value} for value in ("positive", "negative")]
SPECS += [{"type": "soft:topic", "topic": topic} for topic in ("food", "travel", "sports")]
PARSED = tuple(Registry.installed().parse(spec) for spec in SPECS)
_run = itertools.count()


def random_model(folder: Path) -> Path:
    """Write a random model of ten million parameters with the tiny judge's tokenizer to `folder`."""
    import torch
    from transformers import AutoTokenizer, Qwen3Config, Qwen3ForCausalLM

    torch.manual_seed(0)
    sizes: dict[str, Any] = {
        "hidden_size": 384,
        "intermediate_size": 1152,
        "num_hidden_layers": 6,
        "num_attention_heads": 6,
    }
    config: Any = Qwen3Config.from_pretrained(CHECKPOINT, **sizes, num_key_value_heads=6, head_dim=64)
    config.layer_types = ["full_attention"] * 6
    untrained: Any = Qwen3ForCausalLM
    untrained(config).to(torch.bfloat16).save_pretrained(folder)
    AutoTokenizer.from_pretrained(CHECKPOINT).save_pretrained(folder)
    return folder


def cases() -> list[Case]:
    """Return responses of 250 words that no earlier round has asked about, 8 soft constraints each."""
    chance = random.Random(next(_run))
    words = ("thank you very much for your question about the lovely soup and train we kindly ask").split()  # noqa: SIM905
    texts = [" ".join(chance.choices(words, k=250)) for _ in range(RESPONSES)]
    return [Case(prompt="A customer asks. Reply.", response=text, constraints=PARSED) for text in texts]


def questions(batch: list[Case]) -> list[Question]:
    return [
        question
        for case in batch
        for constraint in case.constraints
        for question in constraint.questions(case.text())
    ]


class Ways:
    """The four ways, over one in-process engine and one server with the same model."""

    def __init__(self, judge: VllmJudge, url: str) -> None:
        self.judge, self.url = judge, url
        self.engine = event_loop.submit(engine(judge.arguments)).result()

    def composer(self, batch: list[Case]) -> Callable[[], object]:
        return lambda: Composer(judge=self.judge, aggregate="mean", early_exit=False).verify_batch(batch)

    def raw(self, batch: list[Case]) -> Callable[[], object]:
        asked = questions(batch)
        prompts = [self.engine.layout.prompt(question) for question in asked]
        return self._generating(prompts, self.engine.layout.answer_tokens(asked[0]))

    def question_first(self, batch: list[Case]) -> Callable[[], object]:
        asked, layout = questions(batch), self.engine.layout
        prompts = []
        for question in asked:
            ids, tail = layout.prompt(question), len(layout._tail)
            own = layout.content(f"QUESTION: {question.question}")
            # The same tokens with the question moved to the front.
            head = len(layout._head)
            body = ids[head : len(ids) - tail]
            prompts.append([*ids[:head], *own, *body[: len(body) - len(own)], *ids[len(ids) - tail :]])
        return self._generating(prompts, layout.answer_tokens(asked[0]))

    def http(self, batch: list[Case]) -> Callable[[], object]:
        from verif_sdk.judges.prompt import messages

        bodies = [
            {"model": "tiny", "messages": messages(question), "max_tokens": 1, "temperature": 0}
            for question in questions(batch)
        ]

        def call(body: dict[str, Any]) -> Any:
            import json

            request = urllib.request.Request(
                f"{self.url}/v1/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"}
            )
            return urllib.request.urlopen(request, timeout=120).read()

        def pooled() -> None:
            with ThreadPoolExecutor(128) as pool:
                list(pool.map(call, bodies))

        return pooled

    def _generating(self, prompts: list[list[int]], tokens: dict[str, tuple[int, ...]]) -> Callable[[], object]:
        async def one(ids: list[int], name: str) -> object:
            return await self.engine.generate(ids, _one_token(tokens), name)

        async def every() -> list[object]:
            run = next(_run)
            return await asyncio.gather(*(one(ids, f"raw-{run}-{n}") for n, ids in enumerate(prompts)))

        return lambda: event_loop.submit(every()).result()


def served(model: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start vLLM's own server with the same model on a free port of 127.0.0.1."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", str(model)]
    command += ["--host", "127.0.0.1", "--port", str(port), "--served-model-name", "tiny", "--enforce-eager"]
    command += ["--max-model-len", "2048", "--gpu-memory-utilization", "0.3"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    while server.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/health", timeout=1)
        except OSError:
            time.sleep(0.5)
        else:
            return server, url
    raise SystemExit("the server did not start")


def main() -> int:
    """Print the table and return 1 if the composer misses 0.95 of raw or 3 times question first."""
    model = random_model(Path(tempfile.mkdtemp()))
    server, url = served(model)
    try:
        ways = Ways(VllmJudge(str(model), **ARGUMENTS), url)
        makers = {
            "composer": ways.composer,
            "raw": ways.raw,
            "question first": ways.question_first,
            "http": ways.http,
        }
        for make in makers.values():
            make(cases()[:4])()  # engines warm
        speeds: dict[str, list[float]] = {name: [] for name in makers}
        for _ in range(ROUNDS):
            for name, make in makers.items():
                run = make(cases())
                started = time.perf_counter()
                run()
                speeds[name].append(RESPONSES * len(SPECS) / (time.perf_counter() - started))
    finally:
        server.terminate()
        server.wait(timeout=60)
    print(f"{RESPONSES} responses x {len(SPECS)} soft constraints, median of {ROUNDS} rounds in turn")
    ratios = {
        name: statistics.median(a / b for a, b in zip(speeds["composer"], values, strict=True))
        for name, values in speeds.items()
    }
    for name, values in speeds.items():
        print(f"  {name:15} {statistics.median(values):7.0f} verdicts/s   composer is {ratios[name]:5.2f} x")
    return int(ratios["raw"] < 0.95 or ratios["question first"] < 3)


if __name__ == "__main__":
    raise SystemExit(main())
