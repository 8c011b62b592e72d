"""The event loops that judges run on, each in its own thread: one for our judges, one for every other judge."""

from __future__ import annotations

import asyncio
import os
import threading
import weakref
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from verif_sdk import visible

T = TypeVar("T")

logger = visible.logger("verif_sdk.judges")

_lock = threading.Lock()
_loops: dict[tuple[int, int | None], asyncio.AbstractEventLoop] = {}
"""By process, and by the id of the guest whose loop it is; None for ours."""


def submit(work: Coroutine[Any, Any, T], guest: object = None) -> Future[T]:
    """Start `work` on the background loop, or on that of a guest, and return its future; any thread may call.

    Sync callers wait for `.result()`, async ones for `asyncio.wrap_future(...)`: engines and HTTP
    sessions belong to one loop, so every caller's questions go through this one.
    """
    return asyncio.run_coroutine_threadsafe(work, loop(guest))


async def at_home(work: Coroutine[Any, Any, T]) -> T:
    """Return the result of `work`, done on the background loop whichever loop this is."""
    if asyncio.get_running_loop() is loop():
        return await work
    return await asyncio.wrap_future(submit(work))


async def hosted(judge: object, call: Callable[[], Awaitable[T]]) -> T:
    """Return the result of `call`, run on the judge's loop: ours if it has `shares_loop`, else its own."""
    if getattr(judge, "shares_loop", False):
        return await call()
    return await asyncio.wrap_future(submit(_called(call), judge))


async def _called(call: Callable[[], Awaitable[T]]) -> T:
    return await call()


def loop(guest: object = None) -> asyncio.AbstractEventLoop:
    """Return the background loop, or a guest's, started on first use; a forked child gets loops of its own."""
    key = (os.getpid(), None if guest is None else id(guest))
    with _lock:
        if key not in _loops:
            _loops[key] = _started("verif-judge" if guest is None else f"verif-guest-{id(guest)}")
            if guest is not None:
                _stop_with(guest, key)
        return _loops[key]


def _started(name: str) -> asyncio.AbstractEventLoop:
    started = asyncio.new_event_loop()
    threading.Thread(target=_run, args=(started,), name=name, daemon=True).start()
    return started


def _run(running: asyncio.AbstractEventLoop) -> None:
    """Run a loop until it is stopped, even if a task raises SystemExit or KeyboardInterrupt."""
    while True:
        try:
            running.run_forever()
        except BaseException as cause:  # noqa: BLE001  # the task that raised it has it too
            logger.warning("a judge raised %s; the others go on", type(cause).__name__)
        else:
            running.close()
            return


def _stop_with(guest: object, key: tuple[int, int | None]) -> None:
    try:
        weakref.finalize(guest, _stop, key).atexit = False
    except TypeError:  # it has no weak references: keep it, so that its id stays its own
        _kept.append(guest)


_kept: list[object] = []


def _stop(key: tuple[int, int | None]) -> None:
    if key[0] == os.getpid() and (stopped := _loops.pop(key, None)):  # a fork's copy of it stays as it is
        stopped.call_soon_threadsafe(stopped.stop)


def _forked() -> None:
    """Let a forked child start loops of its own.

    Another thread of the parent may have held the lock. The parent's loops stay as they are: to collect them here
    would end the parent's tasks a second time.
    """
    global _lock  # noqa: PLW0603  # a lock that is held cannot be freed here
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_forked)
