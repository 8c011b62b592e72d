"""The judge behind HTTP: any OpenAI-compatible server, through a client that costs little."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from typing import Any

from verif_sdk.errors import InvalidSpec
from verif_sdk.judges.http import Client, Refused, require
from verif_sdk.judges.layout import layout_of
from verif_sdk.judges.options import count, flag, number
from verif_sdk.judges.reading import read, spellings
from verif_sdk.question import PROMPT_VERSION, Answer, Question, messages

TOP_LOGPROBS = 20  # the most that the OpenAI API gives
NO_LOGPROBS = "the server's reply has no log-probabilities of the first token; it must support them"


class OpenAIJudge:
    """Answers questions with a model on an OpenAI-compatible server (`/v1/chat/completions`).

    Args:
        model: the model's name on the server.
        base_url: where the server is, ending in the version, such as "http://127.0.0.1:8000/v1".
        key_env: the environment variable that holds the key; it is read at each call and never logged.
        tokenizer: the model's tokenizer, by name or folder. With it the prompts are made here, and
            all questions about a response go to `/v1/completions` as token ids in one request, which
            costs a fraction of one chat request each; vLLM and SGLang take that. Needs transformers.
        reasoning: whether the model reasons before its verdict is read, in a second request.
        max_reasoning_tokens: where reasoning is cut off.
        concurrency: requests in flight at most.
        timeout: seconds until one request is given up.
        retries: how often a request is tried again after 429, 5xx or a broken connection.

    Raises:
        MissingExtra: aiohttp is not installed.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str = "https://api.openai.com/v1",
        key_env: str = "OPENAI_API_KEY",
        tokenizer: str | None = None,
        reasoning: bool | str = False,
        max_reasoning_tokens: int | str = 1024,
        concurrency: int | str = 128,
        timeout: float | str = 60.0,
        retries: int | str = 4,
    ) -> None:
        require("openai")
        self.model, self.base_url, self.key_env = model, base_url.rstrip("/"), key_env
        self.tokenizer = tokenizer
        self.reasoning = flag("reasoning", reasoning)
        if tokenizer is not None and self.reasoning:
            raise InvalidSpec("judge 'openai': 'tokenizer' reads one token, so it does not go with 'reasoning'")
        self.max_reasoning_tokens = int(number("max_reasoning_tokens", max_reasoning_tokens))
        self.concurrency = int(number("concurrency", concurrency))
        self.timeout = number("timeout", timeout)
        self.retries = count("retries", retries)

    def _made(self, reply: Mapping[str, Any]) -> str:
        """Return what reproduces a verdict: backend, model and the server's version, prompt, reading, sampling."""
        version = reply.get("system_fingerprint")
        model = f"{self.model}@{version}" if version else self.model
        reading = f"reasoning<={self.max_reasoning_tokens}" if self.reasoning else "one token"
        return f"openai:{model}; prompt {PROMPT_VERSION}; {reading}; temperature 0"

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        """Return one answer per question, in order; a failure is the answer's own error."""
        client = Client.shared(self.base_url, self.concurrency, self.timeout, self.retries)
        if self.tokenizer is not None:
            return await self._together(client, questions, self.tokenizer)
        return list(await asyncio.gather(*(self._one(client, question) for question in questions)))

    async def _one(self, client: Client, question: Question) -> Answer:
        chat = messages(question)
        try:
            thought = await self._reasoned(client, chat) if self.reasoning else ""
            if thought:
                ask = "State the answer alone, as one of the listed answers."
                chat += [{"role": "assistant", "content": thought}, {"role": "user", "content": ask}]
            reply = await self._post(client, chat, max_tokens=1, logprobs=True, top_logprobs=TOP_LOGPROBS)
            answer = read(question, _logprobs(question, reply))
        except Refused as cause:
            return Answer(error=str(cause))
        except (KeyError, IndexError, TypeError, AttributeError):
            return Answer(error=NO_LOGPROBS)
        usage = reply.get("usage") or {}
        return answer.model_copy(
            update={
                "reasoning": thought,
                "decided_by": self._made(reply),
                "prompt_tokens": usage.get("prompt_tokens") or 0,
                "cached_tokens": (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0,
                "completion_tokens": usage.get("completion_tokens") or 0,
            }
        )

    async def _together(self, client: Client, questions: Sequence[Question], tokenizer: str) -> list[Answer]:
        """Return the answers to all questions from one request that carries their token ids."""
        layout = await asyncio.to_thread(layout_of, tokenizer)
        prompts = [layout.prompt(question) for question in questions]
        body = {
            "model": self.model,
            "prompt": prompts,
            "max_tokens": 1,
            "temperature": 0,
            "logprobs": TOP_LOGPROBS,
        }
        try:
            reply = await client.post("/completions", body, os.environ.get(self.key_env))
            choices = sorted(reply["choices"], key=lambda choice: choice["index"])
            found = [choice["logprobs"]["top_logprobs"][0] for choice in choices]
        except Refused as cause:
            return [Answer(error=str(cause))] * len(questions)
        except (KeyError, IndexError, TypeError, AttributeError):
            return [Answer(error=NO_LOGPROBS)] * len(questions)
        return [
            read(question, _by_answer(question, by_text)).model_copy(
                update={"decided_by": self._made(reply), "prompt_tokens": len(prompt), "completion_tokens": 1}
            )
            for question, prompt, by_text in zip(questions, prompts, found, strict=True)
        ]

    async def _reasoned(self, client: Client, chat: list[dict[str, str]]) -> str:
        """Return the model's free text on the question; the verdict is read afterwards, not from it."""
        think = "Think about the question step by step in a few sentences. Do not answer it yet."
        chat = [*chat[:-1], {"role": "user", "content": f"{chat[-1]['content']}\n{think}"}]
        reply = await self._post(client, chat, max_tokens=self.max_reasoning_tokens)
        message = reply["choices"][0]["message"]
        return str(message.get("content") or message.get("reasoning_content") or "")

    async def _post(self, client: Client, chat: list[dict[str, str]], **options: Any) -> Mapping[str, Any]:
        body = {"model": self.model, "messages": chat, "temperature": 0, "seed": 0, **options}
        return await client.post("/chat/completions", body, os.environ.get(self.key_env))


def _logprobs(question: Question, reply: Mapping[str, Any]) -> dict[str, list[float]]:
    """Return the log-probabilities of the answers among the candidates for the first token."""
    candidates = reply["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    return _by_answer(question, {candidate["token"]: candidate["logprob"] for candidate in candidates})


def _by_answer(question: Question, by_text: Mapping[str, float]) -> dict[str, list[float]]:
    return {
        answer: [by_text[text] for text in spellings(answer) if text in by_text] for answer, _ in question.answers
    }
