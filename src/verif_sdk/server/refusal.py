"""`Refused`: a request that is answered before any endpoint sees it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Refused(Exception):
    """A request that is not let in.

    Args:
        status: the HTTP status.
        message: the cause in one sentence, for the client.
        headers: further headers of the reply, names in lower case.
    """

    def __init__(self, status: int, message: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(message)
        self.status, self._message, self._headers = status, message, headers

    async def reply(self, send: Send, *, close: bool) -> None:
        """Send the refusal in the shape of every error; `close` ends the connection too."""
        body = shaped(self._message)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        headers += [*self._headers, *([(b"connection", b"close")] if close else [])]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def shaped(message: str) -> bytes:
    """Return the body of an error: an object `error` with a `message` in words."""
    return json.dumps({"error": {"message": message}}).encode()
