"""A real server on a real port, in a process of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytest.importorskip("fastapi", reason="the server's packages are not installed")
pytest.importorskip("aiohttp", reason="aiohttp is not installed")

VERIF = str(Path(sys.executable).with_name("verif"))


class Server(NamedTuple):
    """A running server."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.address.rpartition(":")[2])

    def said(self, words: str, seconds: float = 60.0) -> bool:
        """Return whether it has said these words, now or within this time."""
        for _ in range(int(seconds * 10)):
            if words in self.log.read_text():
                return True
            time.sleep(0.1)
        return False


Start = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start servers with options and environment; all have ended well by the end of the test.

    With `patch`, lines of Python that run before the command does: limits that a test cannot wait for.
    """
    started: list[Server] = []

    def serve(*options: str, patch: str = "", **environment: str) -> Server:
        port = free_port()
        log = tmp_path / f"{port}.log"
        patched = f"{patch}\nfrom verif_sdk.cli import main\nmain()"
        command = [sys.executable, "-c", patched] if patch else [VERIF]
        with log.open("wb") as sink:
            process = subprocess.Popen(
                [*command, "serve", "--port", str(port), *options],
                stderr=sink,
                stdout=sink,
                env={**os.environ, **environment},
            )
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        started.append(Server(f"http://127.0.0.1:{port}", process, log))
        return started[-1]

    yield serve
    for server in started:
        server.process.terminate()
    for server in started:
        assert server.process.wait(60) == 0, server.log.read_text()[-2000:]


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def call(
    server: Server, path: str, body: Any = None, token: str | None = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    """Return status and reply of one request; a body of bytes is sent as it is."""
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    given = {"Content-Type": "application/json", **(headers or {})}
    if token:
        given["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(server.address + path, data, given)
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            status, read = reply.status, reply.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            status, read = refusal.code, refusal.read()
    return status, json.loads(read) if read[:1] in b"{[" else read.decode()


def exchange(server: Server, *pieces: bytes, end: bool = False) -> bytes:
    """Return all that comes back for these bytes, sent piece by piece, until the server closes the connection.

    With `end`, we close our side after them.
    """
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.3 if len(pieces) > 1 else 0)
        if end:
            connection.shutdown(socket.SHUT_WR)
        parts = []
        try:
            while part := connection.recv(65_536):
                parts.append(part)
        except ConnectionResetError:
            pass
        return b"".join(parts)
