"""A text of a dialect on an OpenAI-compatible server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verif_sdk.judges.dialects.asking import VOTING, Ask, Reply
from verif_sdk.judges.http import Client, Refused
from verif_sdk.judges.openai_reply import NO_LOGPROBS, TOP_LOGPROBS, UNREADABLE, named, spent


async def reply(client: Client, key: str | None, model: str, ask: Ask) -> Reply:
    """Return a model's reply; a failure is the reply's error."""
    chance = {"temperature": 0, "seed": 0} if ask.sample is None else {"temperature": VOTING, "seed": ask.sample}
    body: dict[str, Any] = {"model": model, "max_tokens": ask.room, **chance}
    try:
        if ask.chat:
            wanted = {"logprobs": True, "top_logprobs": TOP_LOGPROBS} if ask.words else {}
            chat = [{"role": "user", "content": ask.text}]
            given = await client.post("/chat/completions", {**body, "messages": chat, **wanted}, key)
        else:
            wanted = {"logprobs": TOP_LOGPROBS} if ask.words else {}
            given = await client.post("/completions", {**body, "prompt": ask.text, **wanted}, key)
        return _read(given, named(model, given), ask)
    except Refused as cause:
        return Reply(error=str(cause))
    except UNREADABLE:
        return Reply(error=NO_LOGPROBS if ask.words else "the server's reply has no text")


def _read(given: Mapping[str, Any], backend: str, ask: Ask) -> Reply:
    choice = given["choices"][0]
    if ask.words:
        first = _first(choice, ask.chat)
        logprobs = {
            word: [float(first[spelling]) for spelling in (word, f" {word}") if spelling in first]
            for word in ask.words
        }
        return Reply(logprobs=logprobs, backend=backend, spent=spent(given))
    text = choice["message"]["content"] if ask.chat else choice["text"]
    cut = choice.get("finish_reason") == "length"
    return Reply(text=text or "", cut=cut, backend=backend, spent=spent(given))


def _first(choice: Mapping[str, Any], chat: bool) -> Mapping[str, float]:
    """Return the candidates for the first token with their log-probabilities."""
    if chat:
        candidates = choice["logprobs"]["content"][0]["top_logprobs"]
        return {candidate["token"]: candidate["logprob"] for candidate in candidates}
    found: Mapping[str, float] = choice["logprobs"]["top_logprobs"][0]
    return found
