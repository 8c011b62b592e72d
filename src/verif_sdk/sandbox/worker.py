"""The worker: reads jobs, forks a child for each, and says what became of it. Runs inside the sandbox.

The child inherits loaded modules, which makes a run cheap, and dies with its run, which makes it private:
whatever it did to modules, threads or memory is gone. It holds one descriptor of ours, the pipe of its
own outcome: what it writes there can only be its own verdict.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import select
import signal
import sys
import time
from importlib import import_module
from typing import Any

from verif_sdk.sandbox import program, protocol
from verif_sdk.sandbox.filter import Filter
from verif_sdk.sandbox.protocol import MAX_REPLY, Limits

LOADED = "collections functools itertools json math random re string typing unicodedata"
LOADED_ON_MENTION = ("datetime", "langdetect", "nltk", "regex", "statistics", "textwrap")
"""Cost up to a second, once per worker; not loaded before, because every page makes each fork dearer."""


_LONG = 20_000  # characters
_SAID = {passed: json.dumps({"passed": passed}).encode("ascii") for passed in (True, False)}


def main() -> None:
    """Serve jobs from standard input until it closes. Arguments: "sealed" puts the filter on programs."""
    jobs, replies = os.dup(0), os.dup(1)
    null = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1):
        os.dup2(null, standard)
    for module in LOADED.split():
        import_module(module)
    seal = Filter() if sys.argv[1:] == ["sealed"] else None
    program.prepare()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    gc.disable()  # a collection would write to every page that a child shares
    gc.set_threshold(50_000, 20, 20)
    gc.freeze()
    protocol.write(replies, protocol.READY)
    os.dup2(null, 2)
    while True:
        try:
            job = protocol.read(jobs)
        except EOFError:
            return
        protocol.write(replies, _run(job, seal))


def _run(job: dict[str, Any], seal: Filter | None) -> dict[str, Any]:
    limits = Limits(**job.pop("limits"))
    for module in LOADED_ON_MENTION:
        if module in job["source"] and module not in sys.modules:
            _load(module)
    _compile(job["source"])
    outcome, ours = os.pipe()
    child = os.fork()
    if child == 0:
        _child(job, ours, limits, seal)
    os.close(ours)
    try:
        said = _gathered(outcome, limits.wall)
    finally:
        os.close(outcome)
        os.kill(child, signal.SIGKILL)  # it has said what it says, or its time is up
        _, status, used = os.wait4(child, 0)
    return _judged(said, status, used.ru_utime + used.ru_stime, limits)


def _load(module: str) -> None:
    try:
        import_module(module)
    except Exception:  # noqa: BLE001  # whatever fails there, the program's own import says it
        return
    if module == "langdetect":
        sys.modules[module].DetectorFactory.seed = 0  # otherwise short texts change their language between runs


def _compile(source: str) -> None:
    """Compile a program once for all its runs; compiling runs nothing of it.

    A longer one may take its time and memory, which are limited in its own process alone.
    """
    if len(source) > _LONG:
        return
    try:
        program.compiled(source)
    except Exception:  # noqa: BLE001  # the program's own compilation says it
        return


def _child(job: dict[str, str], descriptor: int, limits: Limits, seal: Filter | None) -> None:
    try:
        os.dup2(descriptor, 3)
        os.closerange(4, 64)
        gc.enable()  # with a threshold that a run in its stride does not reach: a collection touches many pages
        for what, most in (
            (resource.RLIMIT_CPU, limits.cpu),
            (resource.RLIMIT_AS, limits.memory),
            (resource.RLIMIT_FSIZE, limits.files),
        ):
            resource.setrlimit(what, (most, most))
        if seal is not None:
            seal.put_on()
        outcome = program.outcome(**job)
        # The usual outcomes are bytes made before the fork: to make them here would touch the encoder's pages.
        said = _SAID[outcome["passed"]] if "passed" in outcome else json.dumps(outcome).encode("ascii")
        os.write(3, said)
    finally:
        os._exit(0)


def _gathered(descriptor: int, seconds: float) -> bytes | None:
    """Return what the child wrote until it closed the pipe, or None if it took longer than `seconds`."""
    deadline = time.monotonic() + seconds
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    said = b""
    while len(said) <= MAX_REPLY:
        if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            return None
        chunk = os.read(descriptor, MAX_REPLY)
        if not chunk:
            break
        said += chunk
    return said


def _judged(said: bytes | None, status: int, cpu: float, limits: Limits) -> dict[str, Any]:
    """Return the outcome of a finished child as {"passed": bool} or {"error": cause}."""
    if said is None:
        return {"error": f"the program took longer than {limits.wall:g} s"}
    if not said:
        if cpu >= limits.cpu - 0.1:  # the kernel's clock ticks are coarse
            return {"error": f"the program used more than {limits.cpu} s of processor time"}
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) != signal.SIGKILL:
            return {"error": f"the program crashed ({signal.Signals(os.WTERMSIG(status)).name})"}
        return {"error": "the program ended its process without a result"}
    try:
        match json.loads(said):
            case {"passed": bool(passed)}:
                return {"passed": passed}
            case {"error": str(error)}:
                return {"error": error[: 2 * program.MAX_WORDS]}
    except (ValueError, RecursionError):
        pass
    return {"error": "the program wrote over its own result"}


if __name__ == "__main__":
    main()
