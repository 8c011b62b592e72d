"""Ends the owner of a vLLM engine in many ways, and kills engines in mid-batch: what stays, and what hangs.

    python benchmarks/engine_endings.py               # every way, then 20 kills
    python benchmarks/engine_endings.py sigterm fork  # these ways
    python benchmarks/engine_endings.py kills 5

A way is well if its program ends by itself, its standard output is closed, and nothing of it stays: no process, no
socket or pipe with a name, no shared memory, and on standard error no complaint but its own exception.
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
                command = (process / "cmdline").read_text(errors="replace").replace("\0", " ").strip()
                found.append(f"{process.name} {command[-100:]}")
        except OSError:
            continue
    return found


def files(folder: Path, earlier: set[str]) -> list[str]:
    """Return sockets and pipes that are left in a program's folder, and new shared memory that nobody has open."""
    used = "".join(maps(process) for process in Path("/proc").glob("[0-9]*"))
    memory = [name for name in shared_memory() - earlier if name not in used]
    return [*memory, *(path.name for path in folder.rglob("*") if path.is_socket() or path.is_fifo())]


def maps(process: Path) -> str:
    try:
        return (process / "maps").read_text(errors="replace")
    except OSError:
        return ""


def shared_memory() -> set[str]:
    return {path.name for path in Path("/dev/shm").glob("psm_*")}


def complaints(errors: str) -> list[str]:
    """Return the lines of standard error that no user should see."""
    return [
        line for line in errors.splitlines() if any(word in line for word in ("leaked", "ignored", "can only"))
    ]


def follow(way: str, mark: str, program: subprocess.Popen[str]) -> tuple[int, float, list[str]]:
    """Return a program's exit code, how long after it its last process ended, and what processes stayed."""
    assert program.stdout is not None
    for line in program.stdout:
        print(f"    {line.rstrip()}")
        if line == "ready\n":
            program.send_signal(KILL[way.partition(" ")[0]])
            break
    ended = program.wait(LONGEST)
    gone = time.monotonic()
    others = " with a fork" in way  # the fork is the user's own, and outlives its parent

    def staying() -> list[str]:
        return [line for line in left(mark) if "VLLM" in line or not others]

    while staying() and time.monotonic() - gone < LATEST:
        time.sleep(0.1)
    late, stayed = time.monotonic() - gone, staying()
    for line in left(mark):
        os.kill(int(line.split()[0]), signal.SIGKILL)
    if not stayed:
        program.stdout.read()  # hangs where somebody holds it open
    return ended, late, stayed


def end(way: str, tmp: Path) -> bool:
    """Run a program that ends in this way, and tell whether all of it is gone afterwards."""
    mark = uuid.uuid4().hex
    script, folder, errors = tmp / f"{mark}.py", tmp / mark, tmp / f"{mark}.err"
    script.write_text(PROGRAM + WAYS[way])
    folder.mkdir()
    environment = {MARK: mark, "TMPDIR": str(folder), "VLLM_CPU_KVCACHE_SPACE": "1", "HF_HUB_OFFLINE": "1"}
    began, memory = time.monotonic(), shared_memory()
    with (
        errors.open("w") as file,
        subprocess.Popen(
            [sys.executable, str(script)],
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
            env={**os.environ, **environment},
            cwd=tmp,
        ) as program,
    ):
        ended, late, stayed = follow(way, mark, program)
    took = time.monotonic() - began - late
    stayed += [*files(folder, memory), *complaints(errors.read_text())]
    print(
        f"{'BAD' if stayed else 'ok '} {way}: exit {ended} after {took:.0f} s, "
        f"the last process {late:.1f} s later; stayed: {stayed or 'nothing'}",
        flush=True,
    )
    return not stayed


KILLS = (
    PROGRAM
    + """
import random
from pathlib import Path
from verif_sdk.judges import engine as engines
from verif_sdk.judges.shared import resolve

def spent(thread="thread-self"):
    # Seconds that a thread ran, and that it waited for a processor.
    ran, waited, _ = Path(f"/proc/{thread}/schedstat").read_text().split()
    return int(ran) / 1e9, int(waited) / 1e9

class Timed:
    # Notes when errors come; what is asked after the death goes to a new engine, and takes its start.
    shares_loop = True
    errors, last, by_then = 0, 0.0, (0.0, 0.0)
    async def answer(self, questions):
        answers = await resolve(JUDGE).answer(questions)
        if any(answer.error is not None for answer in answers):
            self.errors, self.last, self.by_then = self.errors + 1, time.monotonic(), spent()
        return answers

count = int(sys.argv[1])
tone = {"type": "soft:tone", "tone": "polite"}
chance = random.Random(time.time())
worst = 0.0
for turn in range(count):
    while score(turn) is None:  # on the engine of this turn
        pass
    cases = [{"response": f"{turn} {n} " + "word " * 60, "constraints": [tone]} for n in range(2000)]
    judge, after, note = Timed(), chance.uniform(0.0, 1.5), {}
    def kill():
        time.sleep(after)
        home, = [thread for thread in threading.enumerate() if thread.name == "verif-judge"]
        running, = [one.result() for one in engines._engines.values()]
        core, = [child for child in multiprocessing.active_children() if child.name.startswith("EngineCore")]
        before = spent(f"self/task/{home.native_id}")
        os.kill(core.pid, signal.SIGKILL)
        killed = time.monotonic()
        while not running.dead:
            time.sleep(0.005)
        note.update(killed=killed, before=before, noticed=time.monotonic() - killed)
    killer = threading.Thread(target=kill)
    killer.start()
    results = verify_batch(cases, judge=judge)
    killer.join()
    late = judge.last - note["killed"] if judge.errors else 0.0
    ran, waited = (then - before for then, before in zip(judge.by_then, note["before"]))
    worst = max(worst, late)
    print(f"kill {turn + 1} after {after:.2f} s: {2000 - judge.errors} answered, {judge.errors} errors, the last "
          f"{late:.2f} s after the kill: vLLM noticed after {note['noticed']:.2f} s, the loop ran {ran:.2f} s and "
          f"waited {waited:.2f} s for a processor; load {os.getloadavg()[0]:.1f}", flush=True)
print(f"worst {worst:.2f} s; the next call: {score()}")
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
