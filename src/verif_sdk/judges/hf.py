"""The judge for a laptop: a transformers model, read at the position where its answer begins."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from typing import Any

from verif_sdk.errors import InvalidSpec, JudgeFailed, MissingExtra
from verif_sdk.judges.dialects import on_hf
from verif_sdk.judges.dialects.asking import Ask, Reply
from verif_sdk.judges.layout import Layout, auto_tokenizer, revision_of
from verif_sdk.judges.options import number, share
from verif_sdk.judges.prompt import PROMPT_VERSION
from verif_sdk.judges.reading import LEAST_MASS, read
from verif_sdk.judges.starting import NO_MORE, announced, sentence
from verif_sdk.late import once
from verif_sdk.question import Answer, Question


class HfJudge:
    """Answers questions with a causal language model on transformers.

    Args:
        model: a model name or a folder.
        device: where it runs, such as "cpu", "cuda" or "mps".
        dtype: of its weights, such as "float32" or "bfloat16"; "auto" takes the checkpoint's.
        batch_size: questions per forward pass.
        least_mass: the probability, in [0, 1], that the model must give to the listed answers together; below it
            the answer is undecided.

    Raises:
        MissingExtra: torch or transformers is not installed.
    """

    shares_loop = True
    writes = False
    clean = str  # what breaks control tokens here is the layout

    def __init__(
        self,
        model: str,
        *,
        device: str = "cpu",
        dtype: str = "auto",
        batch_size: int | str = 16,
        least_mass: float | str = LEAST_MASS,
    ) -> None:
        _require()
        self.model, self.device, self.dtype = model, device, dtype
        self.batch_size = int(number("batch_size", batch_size))
        self.least_mass = share("least_mass", least_mass)

    async def start(self) -> None:
        """Load the model.

        Raises:
            JudgeFailed: it cannot be loaded.
        """
        await asyncio.to_thread(_loaded, self.model, self.device, self.dtype)

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        """Return one answer per question, in order; a failure is the answer's own error."""
        return await asyncio.to_thread(self._answer, questions)

    async def replies(self, asks: Sequence[Ask]) -> list[Reply]:
        """Return one reply per ask, in order: the probabilities of its words."""
        return await asyncio.to_thread(self._replies, asks)

    def _replies(self, asks: Sequence[Ask]) -> list[Reply]:
        running = _loaded(self.model, self.device, self.dtype)
        return [
            reply
            for start in range(0, len(asks), self.batch_size)
            for reply in on_hf.replies(
                running,
                f"hf:{self.model}{running.revision}, dtype {self.dtype}",
                asks[start : start + self.batch_size],
            )
        ]

    def _answer(self, questions: Sequence[Question]) -> list[Answer]:
        running = _loaded(self.model, self.device, self.dtype)
        return [
            answer
            for start in range(0, len(questions), self.batch_size)
            for answer in self._batch(running, questions[start : start + self.batch_size])
        ]

    def _batch(self, running: _Running, questions: Sequence[Question]) -> list[Answer]:
        answers: list[Answer | None] = [None] * len(questions)
        prompts: dict[int, list[int]] = {}
        for place, question in enumerate(questions):
            try:
                running.layout.answer_tokens(question)
                prompts[place] = running.fitting(running.layout.prompt(question))
            except InvalidSpec as error:
                answers[place] = Answer(error=str(error))
        rows = running.logprobs(list(prompts.values())) if prompts else []
        made = f"hf:{self.model}{running.revision}; prompt {PROMPT_VERSION}; one token; dtype {self.dtype}"
        for (place, prompt), row in zip(prompts.items(), rows, strict=True):
            tokens = running.layout.answer_tokens(questions[place])
            found = {answer: [row[token] for token in ids] for answer, ids in tokens.items()}
            answers[place] = read(questions[place], found, self.least_mass).model_copy(
                update={"decided_by": made, "prompt_tokens": len(prompt), "completion_tokens": 1}
            )
        return [answer for answer in answers if answer is not None]


class _Running:
    """A loaded model with its layout; one forward pass at a time."""

    def __init__(self, model: str, device: str, dtype: str) -> None:
        tokenizer = auto_tokenizer().from_pretrained(model)
        self.layout = Layout(tokenizer)
        with _without_bars():
            loaded: Any = _model_class().from_pretrained(model, dtype=dtype)
        self._model = loaded.to(device).eval()
        self._padding = tokenizer.pad_token_id or 0
        self.revision = revision_of(self._model.config)
        """The commit that a hub gave, after an @; nothing for a folder."""
        self._longest: int = self._model.config.max_position_embeddings
        self._lock = threading.Lock()

    def fitting(self, prompt: list[int]) -> list[int]:
        """Return a prompt, which must leave room for one token."""
        if len(prompt) >= self._longest:
            raise InvalidSpec(
                f"the question takes {len(prompt)} tokens, the judge's context holds {self._longest}"
            )
        return prompt

    def logprobs(self, prompts: list[list[int]]) -> list[list[float]]:
        """Return, for each prompt, the log-probability of every token as the next one."""
        torch = _torch()
        width = max(len(prompt) for prompt in prompts)
        # Padding goes right and the mask keeps it unseen, so a prompt's row is the same in any batch.
        ids = torch.tensor([prompt + [self._padding] * (width - len(prompt)) for prompt in prompts])
        mask = torch.tensor([[1] * len(prompt) + [0] * (width - len(prompt)) for prompt in prompts])
        last = torch.tensor([len(prompt) - 1 for prompt in prompts])
        device = self._model.device
        with self._lock, torch.inference_mode():
            logits = self._model(ids.to(device), attention_mask=mask.to(device)).logits
            rows = logits[torch.arange(len(prompts)), last.to(device)].float().log_softmax(-1)
        found: list[list[float]] = rows.tolist()
        return found


@contextmanager
def _without_bars() -> Iterator[None]:
    """Keep transformers from drawing bars into the caller's own."""
    logging: Any = import_module("transformers.utils.logging")
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


_loading = threading.Lock()


def _loaded(model: str, device: str, dtype: str) -> _Running:
    """Return the model, loaded on first use.

    Raises:
        JudgeFailed: it cannot be loaded, now or when it was tried before in this process.
    """
    # transformers cannot load in two threads at once, and one copy of a model is enough.
    with _loading:
        loaded = _kept(model, device, dtype)
    if isinstance(loaded, str):
        raise JudgeFailed(loaded)
    return loaded


@lru_cache(maxsize=2)
def _kept(model: str, device: str, dtype: str) -> _Running | str:
    """Return the model, or why it cannot be loaded, which takes a hub's time-outs to find out."""
    try:
        with announced(f"the judge hf:{model}"):
            return _Running(model, device, dtype)
    except Exception as cause:  # noqa: BLE001  # whatever a hub, a file or a device may raise
        return f"the judge hf:{model} cannot start: {sentence(cause)}{NO_MORE}"


@once
def _torch() -> Any:
    import torch

    return torch


@once
def _model_class() -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM


def _require() -> None:
    try:
        _torch()  # asked for now, so that the error comes before any scoring
        _model_class()
    except ImportError as cause:
        raise MissingExtra(f"the judge 'hf' needs transformers ({cause}): pip install 'verif-sdk[hf]'") from None
