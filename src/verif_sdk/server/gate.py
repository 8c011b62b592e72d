"""What a request passes before it is read: token, size, number of requests under way, and the log behind it."""

from __future__ import annotations

import hmac
import json
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from verif_sdk.server.counts import Counts
from verif_sdk.server.settings import Settings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

logger = logging.getLogger("verif_sdk.server")

OPEN = frozenset({"/healthz"})
"""Paths that need no token."""


class Gate:
    """ASGI middleware that lets a request in or answers it with 401, 413 or 429, and logs it as one JSON line."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]], settings: Settings, counts: Counts):
        self._app, self._settings, self._counts = app, settings, counts
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.monotonic(), 500

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._admitted(scope, receive, sent)
        finally:
            seconds = time.monotonic() - started
            self._counts.request(scope["path"], status, seconds)
            line = {"method": scope["method"], "path": scope["path"], "status": status}
            logger.info(json.dumps({**line, "seconds": round(seconds, 4)}))

    async def _admitted(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in OPEN:
            await self._app(scope, receive, send)
        elif not self._known(dict(scope["headers"]).get(b"authorization", b"")):
            await _refuse(send, 401, "the bearer token is missing or wrong", (b"www-authenticate", b"Bearer"))
        elif self._inside >= self._settings.most:
            await _refuse(send, 429, f"{self._settings.most} requests are under way", (b"retry-after", b"1"))
        else:
            self._inside += 1
            try:
                body = await self._body(receive)
                if body is None:
                    await _refuse(send, 413, f"the body is larger than {self._settings.largest} bytes")
                else:
                    await self._app(scope, _replayed(body, receive), send)
            finally:
                self._inside -= 1

    def _known(self, given: bytes) -> bool:
        token = self._settings.token
        return token is None or hmac.compare_digest(given, f"Bearer {token}".encode())

    async def _body(self, receive: Receive) -> bytes | None:
        """Return the body, or None where it is too large.

        What is too large is read on, and thrown away, up to eight times the limit: a client that is still
        sending when the connection closes never sees the answer.
        """
        largest = self._settings.largest
        parts, size = [], 0
        while True:
            message = await receive()
            part = message.get("body", b"")
            size += len(part)
            if size <= largest:
                parts.append(part)
            if size > 8 * largest or not message.get("more_body", False):
                return b"".join(parts) if size <= largest else None


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body that was read, and then what comes."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return pending.pop() if pending else await receive()

    return next_message


async def _refuse(send: Send, status: int, said: str, *headers: tuple[bytes, bytes]) -> None:
    body = json.dumps({"error": {"message": said}}).encode()
    given = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": given})
    await send({"type": "http.response.body", "body": body})
