"""What passes between our process, a worker and the child that runs a program.

The worker's channel carries JSON in frames with a length, until it is ready, and then how each child
ended. A job and its outcome pass through a channel of their own, from us to the child and back, so that
neither is ever in the memory of the worker, which the next child will be a copy of.
"""

from __future__ import annotations

import json
import os
import select
import struct
import time
from typing import Any, NamedTuple

_LENGTH = struct.Struct(">I")
_TEXTS = struct.Struct(">III")
_ENDED = struct.Struct(">id?i")
RIGHTS = struct.Struct("i")  # a descriptor that is handed over
MAX_REPLY = 64 * 1024  # bytes; an outcome is a boolean or a sentence
READY = {"ready": True}


class Limits(NamedTuple):
    """What one run of a program may use. Generous: an honest one takes milliseconds and a few MiB."""

    cpu: int = 5
    """Seconds of processor time."""
    wall: float = 20.0
    """Seconds of any time, waiting for a busy machine included."""
    memory: int = 1 << 30
    """Bytes of address space."""
    files: int = 1 << 20
    """Bytes per written file."""
    processes: int = 64
    """Threads of the program, and the worker itself."""


class Ended(NamedTuple):
    """How the child of a job ended, as the worker saw it."""

    status: int = 0
    """As of waitpid."""
    cpu: float = 0.0
    """Seconds of processor time."""
    late: bool = False
    """Whether its time was up."""
    refused: int = 0
    """Why there was no child, as an errno: the machine has no process or memory to spare."""

    def sent(self, descriptor: int) -> None:
        """Send it, from the worker."""
        os.write(descriptor, _ENDED.pack(*self))

    @classmethod
    def received(cls, descriptor: int, seconds: float) -> Ended:
        """Return the one that comes.

        Raises:
            EOFError: the other side is gone.
            TimeoutError: it is not there within `seconds`.
        """
        return cls(*_ENDED.unpack(_exactly(descriptor, _ENDED.size, time.monotonic() + seconds)))


def write(descriptor: int, message: dict[str, Any]) -> None:
    """Write one message, all of it.

    Raises:
        OSError: the other side is gone.
    """
    body = json.dumps(message).encode("ascii")
    left = memoryview(_LENGTH.pack(len(body)) + body)
    while left:
        left = left[os.write(descriptor, left) :]


def read(descriptor: int, seconds: float | None = None, limit: int = 1 << 31) -> dict[str, Any]:
    """Return the next message.

    Raises:
        EOFError: the other side is gone.
        TimeoutError: it is not there, whole, within `seconds`.
        ValueError: it is not a JSON object, or longer than `limit` bytes.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    (size,) = _LENGTH.unpack(_exactly(descriptor, _LENGTH.size, deadline))
    if size > limit:
        raise ValueError(f"a message of {size} bytes")
    try:
        message = json.loads(_exactly(descriptor, size, deadline))
    except RecursionError:
        raise ValueError("a message nested too deeply") from None
    if not isinstance(message, dict):
        raise ValueError(f"a message is an object, got {type(message).__name__}")
    return message


def packed(*texts: str) -> bytes:
    """Return a job: three texts, which may hold lone surrogates, with their lengths."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    return _TEXTS.pack(*map(len, encoded)) + b"".join(encoded)


def unpacked(descriptor: int) -> list[str]:
    """Return the three texts of the job that comes.

    Raises:
        EOFError: the other side is gone.
    """
    sizes = _TEXTS.unpack(_exactly(descriptor, _TEXTS.size, None))
    return [_exactly(descriptor, size, None).decode("utf-8", "surrogatepass") for size in sizes]


def _exactly(descriptor: int, size: int, deadline: float | None) -> bytes:
    chunks = bytearray()
    # poll, because select refuses descriptors above 1023
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    while len(chunks) < size:
        if deadline is not None and not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise TimeoutError
        chunk = os.read(descriptor, size - len(chunks))
        if not chunk:
            raise EOFError
        chunks += chunk
    return bytes(chunks)
