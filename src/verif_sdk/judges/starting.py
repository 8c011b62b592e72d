"""Starting a judge before its first question: loading what it needs, or saying in one sentence why it cannot."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from pydantic import ValidationError

from verif_sdk import event_loop, visible
from verif_sdk.errors import JudgeFailed, VerifError
from verif_sdk.question import Judge

logger = visible.logger("verif_sdk.judges")

LONGEST = 400  # characters of a cause
NO_MORE = " (not tried again in this process)"
PATIENCE = 3.0  # seconds of silence on a terminal


async def start(*judges: Judge) -> None:
    """Load what judges need before their first question, one after another.

    A judge that has something to load has a coroutine `start`; one without it is ready.

    Raises:
        JudgeFailed: one of them cannot start; the message is the cause in a sentence.
    """
    for judge in judges:
        own = getattr(judge, "start", None)
        if own is None:
            continue
        try:
            await event_loop.hosted(judge, own)
        except VerifError:
            raise
        except Exception as cause:  # a judge may be anyone's code
            raise JudgeFailed(f"the judge cannot start: {sentence(cause)}") from cause


def sentence(cause: BaseException) -> str:
    """Return an exception's type and the first line of its message; of pydantic's, the first problem."""
    if isinstance(cause, ValidationError):
        return shortened(cause.errors()[0]["msg"].removeprefix("Value error, "))
    line = next((line.strip() for line in str(cause).splitlines() if line.strip()), "")
    return shortened(f"{type(cause).__name__}: {line}" if line else type(cause).__name__)


def shortened(text: str) -> str:
    """Return the first line of a text, at most LONGEST characters of it."""
    line = text.strip().partition("\n")[0]
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


@contextmanager
def announced(judge: str) -> Iterator[None]:
    """Say in the log that a judge is starting and how long it took, and on standard error if it takes a while."""
    logger.info("%s is starting", judge)
    began = time.monotonic()
    with patiently(judge):
        yield
    logger.info("%s is ready after %.1f s", judge, time.monotonic() - began)


@contextmanager
def patiently(judge: str) -> Iterator[None]:
    """Say once on standard error that a judge is starting, if that takes longer than a moment.

    The line is for programs without logging: a level set on the logger "verif_sdk", or one that shows what
    `announced` logs, silences it.
    """
    line = threading.Timer(PATIENCE, _say, [judge])
    line.daemon = True
    line.start()
    try:
        yield
    finally:
        line.cancel()


@cache
def _say(judge: str) -> None:
    if logging.getLogger("verif_sdk").level == logging.NOTSET and not logger.isEnabledFor(logging.INFO):
        sys.stderr.write(f"verif_sdk: {judge} is starting, which may take minutes\n")
        sys.stderr.flush()
