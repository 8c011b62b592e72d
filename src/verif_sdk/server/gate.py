"""What a request passes before an endpoint sees it: access, its body, a slot; and the log behind it."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable

from verif_sdk import visible
from verif_sdk.server import access
from verif_sdk.server.bodies import Bodies
from verif_sdk.server.counts import Counts
from verif_sdk.server.refusal import Message, Receive, Refused, Scope, Send
from verif_sdk.server.settings import Settings

logger = visible.logger("verif_sdk.server")


class Gate:
    """ASGI middleware that lets a request in or refuses it, and logs it as one JSON line.

    A slot is taken when the body is there, so a client that sends half of one keeps nobody out.
    """

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]], settings: Settings, counts: Counts):
        self._app, self._settings, self._counts = app, settings, counts
        self._bodies = Bodies(settings.largest)
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
            await self._answered(scope, receive, sent)
        finally:
            seconds = time.monotonic() - started
            self._counts.request(scope["path"], status, seconds)
            line = {"method": scope["method"], "path": scope["path"], "status": status}
            logger.info(json.dumps({**line, "seconds": round(seconds, 4)}))

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        whole = False
        try:
            access.check(scope, self._settings.token)
            async with self._bodies.read(receive) as body:
                whole = True
                await self._inside_a_slot(scope, _replayed(body, receive), send)
        except Refused as refusal:
            waited = refusal.status in (400, 408)
            whole = whole or (not waited and await self._bodies.throw_away(receive))
            await refusal.reply(send, close=not whole)

    async def _inside_a_slot(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the endpoint. Reading (GET) needs no slot: a full server still says how it is."""
        if scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        if self._inside >= self._settings.most:
            raise Refused(429, f"{self._settings.most} requests are under way", (b"retry-after", b"1"))
        self._inside += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._inside -= 1


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body that was read, and then what comes."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return pending.pop() if pending else await receive()

    return next_message
