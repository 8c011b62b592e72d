"""What each way of judging costs, and how well it agrees with the labels, on one engine and the same responses.

    python benchmarks/judging_modes.py [--responses 64]

Per constraint (one token each, probabilities read), joint (one JSON reply per response), cascade (one token,
and reasoning for what lies between 0.2 and 0.8), votes (three samples of reasoning; vLLM has seeded samples on GPU
alone, so a CPU shows them undecided). The model is the demo's tiny judge, on responses that its training held
out. It was trained on single questions: what it makes of joint prompts and of reasoning says nothing about a
real judge, and the cost of each way does. Ratios are against per constraint, in the same run.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from pathlib import Path

from examples.tiny_judge.questions import constraints
from examples.tiny_judge.sentences import sample
from verif_sdk import Case, Composer
from verif_sdk.judges import from_spec

CHECKPOINT = Path(__file__).resolve().parents[1] / "examples" / "tiny_judge" / "checkpoint"
ENGINE = "enforce_eager=true&gpu_memory_utilization=0.3&max_model_len=1024"
ALONE = f"vllm:{CHECKPOINT}?{ENGINE}"
THINKING = f"{ALONE}&reasoning=true&max_reasoning_tokens=64"
MODES = {
    "per constraint": ALONE,
    "joint": f"{ALONE}&joint=true",
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
    Composer(from_spec(ALONE), early_exit=False).verify_batch(cases[:2])  # the engine starts
    print(f"{count} responses with {len(labels) // count} soft constraints each, one engine")
    print(
        f"  {'mode':15} {'verdicts/s':>10} {'against':>8} {'read':>5} {'written':>8} {'agreement':>10} undecided"
    )
    base = 0.0
    for name, spec in MODES.items():
        composer = Composer(from_spec(spec), early_exit=False)
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
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
