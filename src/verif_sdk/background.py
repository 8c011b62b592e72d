"""The one event loop, in a thread of its own, that all judges of this process run on."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

_lock = threading.Lock()
_loops: dict[int, asyncio.AbstractEventLoop] = {}


def submit(work: Coroutine[Any, Any, T]) -> Future[T]:
    """Start `work` on the background loop and return its future; any thread may call.

    Sync callers wait for `.result()`, async ones for `asyncio.wrap_future(...)`: engines and HTTP
    sessions belong to one loop, so every caller's questions go through this one.
    """
    return asyncio.run_coroutine_threadsafe(work, loop())


def loop() -> asyncio.AbstractEventLoop:
    """Return the background loop, started on first use; a forked child gets one of its own."""
    with _lock:
        if os.getpid() not in _loops:
            started = asyncio.new_event_loop()
            threading.Thread(target=started.run_forever, name="verif-judge", daemon=True).start()
            _loops[os.getpid()] = started
        return _loops[os.getpid()]


def _forked() -> None:
    """Let a forked child start a loop of its own.

    Another thread of the parent may have held the lock. The parent's loop stays as it is: to collect it here would
    end the parent's tasks a second time.
    """
    global _lock  # noqa: PLW0603  # a lock that is held cannot be freed here
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_forked)
