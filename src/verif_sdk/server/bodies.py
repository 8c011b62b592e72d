"""Reading the bodies of requests: each within a size and a time, those under way within a bound of memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from verif_sdk.server.refusal import Receive, Refused

SECONDS = 20.0
"""Seconds that a body may take, plus one for every RATE bytes of it."""
RATE = 256 << 10
SMALL = 64 << 10
"""Bytes of a body that are not counted: the connection holds so many anyway before we are asked."""
LARGE = 8
"""How many bodies of the largest size there may be at a time, from their first byte until they are answered: what
JSON becomes in memory is up to 30 times as large. Of a refused body, as much is still read: a
client that is sending when the connection closes never sees the answer."""


class Bodies:
    """Reads bodies into memory.

    Args:
        largest: bytes of one body at most.
    """

    def __init__(self, largest: int) -> None:
        self._largest, self._held = largest, 0

    @asynccontextmanager
    async def read(self, receive: Receive) -> AsyncIterator[bytes]:
        """Give a whole body, which counts until the context ends.

        Raises:
            Refused: 400, 408, 413 or 429; the rest of the body has not been read.
        """
        parts: list[bytes] = []
        size = held = 0
        try:
            async for part in _parts(receive):
                size += len(part)
                if size > self._largest:
                    raise Refused(413, f"the body is larger than {self._largest} bytes")
                parts.append(part)
                self._held -= held
                held = max(0, size - SMALL)
                self._held += held
                if held and self._held > LARGE * self._largest:
                    raise Refused(
                        429, "the bodies of other requests fill the memory for them", (b"retry-after", b"1")
                    )
            parts[:] = [b"".join(parts)]
            yield parts.pop()
        finally:
            self._held -= held

    async def throw_away(self, receive: Receive) -> bool:
        """Read what is left of a body, and return whether that was all of it."""
        size = 0
        try:
            async for part in _parts(receive):
                size += len(part)
                if size > LARGE * self._largest:
                    return False
        except Refused:
            return False
        return True


async def _parts(receive: Receive) -> AsyncIterator[bytes]:
    """Yield a body piece by piece, as long as it comes fast enough."""
    loop = asyncio.get_running_loop()
    started, size, more = loop.time(), 0, True
    while more:
        try:
            async with asyncio.timeout_at(started + SECONDS + size / RATE):
                message = await receive()
        except TimeoutError:
            raise Refused(
                408, f"only {size} bytes of the body came within {loop.time() - started:.0f} s"
            ) from None
        if message["type"] == "http.disconnect":
            raise Refused(400, "the client hung up before the end of the body")
        part, more = message.get("body", b""), message.get("more_body", False)
        size += len(part)
        yield part
