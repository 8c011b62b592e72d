"""What the end of a program means: a boolean, or why it gave none, in words that are safe to show."""

from __future__ import annotations

import json
import os
import signal

from verif_sdk.errors import Undecidable
from verif_sdk.sandbox.protocol import MAX_REPLY, Ended, Limits

MAX_WORDS = 300  # characters of a program's own words in an error


def passed(said: bytes, ended: Ended, limits: Limits) -> bool:
    """Return the boolean that a program said.

    Raises:
        Undecidable: it said none; the message is the cause.
    """
    if ended.refused:
        raise Undecidable(f"the sandbox could not start a process for the program: {os.strerror(ended.refused)}")
    if ended.late:
        raise Undecidable(f"the program took longer than {limits.wall:g} s")
    if not said:
        raise Undecidable(_silent(ended, limits))
    try:
        match json.loads(said) if len(said) <= MAX_REPLY else None:
            case {"passed": bool(passed)}:
                return passed
            case {"raised": str(error)}:
                raise Undecidable(f"the program raised {shown(error)}")
            case {"asked": str(name)}:
                raise Undecidable(f"the program called {shown(name)}(), which asks a model; a program cannot")
            case {"returned": str(kind)}:
                raise Undecidable(f"check_following returned {shown(kind)}, True or False wanted")
            case {"defined": False}:
                raise Undecidable("the program defines no function check_following(instruction, response)")
    except (ValueError, RecursionError):
        pass
    raise Undecidable("the program wrote over its own result")


def shown(text: str) -> str:
    """Return a stranger's text, cut, with all escaped that a terminal could obey or a file cannot hold."""
    escaped = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text[:MAX_WORDS]
    )
    return escaped if len(text) <= MAX_WORDS and len(escaped) <= MAX_WORDS else f"{escaped[: MAX_WORDS - 1]}…"


def _silent(ended: Ended, limits: Limits) -> str:
    if not os.WIFSIGNALED(ended.status):
        return "the program ended its process without a result"
    number = os.WTERMSIG(ended.status)
    if number != signal.SIGKILL:
        name = next((known.name for known in signal.Signals if known == number), f"signal {number}")
        return f"the program crashed ({name})"
    if ended.cpu >= limits.cpu / 2:  # the kernel limits by the ticks of its clock, and reports exactly
        return f"the program used more than {limits.cpu} s of processor time"
    return "the program was killed: the machine has no memory left"
