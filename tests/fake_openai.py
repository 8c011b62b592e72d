"""An OpenAI-compatible server over real HTTP that replies as a test tells it: stands in for somebody's model."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class _Server(ThreadingHTTPServer):
    request_queue_size = 512  # five by default; whoever comes sixth waits for the client's time-out


class FakeOpenAI:
    """A server on a free port of 127.0.0.1, for as long as its `with` block lasts.

    A subclass, or a function put in the place of `reply`, answers otherwise.

    Args:
        thought: what it writes where it is asked for free text.
        ended: why it stopped writing.
        logprobs: token to log-probability at the first position, where it is asked for these.
    """

    def __init__(self, thought: str = "", logprobs: dict[str, Any] | None = None, ended: str = "stop") -> None:
        self.thought, self.ended = thought, ended
        self.logprobs = logprobs or {"yes": -0.4, "1": -2.0, "A": -2.0, "no": -3.0}
        self.bodies: list[dict[str, Any]] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                fake.bodies.append(body)
                data = json.dumps(fake.reply(body)).encode()
                self.send_response(fake.status(body))
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def chats(self) -> list[list[dict[str, str]]]:
        """The messages of each request."""
        return [body.get("messages", []) for body in self.bodies]

    def reply(self, body: dict[str, Any]) -> Any:
        """Return the reply to one request."""
        if not body.get("logprobs"):
            text = {"text": self.thought} if "prompt" in body else {"message": {"content": self.thought}}
            return {"choices": [{**text, "finish_reason": self.ended}]}
        if "prompt" in body:
            return {"choices": [{"logprobs": {"top_logprobs": [self.logprobs]}}]}
        tops = [{"token": token, "logprob": value} for token, value in self.logprobs.items()]
        return {"choices": [{"logprobs": {"content": [{"top_logprobs": tops}]}}]}

    def status(self, body: dict[str, Any]) -> int:
        """Return the HTTP status of one reply."""
        return 200

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
