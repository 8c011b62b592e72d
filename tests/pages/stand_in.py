"""The stand-in for the model that the pages name: a real OpenAI-compatible server that goes by one word."""

from __future__ import annotations

import json
import math
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

RESPONSE = re.compile(r"<<<RESPONSE (\w+)>>>(.*?)<<<END RESPONSE \1>>>", re.DOTALL)
YES, NO = 0.97, 0.08


class StandIn(BaseHTTPRequestHandler):
    """Answers yes at 97 % where the response says "thank you" or "welcome", else at 8 %."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        words = "\n".join(str(message["content"]) for message in body["messages"])
        block = RESPONSE.search(words)
        probability = YES if block and re.search(r"thank you|welcome", block[2], re.IGNORECASE) else NO
        reply = json.dumps(_reply(body["model"], probability)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the test's output free of requests."""


def _reply(model: str, probability: float) -> dict[str, Any]:
    tokens = [
        {"token": "yes", "logprob": math.log(probability), "bytes": None},
        {"token": "no", "logprob": math.log(1 - probability), "bytes": None},
    ]
    best = max(tokens, key=lambda token: token["logprob"])  # type: ignore[arg-type, return-value]  # numbers
    content = [{**best, "top_logprobs": tokens}]
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": best["token"]},
                "logprobs": {"content": content},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 200, "completion_tokens": 1, "total_tokens": 201},
    }


class _Server(ThreadingHTTPServer):
    request_queue_size = 512  # five by default; whoever comes sixth waits for the client's time-out


def server() -> ThreadingHTTPServer:
    """Return the server, bound to a free port of the loopback and not yet serving."""
    return _Server(("127.0.0.1", 0), StandIn)
