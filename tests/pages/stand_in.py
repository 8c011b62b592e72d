"""The stand-in for the model that the pages name: a real OpenAI-compatible server that goes by one word."""

from __future__ import annotations

import math
import re
from typing import Any

from tests.fake_openai import FakeOpenAI

RESPONSE = re.compile(r"<<<RESPONSE (\w+)>>>(.*?)<<<END RESPONSE \1>>>", re.DOTALL)
YES, NO = 0.97, 0.08


class StandIn(FakeOpenAI):
    """Answers yes at 97 % where the response says "thank you" or "welcome", else at 8 %."""

    def reply(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the reply to one request, whole, as a client other than ours may read it too."""
        words = "\n".join(str(message["content"]) for message in body["messages"])
        block = RESPONSE.search(words)
        probability = YES if block and re.search(r"thank you|welcome", block[2], re.IGNORECASE) else NO
        return _reply(body["model"], probability)


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
