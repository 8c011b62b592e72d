"""What runs first in the processes of an engine: they end soon after the process that started them.

multiprocessing runs this module in place of the user's script (see `spawning.py`). The one argument is the file
that takes what the processes print.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from contextlib import suppress

_PERIOD = 0.3  # seconds between two looks at the owner
_GRACE = 2.0  # seconds that vLLM gets to end by itself


def _end_with(owner: int) -> None:
    """Wait until `owner` is no longer the parent of this process, and end it.

    Asking the kernel for a signal would not do: Linux sends it when the parent's *thread* ends. Nor would waiting
    for a pipe of the parent to close: every process that the parent forks holds it open.
    """
    while os.getppid() == owner == (_parent() or owner):
        time.sleep(_PERIOD)
    # The kernel ends what takes longer: while Python itself ends, this thread no longer runs.
    signal.setitimer(signal.ITIMER_REAL, _GRACE)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE)
    os.kill(os.getpid(), signal.SIGKILL)


def _parent() -> int | None:
    """Return the process that asked for this one, once that is known; it may have died before we looked."""
    parent = multiprocessing.parent_process()
    return None if parent is None else parent.pid


def _print_to(path: str) -> None:
    """Send what this process and its children print to a file, if it is still there."""
    with suppress(FileNotFoundError):
        log = os.open(path, os.O_WRONLY | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.close(log)


def _ignore_lost_names(problem: sys.UnraisableHookArgs) -> None:
    """Let an object that is collected find that its shared memory has no name any more (see `rendezvous.py`)."""
    if not isinstance(problem.exc_value, FileNotFoundError):
        sys.__unraisablehook__(problem)


if sys.argv[1:]:
    _print_to(sys.argv[1])
sys.unraisablehook = _ignore_lost_names
threading.Thread(target=_end_with, args=(os.getppid(),), name="verif-owner", daemon=True).start()
