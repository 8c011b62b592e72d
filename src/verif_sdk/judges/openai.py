"""The judge behind HTTP: any OpenAI-compatible server, through a client that costs little."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from typing import Any

from verif_sdk import event_loop
from verif_sdk.control_tokens import neutralise
from verif_sdk.errors import InvalidSpec
from verif_sdk.judges.dialects import on_openai
from verif_sdk.judges.dialects.asking import Ask, Reply
from verif_sdk.judges.http import Client, Refused, require
from verif_sdk.judges.layout import layout_of
from verif_sdk.judges.openai_reply import NO_LOGPROBS, TOP_LOGPROBS, UNREADABLE, named, spent
from verif_sdk.judges.options import count, flag, number, share
from verif_sdk.judges.prompt import PROMPT_VERSION, STATE, THINK, messages
from verif_sdk.judges.reading import LEAST_MASS, read, spellings
from verif_sdk.question import Answer, Question


class OpenAIJudge:
    """Answers questions with a model on an OpenAI-compatible server (`/v1/chat/completions`).

    Args:
        model: the model's name on the server.
        base_url: where the server is, ending in the version, such as "http://127.0.0.1:8000/v1".
        key_env: the environment variable that holds the key; it is read at each call and never logged.
        tokenizer: the model's tokenizer, by name or folder. With it the prompts are made here, and
            all questions about a response go to `/v1/completions` as token ids in one request, which
            costs a fraction of one chat request each; vLLM and SGLang take that. Exactly its control tokens
            are broken then; without it, whatever looks like one. Needs transformers.
        reasoning: whether the model reasons before its verdict is read, in a second request.
        max_reasoning_tokens: where reasoning is cut off.
        least_mass: the probability, in [0, 1], that the model must give to the listed answers together; below it
            the answer is undecided.
        concurrency: requests in flight at most.
        timeout: seconds until one request is given up.
        retries: how often a request is tried again after 429, 5xx or a broken connection.

    Raises:
        MissingExtra: aiohttp is not installed.
    """

    shares_loop = True
    writes = True
    clean = staticmethod(neutralise)

    def __init__(
        self,
        model: str,
        *,
        base_url: str = "https://api.openai.com/v1",
        key_env: str = "OPENAI_API_KEY",
        tokenizer: str | None = None,
        reasoning: bool | str = False,
        max_reasoning_tokens: int | str = 1024,
        least_mass: float | str = LEAST_MASS,
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
        self.least_mass = share("least_mass", least_mass)
        self.concurrency = int(number("concurrency", concurrency))
        self.timeout = number("timeout", timeout)
        self.retries = count("retries", retries)

    def _made(self, reply: Mapping[str, Any]) -> str:
        """Return what reproduces a verdict: backend, model and the server's version, prompt, reading, sampling."""
        reading = f"reasoning<={self.max_reasoning_tokens}" if self.reasoning else "one token"
        return f"{named(self.model, reply)}; prompt {PROMPT_VERSION}; {reading}; temperature 0"

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        """Return one answer per question, in order; a failure is the answer's own error."""
        return await event_loop.at_home(self._answered(questions))

    async def replies(self, asks: Sequence[Ask]) -> list[Reply]:
        """Return one reply per ask, in order; a failure is the reply's own error."""
        return await event_loop.at_home(self._replied(asks))

    async def _replied(self, asks: Sequence[Ask]) -> list[Reply]:
        client = Client.shared(self.base_url, self.concurrency, self.timeout, self.retries)
        key = os.environ.get(self.key_env)
        return list(await asyncio.gather(*(on_openai.reply(client, key, self.model, ask) for ask in asks)))

    async def _answered(self, questions: Sequence[Question]) -> list[Answer]:
        client = Client.shared(self.base_url, self.concurrency, self.timeout, self.retries)
        if self.tokenizer is not None:
            return await self._together(client, questions, self.tokenizer)
        return list(await asyncio.gather(*(self._one(client, question) for question in questions)))

    async def _one(self, client: Client, question: Question) -> Answer:
        chat = messages(question)
        try:
            thought = await self._reasoned(client, chat) if self.reasoning else ""
            if thought:
                # It quotes the response, so it can hold the control tokens that were broken there, repaired.
                chat += [{"role": "assistant", "content": neutralise(thought)}, {"role": "user", "content": STATE}]
            reply = await self._post(client, chat, max_tokens=1, logprobs=True, top_logprobs=TOP_LOGPROBS)
            answer = read(question, _logprobs(question, reply), self.least_mass)
        except Refused as cause:
            return Answer(error=str(cause))
        except UNREADABLE:
            return Answer(error=NO_LOGPROBS)
        return answer.model_copy(
            update={
                "reasoning": thought,
                "decided_by": self._made(reply),
                **spent(reply),
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
            choices = {choice["index"]: choice for choice in reply["choices"]}
        except Refused as cause:
            return [Answer(error=str(cause))] * len(questions)
        except UNREADABLE:
            return [Answer(error=NO_LOGPROBS)] * len(questions)
        made = {"decided_by": self._made(reply), "completion_tokens": 1}
        return [
            self._chosen(question, choices.get(place)).model_copy(update={**made, "prompt_tokens": len(prompt)})
            for place, (question, prompt) in enumerate(zip(questions, prompts, strict=True))
        ]

    def _chosen(self, question: Question, choice: Any) -> Answer:
        """Return the answer in one choice of a reply, if any."""
        try:
            return read(question, _by_answer(question, choice["logprobs"]["top_logprobs"][0]), self.least_mass)
        except UNREADABLE:
            return Answer(error=NO_LOGPROBS)

    async def _reasoned(self, client: Client, chat: list[dict[str, str]]) -> str:
        """Return the model's free text on the question; the verdict is read afterwards, not from it."""
        chat = [*chat[:-1], {"role": "user", "content": f"{chat[-1]['content']}\n{THINK}"}]
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
        answer: [float(by_text[text]) for text in spellings(answer) if text in by_text]
        for answer, _ in question.answers
    }
