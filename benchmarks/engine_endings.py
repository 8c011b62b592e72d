"""Ends the owner of a vLLM engine in many ways, and kills engines in mid-batch: what stays, and what hangs.

    python benchmarks/engine_endings.py               # every way, then 20 kills
    python benchmarks/engine_endings.py sigterm fork  # these ways
    python benchmarks/engine_endings.py kills 5

A way is well if its program ends by itself, its standard output is closed, and no process of it stays.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENGINE = "enforce_eager=true&gpu_memory_utilization=0.3&max_model_len=512"
JUDGE = f"vllm:{ROOT}/examples/tiny_judge/checkpoint?{ENGINE}"
MARK = "VERIF_ENDING"
LATEST = 15.0  # seconds after its owner that the last process of an engine may end
LONGEST = 400.0  # seconds for a program

PROGRAM = f"""
import concurrent.futures, multiprocessing, os, signal, sys, threading, time
from verif_sdk import verify, verify_batch

def score(n=0):
    tone = {{"type": "soft:tone", "tone": "polite"}}
    result = verify(f"Thank you very much for the soup {{n}}.", tone, judge={JUDGE!r})
    print("scored", result.reward, result.errors, flush=True)
    return result.reward

def wait_for_the_end():
    print("ready", flush=True)
    time.sleep(600)

"""

KILL = {"sigterm": signal.SIGTERM, "sigkill": signal.SIGKILL, "sigint": signal.SIGINT}
"""Signals that are sent when the program says that it is ready."""

WAYS = {
    "return": "score()",
    "exit": "score(); sys.exit(3)",
    "exception": "score(); 1 / 0",
    "_exit": "score(); os._exit(0)",
    "sigterm": "score(); wait_for_the_end()",
    "sigkill": "score(); wait_for_the_end()",
    "sigint": "score(); wait_for_the_end()",
    "sigkill with a fork": "score(); os.fork(); wait_for_the_end()",
    "fork": """
child = multiprocessing.get_context("fork").Process(target=score)
child.start(); child.join(); print("exit code", child.exitcode)
""",
    "spawn": """
if __name__ == "__main__":
    child = multiprocessing.get_context("spawn").Process(target=score)
    child.start(); child.join(); print("exit code", child.exitcode)
""",
    "executor": """
with concurrent.futures.ProcessPoolExecutor(1) as pool:
    print(list(pool.map(score, range(2))))
""",
    "os.fork": """
score()
child = os.fork()
if child == 0:
    score()
    sys.exit(5)  # runs what the parent has registered for its exit
print("exit code", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
score(1)
""",
    "exit while it starts": """
threading.Thread(target=score, daemon=True).start()
while not any(child.name.startswith("EngineCore") for child in multiprocessing.active_children()):
    time.sleep(0.05)
time.sleep(2)
sys.exit(0)
""",
    "pool": """
with multiprocessing.get_context("fork").Pool(1) as pool:
    print(pool.map(score, range(2)))
""",
}


def left(mark: str) -> list[str]:
    """Return the processes that carry a mark in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (process / "environ").read_bytes():
                found.append(f"{process.name} {(process / 'comm').read_text().strip()}")
        except OSError:
            continue
    return found


def end(way: str, tmp: Path) -> bool:
    """Run a program that ends in this way, and tell whether all of it is gone afterwards."""
    mark = uuid.uuid4().hex
    script = tmp / f"{mark}.py"
    script.write_text(PROGRAM + WAYS[way])
    environment = {**os.environ, MARK: mark, "VLLM_CPU_KVCACHE_SPACE": "1", "HF_HUB_OFFLINE": "1"}
    began = time.monotonic()
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=environment, cwd=tmp
    ) as program:
        assert program.stdout is not None
        for line in program.stdout:
            print(f"    {line.rstrip()}")
            if line == "ready\n":
                program.send_signal(KILL[way.partition(" ")[0]])
                break
        ended = program.wait(LONGEST)
        gone = time.monotonic()
        if "fork" in way.split()[1:]:  # that one is the user's own, and outlives its parent
            own = [int(line.split()[0]) for line in left(mark) if "VLLM" not in line and "python" in line]
            seen = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in own}
            forked = [pid for pid, command in seen.items() if str(script) in command]
            while any("VLLM" in line for line in left(mark)) and time.monotonic() - gone < LATEST:
                time.sleep(0.1)
            stayed = [line for line in left(mark) if "VLLM" in line]
            for pid in forked:
                os.kill(pid, signal.SIGKILL)
        else:
            while left(mark) and time.monotonic() - gone < LATEST:
                time.sleep(0.1)
            stayed = left(mark)
        late = time.monotonic() - gone
        well = not stayed
        if well:
            program.stdout.read()  # hangs where somebody holds it open
    print(
        f"{'ok ' if well else 'BAD'} {way}: exit {ended} after {gone - began:.0f} s, "
        f"the last process {late:.1f} s later; stayed: {stayed or 'none'}",
        flush=True,
    )
    return well


KILLS = (
    PROGRAM
    + """
import random
from verif_sdk.judges.shared import resolve

class Timed:
    # Notes when errors come; what is asked after the death goes to a new engine, and takes its start.
    def __init__(self):
        self.errors = []
    async def answer(self, questions):
        answers = await resolve(JUDGE).answer(questions)
        self.errors += [time.monotonic() for answer in answers if answer.error is not None]
        return answers

count = int(sys.argv[1])
tone = {"type": "soft:tone", "tone": "polite"}
chance = random.Random(time.time())
worst = 0.0
for turn in range(count):
    while score(turn) is None:  # on the engine of this turn
        pass
    cases = [{"response": f"{turn} {n} " + "word " * 60, "constraints": [tone]} for n in range(2000)]
    killed, judge, after = [], Timed(), chance.uniform(0.0, 1.5)
    def kill():
        time.sleep(after)
        core, = [child for child in multiprocessing.active_children() if child.name.startswith("EngineCore")]
        os.kill(core.pid, signal.SIGKILL)
        killed.append(time.monotonic())
    threading.Thread(target=kill).start()
    results = verify_batch(cases, judge=judge)
    late = max(judge.errors, default=killed[0]) - killed[0]
    worst = max(worst, late)
    print(f"kill {turn + 1} after {after:.2f} s: {2000 - len(judge.errors)} answered, {len(judge.errors)} errors, "
          f"the last {late:.2f} s after the kill; {results[-1].errors}", flush=True)
print(f"worst {worst:.2f} s")
""".replace("JUDGE", repr(JUDGE))
)


def kills(count: int, tmp: Path) -> bool:
    """Kill the engine of one program `count` times while a batch of 2,000 is under way."""
    script = tmp / "kills.py"
    script.write_text(KILLS)
    environment = {**os.environ, "VLLM_CPU_KVCACHE_SPACE": "1", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run([sys.executable, str(script), str(count)], check=False, env=environment, cwd=tmp)
    return done.returncode == 0


def main() -> int:
    """Run what the command line names."""
    import tempfile

    named = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        if named[:1] == ["kills"]:
            return not kills(int(named[1]), Path(folder))
        well = [end(way, Path(folder)) for way in named or WAYS]
        return not (all(well) and (named or kills(20, Path(folder))))


if __name__ == "__main__":
    raise SystemExit(main())
