"""A lean JSON client: one session per event loop, bounded concurrency, retries that give up in words."""

from __future__ import annotations

import asyncio
import atexit
import json
import re
import socket
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from verif_sdk.errors import MissingExtra
from verif_sdk.late import once

LONGEST_WAIT = 30.0  # seconds between two tries, whatever the server asks for
LARGEST_REPLY = 64 << 20  # bytes, unpacked
RETRIED = frozenset({408, 409, 429, 500, 502, 503, 504})

_MOVED = "the server sends us to another address, which gets no prompt and no key; name the right base_url"
_CAUSES = {
    400: "the server refused the request",
    401: "the server refused the key; is the right one in the environment?",
    403: "the key may not use this model",
    301: _MOVED,
    302: _MOVED,
    307: _MOVED,
    308: _MOVED,
    404: "the server does not know this model or address",
    413: "the request is too large for the server",
    429: "the server is over its rate limit",
}


def require(judge: str) -> None:
    """Refuse now a judge that would find no HTTP client later.

    Raises:
        MissingExtra: aiohttp is not installed.
    """
    try:
        library()
    except ImportError as cause:
        raise MissingExtra(f"the judge {judge!r} needs aiohttp ({cause}): pip install 'verif-sdk[http]'") from None


class Refused(Exception):
    """A request that got no usable reply; the message is the cause in words, without key or response."""


class Client:
    """Posts JSON to one server.

    Args:
        base_url: the address that paths are appended to.
        concurrency: requests in flight at most.
        timeout: seconds for one try.
        retries: further tries after 408, 409, 429, 5xx or a broken connection.
    """

    def __init__(self, base_url: str, concurrency: int, timeout: float, retries: int) -> None:
        self._base_url, self._retries, self._timeout = base_url, retries, timeout
        self._slots = asyncio.Semaphore(concurrency)
        self._session: Any = None

    @staticmethod
    def shared(base_url: str, concurrency: int, timeout: float, retries: int) -> Client:
        """Return this event loop's client for a server; judges of equal settings share it."""
        return _client(id(asyncio.get_running_loop()), base_url, concurrency, timeout, retries)

    async def post(self, path: str, body: Mapping[str, Any], key: str | None) -> Mapping[str, Any]:
        """Return the server's JSON reply to `body`.

        Raises:
            Refused: no try got a reply.
        """
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
        data = json.dumps(body).encode()
        async with self._slots:
            for attempt in range(self._retries + 1):
                cause, wait = await self._try(path, data, headers)
                if isinstance(cause, Mapping):
                    return cause
                if wait is None or attempt == self._retries:
                    break
                await asyncio.sleep(min(LONGEST_WAIT, max(wait, 0.25 * 2**attempt)))
        tries = f" ({attempt + 1} tries)" if attempt else ""
        raise Refused(f"{cause}{tries}")

    async def _try(self, path: str, data: bytes, headers: dict[str, str]) -> tuple[Any, float | None]:
        """Return the reply, or the cause of a failure and the seconds to wait before another try."""
        aiohttp = library()
        if self._session is None:
            # Unlimited here: the semaphore counts.
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
            atexit.register(_close, self._session, asyncio.get_running_loop())
        timeout = aiohttp.ClientTimeout(total=self._timeout)
        try:
            async with self._session.post(
                self._base_url + path, data=data, headers=headers, timeout=timeout, allow_redirects=False
            ) as reply:
                body = await _whole(reply.content)
                status, wait = reply.status, reply.headers.get("Retry-After", "")
        except TimeoutError:
            return f"the server did not answer within {self._timeout:g} s", None
        except aiohttp.InvalidURL:
            return f"{self._base_url!r} is not the address of a server", None
        except aiohttp.ClientError as error:
            return f"no connection to {self._base_url}: {_why(error)}", 0.0
        if body is None:
            return f"the server's reply is larger than {LARGEST_REPLY >> 20} MiB", None
        reply, wait = _read(status, body, wait)
        if status == 404 and path.startswith("/chat") and not re.search(r"/v\d", self._base_url):
            return f"{reply}; base_url ends in the API's version as a rule: {self._base_url}/v1", wait
        return reply, wait


@once
def library() -> Any:
    """Return aiohttp."""
    import aiohttp

    return aiohttp


async def _whole(content: Any) -> bytes | None:
    """Return the whole of a reply, or None where it is larger than one may be."""
    parts, size = [], 0
    async for part in content.iter_any():
        parts.append(part)
        size += len(part)
        if size > LARGEST_REPLY:
            return None
    return b"".join(parts)


def _why(error: Exception) -> str:
    """Return the cause of a failed connection in words."""
    cause = getattr(error, "os_error", error)
    match cause:
        case ConnectionRefusedError():
            return "it was refused; start the server, or correct the address"
        case socket.gaierror():
            return "the name of the host is not known"
    return f"{type(error).__name__} ({error!s:.120})" if str(error) else type(error).__name__


def _read(status: int, body: bytes, wait: str) -> tuple[Any, float | None]:
    if status in RETRIED:
        return _cause(status, body), float(wait) if wait.isdigit() else 0.0
    if status != 200:
        return _cause(status, body), None
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError):
        reply = None
    if not isinstance(reply, dict):
        return "the server's reply is not a JSON object", None
    return reply, None


def _cause(status: int, body: bytes) -> str:
    """Return an HTTP failure in words, with the server's own sentence where it sent one."""
    words = _CAUSES.get(status, "the server failed" if status >= 500 else "the server refused the request")
    try:
        error = json.loads(body).get("error")
        said = error.get("message") if isinstance(error, dict) else error
    except (ValueError, AttributeError, RecursionError):
        said = None
    return f"HTTP {status}: {words}" + (f": {said!s:.200}" if said else "")


@lru_cache(maxsize=16)
def _client(loop: int, base_url: str, concurrency: int, timeout: float, retries: int) -> Client:  # noqa: ARG001
    return Client(base_url, concurrency, timeout, retries)


def _close(session: Any, loop: asyncio.AbstractEventLoop) -> None:
    if loop.is_running():
        asyncio.run_coroutine_threadsafe(session.close(), loop).result(timeout=5)
