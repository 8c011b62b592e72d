"""A server for the judge `openai:` that keeps what it was sent and replies as it is told, over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


class _Server(ThreadingHTTPServer):
    request_queue_size = 512  # five by default; whoever comes sixth waits for the client's time-out


class FakeOpenAI:
    """A server on a free port of 127.0.0.1.

    Args:
        thought: what it writes where it is asked for free text.
        logprobs: token to log-probability at the first position, where it is asked for these.
    """

    def __init__(self, thought: str = "", logprobs: dict[str, Any] | None = None) -> None:
        self.thought = thought
        self.logprobs = logprobs or {"yes": -0.4, "1": -2.0, "A": -2.0, "no": -3.0}
        self.chats: list[list[dict[str, str]]] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                fake.chats.append(body.get("messages", []))
                data = json.dumps(fake.reply(body)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def reply(self, body: dict[str, Any]) -> Any:
        """Return the reply to one request."""
        if not body.get("logprobs"):
            return {"choices": [{"message": {"content": self.thought}}]}
        found = [{"token": token, "logprob": value} for token, value in self.logprobs.items()]
        return {"choices": [{"logprobs": {"content": [{"top_logprobs": found}]}}]}

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def fake_openai() -> Iterator[Callable[..., FakeOpenAI]]:
    """A function that starts a `FakeOpenAI`; all are stopped after the test."""
    running: list[FakeOpenAI] = []

    def start(**options: Any) -> FakeOpenAI:
        running.append(FakeOpenAI(**options))
        return running[-1]

    yield start
    for server in running:
        server.stop()
