"""How trainers call: 512 completions with four soft constraints each on one engine, in one batch or one by one.

(a) one batch, as TRL does; (b) 512 threads with one each, as OpenRLHF does; (c) 512 coroutines with one each,
as verl does. The questions of all callers reach the engine as one stream, so (b) and (c) should keep at
least 0.85 of (a). The three are timed in turn, on a random model (what is measured is the way to the engine, not
the verdicts), after a round that is not counted. From the root: PYTHONPATH=. python benchmarks/trainer_calls.py
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests import tiny_model
from verif_sdk.rewards import RewardConfig, Rollout, Scorer

COMPLETIONS = 512
ROUNDS = 3
LEAST = 0.85
CONSTRAINTS = [
    {"type": "soft:tone", "tone": "polite"},
    {"type": "soft:register", "level": "formal"},
    {"type": "soft:sentiment", "sentiment": "positive"},
    {"type": "soft:topic", "topic": "travel"},
]


def rollouts(turn: int) -> list[Rollout]:
    """Return completions that no turn has seen before, so that no prefix cache answers for the engine."""
    columns = {"constraints": CONSTRAINTS}
    return [Rollout("Say hi.", f"Response {n} of turn {turn}.", columns) for n in range(COMPLETIONS)]


def main() -> int:
    """Print the ratios; return 1 if one is below `LEAST`."""
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "1")
    with tempfile.TemporaryDirectory() as folder:
        options = "enforce_eager=true&gpu_memory_utilization=0.3&max_model_len=1024"
        scorer = Scorer(RewardConfig(judge=f"vllm:{tiny_model.make(Path(folder))}?{options}", early_exit=False))

        def batch(given: list[Rollout]) -> list[Any]:
            return scorer.score(given)

        def threads(given: list[Rollout]) -> list[Any]:
            with ThreadPoolExecutor(COMPLETIONS) as pool:
                return [one for (one,) in pool.map(lambda rollout: scorer.score([rollout]), given)]

        def coroutines(given: list[Rollout]) -> list[Any]:
            async def all_of_them() -> list[Any]:
                return [one for (one,) in await asyncio.gather(*(scorer.ascore([rollout]) for rollout in given))]

            return asyncio.run(all_of_them())

        ways: dict[str, Callable[[list[Rollout]], list[Any]]] = {
            "one batch": batch,
            "512 threads": threads,
            "512 coroutines": coroutines,
        }
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        turn = 0
        for number in range(ROUNDS + 1):
            for name, way in ways.items():
                turn += 1
                given = rollouts(turn)
                started = time.perf_counter()
                scored = way(given)
                taken = time.perf_counter() - started
                assert all(one.reward is not None for one in scored)
                if number:
                    seconds[name].append(taken)
    base = seconds["one batch"]
    print(f"{COMPLETIONS} completions x {len(CONSTRAINTS)} soft constraints, median of {ROUNDS} rounds in turn")
    low = False
    for name, times in seconds.items():
        ratio = statistics.median([a / b for a, b in zip(base, times, strict=True)])
        low |= ratio < LEAST
        print(f"  {name:15} {COMPLETIONS / statistics.median(times):6.0f} completions/s, {ratio:.2f} of one batch")
    return int(low)


if __name__ == "__main__":
    raise SystemExit(main())
