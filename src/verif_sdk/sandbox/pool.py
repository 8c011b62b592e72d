"""A pool of warm workers, one program at a time in each; safe to call from many threads."""

from __future__ import annotations

import atexit
import os
import threading
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from verif_sdk.errors import Undecidable
from verif_sdk.sandbox import command, outcome, protocol
from verif_sdk.sandbox.command import Launch
from verif_sdk.sandbox.process import Worker
from verif_sdk.sandbox.protocol import Ended, Limits

_LANGUAGE = ("langdetect", "nltk", "regex")
"""Packages that cost up to a second to load and make each fork dearer, so programs that import one have
workers of their own. What a worker has loaded never depends on the programs before."""


class Pool:
    """Workers that are started when they are needed and kept, of which up to `size` run a program at a time.

    Args:
        start: says how a worker is started; raises Undecidable where there can be none.
        size: how many; the number of processors unless given.
        limits: what one run may use.
    """

    def __init__(self, start: Callable[[], Launch], size: int | None = None, limits: Limits | None = None) -> None:
        self._start = start
        self._limits = limits or Limits()
        self._free = threading.Semaphore(size or os.cpu_count() or 1)
        self._lock = threading.Lock()
        self._idle: dict[tuple[str, ...], list[Worker]] = defaultdict(list)  # by the modules they have loaded
        self._busy: set[Worker] = set()
        # Linux ends a process that dies with its parent when the *thread* that started it ends.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="verif-sandbox")

    def run(self, source: str, instruction: str, response: str) -> bool:
        """Return what the program's check_following says of the response.

        Raises:
            Undecidable: it says neither True nor False; the message is the cause in words.
        """
        job = protocol.packed(source, instruction, response)
        with self._free:
            said, ended = self._exchange(job, _modules(source))
        return outcome.passed(said, ended, self._limits)

    def close(self) -> None:
        """End all workers. The pool can be used again."""
        with self._lock:
            workers = self._all()
            self._idle.clear()
        for worker in workers:
            worker.kill()

    def forget(self) -> None:
        """Let go of all workers, in a forked child of the process that owns them."""
        for worker in self._all():
            worker.forget()

    def _all(self) -> list[Worker]:
        return [*(worker for kind in self._idle.values() for worker in kind), *self._busy]

    def _exchange(self, job: bytes, modules: tuple[str, ...]) -> tuple[bytes, Ended]:
        worker = self._taken(modules)
        kept = False
        try:
            ended = worker.run(job)
            kept = True
            return ended
        except Undecidable:
            kept = True
            raise
        except TimeoutError:
            raise Undecidable("the program stopped its sandbox, which was killed and replaced") from None
        except (EOFError, OSError, ValueError):
            raise Undecidable("the program broke its sandbox, which was killed and replaced") from None
        finally:
            with self._lock:
                self._busy.discard(worker)
                if kept:
                    self._idle[modules].append(worker)
            if not kept:
                worker.kill()

    def _taken(self, modules: tuple[str, ...]) -> Worker:
        while True:
            with self._lock:
                worker = self._idle[modules].pop() if self._idle[modules] else None
                if worker is not None:
                    self._busy.add(worker)
            if worker is None:
                break
            if worker.alive:
                return worker
            with self._lock:
                self._busy.discard(worker)
            worker.kill()
        worker = self._started(modules)
        with self._lock:
            self._busy.add(worker)
        return worker

    def _started(self, modules: tuple[str, ...]) -> Worker:
        try:
            return self._starter.submit(lambda: Worker(self._start(), modules, self._limits)).result()
        except (OSError, RuntimeError) as error:  # no process, thread, descriptor or memory is left
            raise Undecidable(f"the sandbox cannot be started now: {error}") from None


def _modules(source: str) -> tuple[str, ...]:
    """Return what a worker should have loaded for a program."""
    importing = [line for line in source.splitlines() if "import" in line]
    return _LANGUAGE if any(name in line for line in importing for name in _LANGUAGE) else ()


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
