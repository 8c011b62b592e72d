"""The judges that all callers in this process share: one per spec, each with one engine."""

from __future__ import annotations

import os
import threading

from verif_sdk.judges import spec as specs
from verif_sdk.question import Judge

_lock = threading.RLock()  # a cascade resolves its two judges
_judges: dict[tuple[int, str], Judge] = {}


def _forked() -> None:
    """Replace the lock in a forked child: another thread of its parent may have held it."""
    global _lock  # noqa: PLW0603  # a lock that is held cannot be freed here
    _lock = threading.RLock()


os.register_at_fork(after_in_child=_forked)


def resolve(judge: Judge | str | None) -> Judge | None:
    """Return the judge to use: the object itself or the judge of a spec; by default of VERIF_JUDGE, or None.

    There is one judge per spec and process: all callers share its engine.

    Raises:
        InvalidSpec: the spec cannot be read, or the object is not a judge.
        MissingExtra: the backend is not installed.
    """
    if judge is not None and not isinstance(judge, str):
        return specs.checked(judge)
    spec = os.environ.get("VERIF_JUDGE") if judge is None else judge
    return resolve_spec(spec) if spec else None


def resolve_spec(spec: str) -> Judge:
    """Return this process's judge for a spec, made on first use."""
    with _lock:
        key = (os.getpid(), spec)  # a forked child cannot use its parent's engine
        if key not in _judges:
            _judges[key] = specs.from_spec(spec)
        return _judges[key]


def start(judge: Judge | str | None) -> None:
    """Resolve the judge and load it now instead of with its first question; without a judge, do nothing.

    Blocks until it is ready.

    Raises:
        JudgeFailed: it cannot start; the message is the cause in a sentence.
        InvalidSpec: the spec cannot be read, or the object is not a judge.
        MissingExtra: its backend is not installed.
    """
    from verif_sdk import event_loop
    from verif_sdk.judges import starting

    if (resolved := resolve(judge)) is not None:
        event_loop.submit(starting.start(resolved)).result()
