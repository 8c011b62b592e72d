"""Threads beside an event loop: where cases are read and checked, and how they learn that nobody waits."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from threading import Event
from typing import TypeVar

from verif_sdk.case import Case

T = TypeVar("T")

NEVER = Event()
"""For work that somebody waits for until it is done."""


async def in_thread(work: Callable[[Event], T], threads: ThreadPoolExecutor | None = None) -> T:
    """Return what `work` returns in a thread.

    Args:
        work: is handed an event that is set once nobody waits for it: a thread cannot be ended from outside.
        threads: where it runs; the event loop's own threads unless given.
    """
    import asyncio  # which checks alone do not need

    given_up = Event()
    try:
        return await asyncio.get_running_loop().run_in_executor(threads, copy_context().run, work, given_up)
    finally:
        given_up.set()


def run_programs(cases: Iterable[Case]) -> bool:
    """Return whether checking one of the cases runs a program."""
    constraints = [constraint for case in cases for constraint in case.constraints]
    return any(part.runs_program for constraint in constraints for part in (constraint, *constraint.inside()))


@cache
def threads_of_programs() -> ThreadPoolExecutor:
    """Return the threads that wait for programs, which may sleep: no check waits behind them."""
    return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="verif-programs")


os.register_at_fork(after_in_child=threads_of_programs.cache_clear)  # threads stay behind in the parent
