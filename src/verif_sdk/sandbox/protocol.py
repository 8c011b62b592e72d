"""What passes between our process and a worker: JSON in frames with a length, and limits."""

from __future__ import annotations

import json
import os
import select
import struct
import time
from typing import Any, NamedTuple

_LENGTH = struct.Struct(">I")
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
        ValueError: it is no JSON object, or longer than `limit` bytes.
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
        raise ValueError(f"a message that is no object but {type(message).__name__}")
    return message


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
