"""Starting the processes of an engine so that they end with this one, and print to a file of ours."""

from __future__ import annotations

import os
import tempfile
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import spawn
from typing import Any

import regex

from verif_sdk.judges.starting import shortened

_MAIN = "verif_sdk.judges.engine_main"
_METHOD = "VLLM_WORKER_MULTIPROC_METHOD"
_PREFIX = regex.compile(r"\(\w+ pid=\d+\) (?:[A-Z]+ [\d-]+ [\d:]+ \[[^\]]*\] )?")
_EXCEPTION = regex.compile(r"(?:\w+\.)*\w*(?:Error|Exception|Refused|Exceeded): \S")


class Log:
    """What the processes of an engine print: a file with a name only while they start, and gone with them."""

    def __init__(self) -> None:
        self._file: int | None = None

    @contextmanager
    def named(self) -> Iterator[str]:
        """Give the path to print to, which is gone afterwards."""
        self._file, path = tempfile.mkstemp(prefix="verif-vllm-", suffix=".log")
        weakref.finalize(self, os.close, self._file)
        try:
            yield path
        finally:
            os.unlink(path)

    def text(self) -> str:
        """Return all that was printed."""
        if self._file is None:
            return ""
        return os.pread(self._file, os.fstat(self._file).st_size, 0).decode("utf-8", "replace")

    def cause(self) -> str:
        """Return the exception that was printed first, which is the root of the others, or nothing.

        vLLM prints it in the process where it was raised; elsewhere it says "see root cause above".
        """
        lines = (_PREFIX.sub("", line) for line in self.text().splitlines())
        return next((shortened(line) for line in lines if _EXCEPTION.match(line)), "")


@contextmanager
def processes(arguments: list[str]) -> Iterator[None]:
    """Have processes that this thread spawns run `engine_main` in place of the caller's script.

    A spawned process runs the main script anew unless that has a guard, and the engine needs nothing of it. vLLM
    forks where it may; a fork of a process with threads can hang, and would keep open whatever is open here.
    """
    original, me, method = spawn.get_preparation_data, threading.get_ident(), os.environ.get(_METHOD)

    def prepared(name: str) -> dict[str, Any]:
        data = original(name)
        if threading.get_ident() == me:
            data.pop("init_main_from_path", None)
            data.update(init_main_from_name=_MAIN, sys_argv=["verif-engine", *arguments])
        return data

    spawn.get_preparation_data = prepared
    os.environ[_METHOD] = "spawn"
    try:
        yield
    finally:
        spawn.get_preparation_data = original
        if method is None:
            os.environ.pop(_METHOD, None)
        else:
            os.environ[_METHOD] = method
