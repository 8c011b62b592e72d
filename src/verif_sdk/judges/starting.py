"""Starting a judge before its first question: loading what it needs, and saying in one sentence why it cannot."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from verif_sdk import background, visible
from verif_sdk.errors import JudgeFailed, VerifError
from verif_sdk.question import Judge

logger = visible.logger("verif_sdk.judges")

LONGEST = 400  # characters of a cause
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
            await background.hosted(judge, own)
        except VerifError:
            raise
        except Exception as cause:  # a judge may be anyone's code
            raise JudgeFailed(f"the judge cannot start: {sentence(cause)}") from cause


def sentence(cause: BaseException) -> str:
    """Return an exception as its type and the first line of what it says."""
    said = next((line.strip() for line in str(cause).splitlines() if line.strip()), "")
    text = f"{type(cause).__name__}: {said}" if said else type(cause).__name__
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


@contextmanager
def announced(judge: str) -> Iterator[None]:
    """Say that a judge is starting: in the log, and on standard error where it takes longer than a moment.

    The line on standard error is for programs that have no logging set up: a level of the logger "verif_sdk", or
    one that shows this in the log, silences it.
    """
    logger.info("%s is starting", judge)
    began = time.monotonic()
    line = threading.Timer(PATIENCE, _say, [judge])
    line.daemon = True
    line.start()
    try:
        yield
    finally:
        line.cancel()
    logger.info("%s is ready after %.1f s", judge, time.monotonic() - began)


def _say(judge: str) -> None:
    if logging.getLogger("verif_sdk").level == logging.NOTSET and not logger.isEnabledFor(logging.INFO):
        sys.stderr.write(f"verif_sdk: {judge} is starting, which may take minutes\n")
