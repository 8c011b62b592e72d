"""Texts of a dialect on a transformers model: the probabilities of the words that a reply may begin with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from verif_sdk.errors import InvalidSpec
from verif_sdk.judges.dialects.asking import Ask, Reply
from verif_sdk.judges.layout import Layout


class Running(Protocol):
    """A loaded model with its layout."""

    layout: Layout

    def fitting(self, prompt: list[int]) -> list[int]:
        """Return a prompt, which must leave room for one token."""
        ...

    def logprobs(self, prompts: list[list[int]]) -> list[list[float]]:
        """Return, for each prompt, the log-probability of every token as the next one."""
        ...


def replies(running: Running, backend: str, asks: Sequence[Ask]) -> list[Reply]:
    """Return one reply per ask, in order, from one forward pass; a failure is the reply's error."""
    read = [_prompt(running, ask) for ask in asks]
    prompts = [prompt for prompt in read if isinstance(prompt, list)]
    rows = iter(running.logprobs(prompts) if prompts else [])
    return [
        prompt if isinstance(prompt, Reply) else _reply(running, backend, ask, prompt, next(rows))
        for ask, prompt in zip(asks, read, strict=True)
    ]


def _prompt(running: Running, ask: Ask) -> list[int] | Reply:
    try:
        running.layout.first_tokens(ask.words)
        return running.fitting(running.layout.turn(ask.text, chat=ask.chat))
    except InvalidSpec as error:
        return Reply(error=str(error))


def _reply(running: Running, backend: str, ask: Ask, prompt: list[int], row: list[float]) -> Reply:
    tokens = running.layout.first_tokens(ask.words)
    return Reply(
        logprobs={word: [row[number] for number in its] for word, its in tokens.items()},
        backend=backend,
        spent={"prompt_tokens": len(prompt), "completion_tokens": 1},
    )
