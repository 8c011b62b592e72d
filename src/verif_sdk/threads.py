"""The threads in which cases are checked beside an event loop."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from verif_sdk.case import Case
from verif_sdk.constraint import Constraint


def threads_for(cases: Iterable[Case]) -> ThreadPoolExecutor | None:
    """Return where to check cases: threads of their own if one of them runs a program, else None, the loop's own.

    A program may sleep for as long as it is allowed to run, and a check would wait behind it.
    """
    each = (inner for case in cases for constraint in case.constraints for inner in _nested(constraint))
    return _of_programs() if any(inner.runs_program for inner in each) else None


def _nested(constraint: Constraint) -> Iterator[Constraint]:
    """Yield a constraint and those that are among its fields, at any depth."""
    yield constraint
    for value in vars(constraint).values():
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, Constraint):
                yield from _nested(inner)


@cache
def _of_programs() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="verif-programs")


os.register_at_fork(after_in_child=_of_programs.cache_clear)  # threads stay behind in the parent
