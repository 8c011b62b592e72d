"""How the processes of an engine find one another: by names that are gone as soon as all of them are connected.

What has no name is gone with the last process that has it open, however that ends: the kernel sees to it, where
vLLM leaves sockets in the folder for temporary files, and shared memory for Python to clean up with a warning.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import regex

from verif_sdk.late import once

_FOLDER = "VLLM_RPC_BASE_PATH"
_LONGEST = 103 - len("/verif-12345678/12345678-1234-1234-1234-123456789012")
"""Characters of the folder that theirs is made in: a socket's whole path may have 103 on macOS, 107 on Linux."""
_SHORT = "/tmp"  # noqa: S108  # what is made in it is this user's alone
_SHARED = regex.compile(r"/dev/shm(/psm_\w+)")  # noqa: S108  # where Linux keeps it


@contextmanager
def sockets() -> Iterator[None]:
    """Have vLLM make its sockets in a folder that is gone afterwards; what is connected stays connected."""
    given = os.environ.get(_FOLDER)
    place = given or tempfile.gettempdir()
    place = place if len(place) <= _LONGEST else _SHORT
    with tempfile.TemporaryDirectory(prefix="verif-", dir=place, ignore_cleanup_errors=True) as folder:
        os.environ[_FOLDER] = folder
        try:
            yield
        finally:
            if given is None:
                del os.environ[_FOLDER]
            else:
                os.environ[_FOLDER] = given


def unname_memory(child: BaseProcess) -> None:
    """Take the names off the shared memory that a child and its descendants have open.

    Python's resource tracker, which they share with this process, then has nothing to clean up.
    """
    for name in {name for process in _family(child) for name in _SHARED.findall(_maps(process))}:
        with suppress(FileNotFoundError):
            os.unlink(f"/dev/shm{name}")  # noqa: S108
            resource_tracker.unregister(name, "shared_memory")


def _family(child: BaseProcess) -> list[int]:
    with suppress(_psutil().Error):
        first = _psutil().Process(child.pid)
        return [one.pid for one in (first, *first.children(recursive=True))]
    return []


def _maps(process: int) -> str:
    with suppress(OSError):  # it has ended, or this is not Linux
        return Path(f"/proc/{process}/maps").read_text("utf-8", "replace")
    return ""


@once
def _psutil() -> Any:
    import psutil

    return psutil
