"""Starting the server, and stopping it without losing accepted requests."""

from __future__ import annotations

import asyncio
import errno
import logging
import resource
import signal
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import uvicorn

from verif_sdk import event_loop
from verif_sdk.errors import InvalidSpec, JudgeFailed
from verif_sdk.judges.shared import resolve
from verif_sdk.judges.starting import start
from verif_sdk.question import Judge
from verif_sdk.server.app import make
from verif_sdk.server.connection import Connection
from verif_sdk.server.gate import Gate
from verif_sdk.server.settings import Settings
from verif_sdk.server.status import Readiness

FILES = 65_536
"""How many open files, and so connections, to ask for; many systems allow only 1,024 by default."""
KEEP_ALIVE = 75
"""Seconds to keep an idle connection: longer than clients do, so that none sends into a closing one."""


def run(settings: Settings, say: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; then accept no new connection and finish the requests in progress.

    Args:
        settings: address, limits and rewards.
        say: called with a sentence when the server listens and when it is ready.

    Raises:
        InvalidSpec: the server cannot listen on the address.
        JudgeFailed: the judge cannot be loaded.
    """
    judge = None if settings.lazy else resolve(settings.reward.judge)
    readiness = Readiness(ready=judge is None)
    application = make(settings, readiness)
    with listening(settings.host, settings.port) as listener:
        _log()
        _open_files()
        # uvicorn raises again the signal that ended it; for us that is a normal end.
        signal.signal(signal.SIGTERM, lambda *_: None)
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        address = f"http://{host}:{listener.getsockname()[1]}"
        start_up = _Start(judge, readiness, address, say)
        server = _Server(_configuration(application), start_up, settings.most)
        server.run(sockets=[listener])
    if server.failure is not None:
        raise server.failure


def _configuration(application: Gate) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http=Connection,
        ws="none",
        timeout_keep_alive=KEEP_ALIVE,
        proxy_headers=False,
        access_log=False,
        log_level="warning",
    )


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address.

    Raises:
        InvalidSpec: it cannot; the message says why.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise InvalidSpec(
                f"port {port} of {host} is in use; pass another --port, or 0 for a free one"
            ) from None
        raise InvalidSpec(f"cannot listen on {host}, port {port}: {error.strerror}") from None


class _Start(NamedTuple):
    """The work that remains once the server listens."""

    judge: Judge | None
    readiness: Readiness
    address: str
    say: Callable[[str], None]

    async def finish(self) -> None:
        """Load the judge, and say what is going on."""
        if self.judge is not None:
            self.say(f"listening on {self.address}, loading the judge; /readyz says when it is there")
            await asyncio.wrap_future(event_loop.submit(start(self.judge)))
        self.readiness.ready = True
        self.say(f"serving on {self.address}; SIGTERM or Ctrl-C ends it")


class _Server(uvicorn.Server):
    """uvicorn's server, which completes the start once it listens, and ends if that fails."""

    def __init__(self, config: uvicorn.Config, start: _Start, most: int) -> None:
        super().__init__(config)
        self.failure: JudgeFailed | None = None
        self._start, self._most = start, most

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and load the judge meanwhile."""
        # A thread for each request under way: none waits behind another's slow pattern.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(self._most))
        await super().startup(sockets)
        self._starting = asyncio.create_task(self._finish())

    async def _finish(self) -> None:
        try:
            await self._start.finish()
        except JudgeFailed as cause:
            self.failure, self.should_exit = cause, True


def _log() -> None:
    """Log one JSON line per request to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        logging.Formatter('{"time": "%(asctime)s", "level": "%(levelname)s", "log": %(message)s}')
    )
    logger = logging.getLogger("verif_sdk.server")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False


def _open_files() -> None:
    """Ask for as many open files as there may be connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
