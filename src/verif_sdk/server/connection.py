"""uvicorn's HTTP protocol, with what it lacks: a deadline and a size for the head of a request.

uvicorn waits for ever for the rest of a head, and httptools, which it prefers, keeps as much of one as comes.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from verif_sdk.server.access import LARGEST_HEAD, too_large_a_head
from verif_sdk.server.refusal import shaped

SECONDS = 10.0
"""Seconds that the head of a request may take."""


class Connection(AutoHTTPProtocol):  # type: ignore[misc, valid-type]  # httptools' or h11's, whichever is installed
    """One connection. `cycle` is uvicorn's for the request under way: a new one when a head is complete."""

    cycle: Any
    transport: asyncio.Transport
    loop: asyncio.AbstractEventLoop

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._size = 0
        self._clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the clock: the first head is awaited."""
        super().connection_made(transport)
        self._start()

    def data_received(self, data: bytes) -> None:
        """Read on; where that was a piece of a head and not its end, it must not go on for ever."""
        before = self.cycle
        in_head = before is None or not before.more_body
        super().data_received(data)
        self._size = self._size + len(data) if in_head and self.cycle is before else 0
        if self._size > LARGEST_HEAD:
            self.transport.write(_TOO_LARGE)
            self.transport.close()
        elif not self._size:
            self._stop()
        elif self._clock is None:
            self._start()

    def connection_lost(self, error: Exception | None) -> None:
        """Stop the clock."""
        super().connection_lost(error)
        self._stop()

    def _start(self) -> None:
        self._clock = self.loop.call_later(SECONDS, self._late)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _late(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()
        else:  # the head of a next request, sent while one is under way
            self._start()


_BODY = shaped(str(too_large_a_head()))
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: application/json\r\nconnection: close\r\n"
    b"content-length: %d\r\n\r\n%s" % (len(_BODY), _BODY)
)
