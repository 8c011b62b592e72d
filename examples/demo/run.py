"""Score the demo's cases, and show every verdict, the rewards and what the judge cost.

python examples/demo/run.py                              # with the tiny judge, on vLLM
python examples/demo/run.py --judge vllm:Qwen/Qwen3-8B   # with a judge of your own
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from verif_sdk import Case, Result, Usage, VerifError, verify_batch
from verif_sdk.cli.table import verdict_table

CASES = Path(__file__).parent / "cases.jsonl"
CHECKPOINT = Path(__file__).parents[1] / "tiny_judge" / "checkpoint"
TINY = f"vllm:{CHECKPOINT}?enforce_eager=true&max_model_len=1024&gpu_memory_utilization=0.3"


def main() -> int:
    """Return the exit status: 0 if every case got a reward, 1 if one did not, 2 if none could be scored."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--judge", default=TINY, help="a judge spec; the tiny judge unless given")
    judge = parser.parse_args().judge
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "1")  # GiB; only vLLM on a CPU reads it
    console = Console(highlight=False, emoji=False)
    cases = [Case.of(**json.loads(line)) for line in CASES.read_text("utf-8").splitlines()]
    started = time.perf_counter()
    try:
        with console.status("Starting the judge and scoring"):
            results = verify_batch(cases, judge=judge)
    except VerifError as error:
        console.print(f"[red]Nothing was scored:[/] {escape(str(error))}")
        return 2
    seconds = time.perf_counter() - started
    for case, result in zip(cases, results, strict=True):
        _show(console, case, result)
    _close(console, results, judge, seconds)
    return int(any(result.reward is None for result in results))


def _show(console: Console, case: Case, result: Result) -> None:
    console.rule(f"[bold]{case.id}", align="left", style="dim")
    said = Table.grid(padding=(0, 2))
    said.add_row("[dim]prompt[/]", escape(str(case.prompt)))
    said.add_row("[dim]response[/]", escape(str(case.response)) or "[dim](blank)[/]")
    console.print(said, "", verdict_table(result), sep="\n")
    console.print()


def _close(console: Console, results: list[Result], judge: str, seconds: float) -> None:
    usage = sum((result.usage for result in results), Usage())
    named = "the tiny judge (examples/tiny_judge, on vLLM)" if judge == TINY else judge
    rewards = [result.reward for result in results if result.reward is not None]
    console.rule(style="dim")
    console.print(
        f"{len(results)} cases, mean reward [bold]{sum(rewards) / max(1, len(rewards)):.3f}[/], "
        f"{len(results) - len(rewards)} undecided; {seconds:.0f} s, most of it the start of the judge"
    )
    console.print(
        f"Judge: {escape(named)}: {usage.asked} questions asked, {usage.shared} shared, "
        f"{usage.saved} saved because they could not change a reward"
    )
    console.print("With your own model: [bold]make demo JUDGE=vllm:Qwen/Qwen3-8B[/]")


if __name__ == "__main__":
    raise SystemExit(main())
