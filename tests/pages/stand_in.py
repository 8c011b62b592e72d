"""The stand-in for the model that the pages name: a real OpenAI-compatible server that goes by one word."""

from __future__ import annotations

import math
import re
from typing import Any

from tests.fake_openai import FakeOpenAI

RESPONSE = re.compile(
    r"<<<RESPONSE (\w+)>>>(.*?)<<<END RESPONSE \1>>>|\[回复\](?P<verif>.*?)\[约束\]"
    r"|<Standard Answer Begin>:\s*(?P<gold>.*?)\s*<Standard.*?<Candidate's Answer Begin>:(?P<compass>.*?)<Cand",
    re.DOTALL,
)
YES, NO = 0.97, 0.08


class StandIn(FakeOpenAI):
    """Answers yes at 97 % where the response says "thank you" or "welcome", else at 8 %.

    In the dialect `compass` it does so where the response holds the reference.
    """

    def reply(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the reply to one request, whole, as a client other than ours may read it too."""
        words = "\n".join(str(message["content"]) for message in body["messages"])
        return _reply(body["model"], *_said(RESPONSE.search(words)))


def _said(block: re.Match[str] | None) -> tuple[float, tuple[str, str]]:
    """Return how probable it is that the response holds, and the words for that it does and does not."""
    if block is not None and block["gold"]:
        return YES if block["gold"] in block["compass"] else NO, ("A", "B")
    response = (block["verif"] or block[2]) if block else ""
    kind = ("[[1]]", "[[0]]") if block and block["verif"] else ("yes", "no")
    return YES if re.search(r"thank you|welcome", response, re.IGNORECASE) else NO, kind


def _reply(model: str, probability: float, words: tuple[str, str]) -> dict[str, Any]:
    yes, no = words
    tokens = [
        {"token": yes, "logprob": math.log(probability), "bytes": None},
        {"token": no, "logprob": math.log(1 - probability), "bytes": None},
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
