"""The host's choice to run programs without the sandbox. A constraint cannot make it: see SECURITY.md."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_UNSANDBOXED: ContextVar[bool] = ContextVar("verif_sdk_unsandboxed", default=False)


@contextmanager
def unsandboxed(chosen: bool) -> Iterator[None]:
    """Run the programs that are started inside this block without the sandbox, if that was chosen."""
    token = _UNSANDBOXED.set(chosen)
    try:
        yield
    finally:
        _UNSANDBOXED.reset(token)


def is_unsandboxed() -> bool:
    """Return what the host chose for the code that runs now: False unless it said so."""
    return _UNSANDBOXED.get()
