"""A pool of warm workers, one program at a time in each; safe to call from many threads."""

from __future__ import annotations

import atexit
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

from verif_sdk.errors import Undecidable
from verif_sdk.sandbox import command, protocol
from verif_sdk.sandbox.protocol import Limits

START = 30.0  # seconds for a worker to come up on a busy machine
GRACE = 5.0  # seconds beyond the program's own limit until a silent worker counts as lost


class Worker:
    """One worker process.

    Raises:
        Undecidable: it does not come up; the message has what it said.
    """

    def __init__(self, arguments: list[str]) -> None:
        with tempfile.TemporaryFile() as said:
            self._process = subprocess.Popen(  # noqa: S603  # our own command line
                arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                env=command.ENVIRONMENT,
                cwd="/",
            )
            assert self._process.stdin is not None  # noqa: S101  # PIPE was asked for
            assert self._process.stdout is not None  # noqa: S101
            self._jobs, self._replies = self._process.stdin.fileno(), self._process.stdout.fileno()
            try:
                if protocol.read(self._replies, START, protocol.MAX_REPLY) == protocol.READY:
                    return
                cause = "it does not speak our protocol"
            except (EOFError, TimeoutError, ValueError):
                said.seek(0)
                cause = said.read().decode("utf-8", "replace").strip()[-500:] or "it says nothing"
            self.kill()
        raise Undecidable(f"the sandbox does not start on this machine: {cause}")

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def run(self, job: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Return the worker's reply to `job`.

        Raises:
            EOFError, OSError, TimeoutError, ValueError: the worker is lost and must be killed.
        """
        protocol.write(self._jobs, job)
        return protocol.read(self._replies, seconds, protocol.MAX_REPLY)

    def kill(self) -> None:
        """End the process and all that it started, and wait for it."""
        self._process.kill()
        self._process.wait()
        self._close()

    def forget(self) -> None:
        """Let go of a worker that belongs to the process this one was forked from."""
        self._process.returncode = 0  # nothing to wait for here
        self._close()

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


class Pool:
    """Up to `size` workers, started when they are needed and kept.

    Args:
        start: gives the command line of a worker; raises Undecidable where there can be none.
        size: how many; the number of processors unless given.
        limits: what one run may use.
    """

    def __init__(
        self, start: Callable[[], list[str]], size: int | None = None, limits: Limits | None = None
    ) -> None:
        self._start = start
        self._limits = limits or Limits()
        self._free = threading.Semaphore(size or os.cpu_count() or 1)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        # Linux ends a process that dies with its parent when the *thread* that started it ends.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="verif-sandbox")

    def run(self, source: str, instruction: str, response: str) -> bool:
        """Return what the program's check_following says of the response.

        Raises:
            Undecidable: it says neither True nor False; the message is the cause in words.
        """
        limits = self._limits._asdict()
        job = {"source": source, "instruction": instruction, "response": response, "limits": limits}
        with self._free:
            reply = self._exchange(job)
        match reply:
            case {"passed": bool(passed)}:
                return passed
            case {"error": str(error)}:
                raise Undecidable(error)
        raise Undecidable("the sandbox gave no verdict")

    def close(self) -> None:
        """End all workers. The pool can be used again."""
        with self._lock:
            workers, self._idle = [*self._idle, *self._busy], []
        for worker in workers:
            worker.kill()

    def forget(self) -> None:
        """Let go of all workers, in a forked child of the process that owns them."""
        for worker in [*self._idle, *self._busy]:
            worker.forget()

    def _exchange(self, job: dict[str, Any]) -> dict[str, Any]:
        worker = self._taken()
        kept = False
        try:
            reply = worker.run(job, self._limits.wall + GRACE)
            kept = True
            return reply
        except TimeoutError:
            return {"error": "the program stopped its sandbox, which was killed and replaced"}
        except (EOFError, OSError, ValueError):
            return {"error": "the program broke its sandbox, which was killed and replaced"}
        finally:
            with self._lock:
                self._busy.discard(worker)
                if kept:
                    self._idle.append(worker)
            if not kept:
                worker.kill()

    def _taken(self) -> Worker:
        while True:
            with self._lock:
                worker = self._idle.pop() if self._idle else None
                if worker is not None:
                    self._busy.add(worker)
            if worker is None:
                break
            if worker.alive:
                return worker
            with self._lock:
                self._busy.discard(worker)
            worker.kill()
        worker = self._starter.submit(lambda: Worker(self._start())).result()
        with self._lock:
            self._busy.add(worker)
        return worker


@cache
def _shared() -> dict[bool, Pool]:
    pools = {False: Pool(command.sealed), True: Pool(command.plain)}
    for pool in pools.values():
        atexit.register(pool.close)
    return pools


def shared(*, unsandboxed: bool) -> Pool:
    """Return this process's pool of sandboxes, or of plain subprocesses."""
    return _shared()[unsandboxed]


def _forked() -> None:
    if _shared.cache_info().currsize:
        for pool in _shared().values():
            atexit.unregister(pool.close)
            pool.forget()
        _shared.cache_clear()


os.register_at_fork(after_in_child=_forked)
