"""A few warm workers, and `bounded`, which hands them a task. Safe to call from many threads."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

from verif_sdk.bounded import OUT_OF_MEMORY
from verif_sdk.errors import Undecidable

SECONDS = 2.0
"""Processor time for one task; an honest pattern or schema takes milliseconds."""
MEMORY = 512 << 20
"""Bytes of address space for one worker."""
SIZE = min(8, os.cpu_count() or 1)


class _Worker:
    """One child process."""

    def __init__(self) -> None:
        start = f"import sys; sys.path[:] = {sys.path!r}; from verif_sdk.bounded.worker import main; main()"
        self._process = subprocess.Popen(  # noqa: S603  # our own command line
            [sys.executable, "-c", start, str(SECONDS), str(MEMORY)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us; the child ends when its input does
        )

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def reply(self, job: bytes) -> bytes:
        """Return the line that the child answers, or nothing where the job ended it."""
        assert self._process.stdin is not None  # noqa: S101  # PIPE was asked for
        assert self._process.stdout is not None  # noqa: S101
        try:
            self._process.stdin.write(job)
            self._process.stdin.flush()
            return self._process.stdout.readline()
        except BrokenPipeError:
            return b""

    def end(self) -> int:
        """End the process if it still runs, and return its exit status: minus the signal that ended it."""
        self._process.kill()
        status = self._process.wait()
        self._close()
        return status

    def forget(self) -> None:
        """Let go of a worker that belongs to the process this one was forked from."""
        self._process.returncode = 0  # nothing to wait for here
        self._close()

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


class _Pool:
    def __init__(self) -> None:
        self._renew()

    def _renew(self) -> None:
        self._free = threading.Semaphore(SIZE)
        self._idle: list[_Worker] = []

    def reply(self, job: bytes) -> dict[str, Any]:
        """Return a worker's reply, or how the job ended the worker."""
        with self._free:
            worker, line = self._taken(), b""
            try:
                line = worker.reply(job)
            finally:
                if line:
                    self._idle.append(worker)
                else:
                    status = worker.end()
        return json.loads(line) if line else {"exceeded": _cause(status)}

    def _taken(self) -> _Worker:
        while True:
            try:
                worker = self._idle.pop()
            except IndexError:
                return _Worker()
            if worker.alive:
                return worker
            worker.end()

    def close(self) -> None:
        """End all workers. The pool can be used again."""
        while self._idle:
            self._idle.pop().end()

    def forget(self) -> None:
        """Let go of all workers, in a forked child of the process that owns them."""
        for worker in self._idle:
            worker.forget()
        self._renew()  # the semaphore too: a thread that did not come along may hold it


def _cause(status: int) -> str:
    """Return how a job ended its worker, in words."""
    if status == -signal.SIGPROF:
        return f"it took longer than {SECONDS:g} s"
    if status == OUT_OF_MEMORY:
        return f"it needed more than {MEMORY >> 20} MiB of memory"
    return "its worker was killed"


_pool = _Pool()
atexit.register(_pool.close)
os.register_at_fork(after_in_child=_pool.forget)


def bounded(what: str, task: str, *arguments: Any) -> Any:
    """Return what a task of `tasks.TASKS` makes of its arguments.

    Args:
        what: what is worked out, for the cause: "the pattern 'a+' on this response".
        task: the name of the task.
        arguments: what it takes; JSON.

    Raises:
        Undecidable: it takes more than `SECONDS` of processor time or `MEMORY`, or no process can be started.
        ValueError: the task refuses its arguments; the message is the cause in words.
    """
    job = json.dumps([task, arguments]).encode() + b"\n"
    try:
        reply = _pool.reply(job)
    except OSError as error:
        raise Undecidable(f"{what}: no process can be started for it: {error.strerror}") from None
    match reply:
        case {"result": result}:
            return result
        case {"refused": str(cause)}:
            raise ValueError(cause)
    raise Undecidable(f"{what}: {reply['exceeded']}")
