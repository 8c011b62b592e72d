"""`once`: what loads on first use loads once, under one lock, whichever thread comes first.

Large packages import their own parts in circles. Two threads that enter such a package at different places
see each other's half-made modules ("cannot import name … from partially initialized module"). So every late
import of the library and its plugins stands in a function under `once`, and only one of them runs at a time.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, wraps
from importlib import import_module
from typing import Any, TypeVar

T = TypeVar("T")

_lock = threading.RLock()  # re-entrant, because what loads may need something else that does

# A child of fork has only the thread that forked: a lock that another one held would never open there.
os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)


@contextmanager
def loading() -> Iterator[None]:
    """Hold the lock and pause the garbage collector, which would look again and again through what stays."""
    with _lock:
        enabled = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if enabled:
                gc.enable()


def once(load: Callable[[], T]) -> Callable[[], T]:
    """Return a function that calls `load` on first use and gives the same value ever after.

    A `load` that raises is tried again by the next call.
    """
    value = cache(load)

    @cache
    @wraps(load)
    def loaded() -> T:
        with loading():
            return value()

    return loaded


def names(package: str, modules: Mapping[str, str], namespace: dict[str, Any]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package whose names are loaded on first use.

    Hide it from type checkers: one that saw it would take any misspelt name for one of the package's.

    Args:
        package: its full name.
        modules: by name, the module inside the package that has it.
        namespace: the package's `globals()`, which keep what was loaded.
    """

    def named(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        with loading():
            value = getattr(import_module(f"{package}.{modules[name]}"), name)
        namespace[name] = value
        return value

    return named
