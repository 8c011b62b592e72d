"""What each way of judging costs, and how well it agrees with the labels, on one engine and the same responses.

    python benchmarks/judging_modes.py [--responses 64]

Per constraint (one token each, probabilities read), joint (one JSON reply per response), all in one (one 0 or 1
per response), cascade (one token, and reasoning for what lies between 0.2 and 0.8), votes (three samples of
reasoning).
The model is the demo's tiny judge, on responses that its training held out. It was trained on single questions:
what it makes of joint prompts and of reasoning says nothing about a real judge, and the cost of each way does.
Ratios are against per constraint, in the same run.

Then the composer against VerIF's own path, on one server with a larger, random model, whose steps cost something:
a call per response from 128 threads, whose free text is searched for [[1]].
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import tempfile
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.judge_throughput import cases as new_responses
from benchmarks.judge_throughput import random_model, served
from examples.tiny_judge import CHECKPOINT
from examples.tiny_judge.questions import constraints
from examples.tiny_judge.sentences import sample
from verif_sdk import Case, Composer
from verif_sdk.judges.spec import from_spec

ENGINE = "enforce_eager=true&gpu_memory_utilization=0.3&max_model_len=2048&enable_chunked_prefill=false"
WRITTEN = 64  # tokens of free text
# The tiny judge gives answers that it never learned next to no probability; what is measured here is their cost.
ALONE = f"vllm:{CHECKPOINT}?{ENGINE}&least_mass=0"
THINKING = f"{ALONE}&reasoning=true&max_reasoning_tokens={WRITTEN}"
MODES = {
    "per constraint": ALONE,
    "joint": f"{ALONE}&joint=true",
    "all in one": f"{ALONE}&joint=all",
    "cascade": f"cascade:{ALONE}|{THINKING}#low=0.2&high=0.8",
    "votes, 3": f"{THINKING}&votes=3",
}


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--responses", type=int, default=64)
    count = parser.parse_args().responses
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "1")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    chance = random.Random(11)
    cases, labels = [], []
    for _ in range(count):
        of = sample(chance, held_out=True)
        made = constraints(of)
        cases.append(Case.of(prompt=of.prompt, response=of.response, constraints=[one for one, _ in made]))
        labels += [truth for _, truth in made]
    Composer(judge=from_spec(ALONE), early_exit=False).verify_batch(cases[:2])  # the engine starts
    print(f"{count} responses with {len(labels) // count} soft constraints each, one engine")
    print(
        f"  {'mode':15} {'verdicts/s':>10} {'against':>8} {'read':>5} {'written':>8} {'agreement':>10} undecided"
    )
    base = 0.0
    for name, spec in MODES.items():
        composer = Composer(judge=from_spec(spec), early_exit=False)
        started = time.perf_counter()
        results = composer.verify_batch(cases)
        speed = len(labels) / (time.perf_counter() - started)
        base = base or speed
        verdicts = [verdict for result in results for verdict in result.verdicts]
        decided = [
            (verdict.passed, truth) for verdict, truth in zip(verdicts, labels, strict=True) if verdict.decided
        ]
        right = sum(passed == truth for passed, truth in decided) / max(1, len(decided))
        read = sum(result.usage.prompt_tokens for result in results) / len(labels)
        written = sum(result.usage.completion_tokens for result in results) / len(labels)
        open_ones = len(labels) - len(decided)
        print(
            f"  {name:15} {speed:10.0f} {speed / base:7.2f}x {read:5.0f} {written:8.1f} {right:10.1%} {open_ones}"
        )
    published()
    return 0


def published() -> None:
    """Print what the composer and VerIF's path do per second, in turn, on one server with a random model."""
    model = random_model(Path(tempfile.mkdtemp()))
    server, url = served(model)
    spec = f"openai:tiny?base_url={url}/v1&tokenizer={model}&least_mass=0"  # the model is random
    ways: dict[str, Callable[[list[Case]], object]] = {
        "per constraint": Composer(judge=from_spec(spec), early_exit=False).verify_batch,
        "all in one": Composer(judge=from_spec(f"{spec}&joint=all"), early_exit=False).verify_batch,
        "VerIF's path": lambda cases: _from_threads(url, cases),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    try:
        for turn in range(4):  # the first warms the server
            for name, way in ways.items():
                cases = new_responses()
                started = time.perf_counter()
                way(cases)
                if turn:
                    seconds[name].append(time.perf_counter() - started)
    finally:
        server.terminate()
        server.wait(timeout=60)
    print(f"\n{len(cases)} new responses on one server, in turn; VerIF's path writes {WRITTEN} tokens about each")
    print(f"  {'':15} {'responses/s':>11} {'verdicts/s':>10}  verdicts per second against VerIF's path")
    verdicts = {name: len(cases[0].constraints) if name == "per constraint" else 1 for name in ways}
    rates = {name: len(cases) * len(taken) / sum(taken) for name, taken in seconds.items()}
    for name, rate in rates.items():
        ratio = rate * verdicts[name] / rates["VerIF's path"]
        print(f"  {name:15} {rate:11.1f} {rate * verdicts[name]:10.1f}  {ratio:.1f}x")


def _from_threads(url: str, cases: list[Case]) -> list[bool]:
    """Return VerIF's verdicts: 128 threads, one call each, and 0 where the text has no verdict."""
    with ThreadPoolExecutor(128) as pool:
        replies = pool.map(lambda case: _asked(url, case), cases)
        return [
            (found := re.search(r"\[\[([01])\]\]", reply)) is not None and found[1] == "1" for reply in replies
        ]


def _asked(url: str, case: Case) -> str:
    """Return the free text that one call about all requirements of a response gives."""
    listed = "\n".join(f"{number}. {item.instruction()}" for number, item in enumerate(case.constraints, 1))
    asked = (
        f"Does the response meet all requirements? Explain, then write [[1]] if it does and [[0]] if not.\n"
        f"Requirements:\n{listed}\nPrompt: {case.prompt}\nResponse: {case.response}"
    )
    body = {
        "model": "tiny",
        "messages": [{"role": "user", "content": asked}],
        "max_tokens": WRITTEN,
        "min_tokens": WRITTEN,  # a random model stops anywhere
        "temperature": 0,
    }
    request = urllib.request.Request(
        f"{url}/v1/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=300) as reply:
        return str(json.loads(reply.read())["choices"][0]["message"]["content"])


if __name__ == "__main__":
    raise SystemExit(main())
