"""A real server on a real port, in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

pytest.importorskip("fastapi", reason="the server's packages are not installed")
pytest.importorskip("aiohttp", reason="aiohttp is not installed")

CHECKPOINT = Path(__file__).resolve().parents[2] / "examples" / "tiny_judge" / "checkpoint"


class Server(NamedTuple):
    """A running server."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path


Start = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start servers with options and environment; all have ended well by the end of the test."""
    started: list[Server] = []

    def serve(*options: str, **environment: str) -> Server:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        log = tmp_path / f"{port}.log"
        command = [sys.executable, "-m", "verif_sdk.cli", "serve", "--port", str(port), *options]
        with log.open("wb") as sink:
            process = subprocess.Popen(command, stderr=sink, stdout=sink, env={**os.environ, **environment})
        for _ in range(200):
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
        assert server.process.wait(60) == 0, server.log.read_text()[-2000:]
