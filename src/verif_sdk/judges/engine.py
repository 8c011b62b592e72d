"""The vLLM engines of this process: started on first use, shared, and started anew after a death."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from verif_sdk import background
from verif_sdk.errors import InvalidSpec, MissingExtra
from verif_sdk.judges.layout import Layout, auto_tokenizer, revision_of
from verif_sdk.late import once

_engines: dict[tuple[int, str], asyncio.Future[Engine]] = {}
"""By process and arguments; only ever touched on the background loop."""


class Engine:
    """A running vLLM engine with the layout of its model, with and without reasoning."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        arguments_with_defaults = arguments_class()(**arguments)
        with _without_main():
            self._llm: Any = _engine_class().from_engine_args(arguments_with_defaults)
        tokenizer = _tokenizer(arguments)
        self.layout = Layout(tokenizer)
        self.reasoning_layout = Layout(tokenizer, thinking=True)
        self._longest: int = self._llm.model_config.max_model_len
        self.revision = revision_of(self._llm.model_config.hf_config)
        """The commit that a hub gave, after an @; nothing for a folder."""
        atexit.register(self.close)

    async def generate(self, ids: Sequence[int], params: Any, request_id: str) -> Any:
        """Return vLLM's final output for one prompt of token ids."""
        params.output_kind = sampling().RequestOutputKind.FINAL_ONLY
        outputs = self._llm.generate({"prompt_token_ids": list(ids)}, params, request_id)
        return [output async for output in outputs][-1]

    def fits(self, ids: Sequence[int], room: int = 1) -> None:
        """Refuse a prompt that leaves no room for an answer of `room` tokens.

        Raises:
            InvalidSpec: with both lengths, in tokens.
        """
        if len(ids) + room > self._longest:
            raise InvalidSpec(
                f"the question takes {len(ids)} tokens and its answer {room}, "
                f"the judge's context holds {self._longest}; raise max_model_len or shorten the response"
            )

    @property
    def dead(self) -> bool:
        """Whether the engine process is gone, or has been told to go."""
        return self._llm is None or bool(self._llm.errored)

    def failed(self, cause: BaseException) -> str:
        """Return a failure in words, and forget this engine where it has died."""
        if self.dead:
            self.close()
            return f"the vLLM engine died ({type(cause).__name__}); the next call starts a new one"
        return f"vLLM failed: {type(cause).__name__}: {cause}"

    def close(self) -> None:
        """Stop the engine process; its output handler first, which would report that as a failure."""
        atexit.unregister(self.close)
        llm, self._llm = self._llm, None
        if llm is not None:
            if llm.output_handler is not None:
                background.loop().call_soon_threadsafe(llm.output_handler.cancel)
            llm.shutdown()


async def engine(arguments: Mapping[str, Any]) -> Engine:
    """Return the engine with these arguments, started now if this process has none."""
    key = (os.getpid(), json.dumps(arguments, sort_keys=True, default=str))
    if key not in _engines or _dead(_engines[key]):
        _engines[key] = asyncio.ensure_future(asyncio.to_thread(Engine, arguments))
    try:
        # A caller that is cancelled must not take the start of the others' engine down.
        return await asyncio.shield(_engines[key])
    except asyncio.CancelledError:
        raise
    except BaseException:
        _engines.pop(key, None)  # the next call tries again
        raise


def _dead(starting: asyncio.Future[Engine]) -> bool:
    return starting.done() and not starting.cancelled() and not starting.exception() and starting.result().dead


@once
def arguments_class() -> Any:
    """Return vLLM's class of engine arguments.

    Raises:
        MissingExtra: vllm is not installed.
    """
    # Its log of some sixty lines per start is for those who ask for it.
    os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR")
    try:
        from vllm.engine.arg_utils import AsyncEngineArgs
    except ImportError as cause:
        raise MissingExtra(f"the judge 'vllm' needs vLLM ({cause}): pip install 'verif-sdk[vllm]'") from None
    return AsyncEngineArgs


@once
def sampling() -> Any:
    """Return vLLM's module of sampling parameters."""
    import vllm.sampling_params

    return vllm.sampling_params


@once
def _engine_class() -> Any:
    from vllm.v1.engine.async_llm import AsyncLLM

    return AsyncLLM


def _tokenizer(arguments: Mapping[str, Any]) -> Any:
    return auto_tokenizer().from_pretrained(
        arguments.get("tokenizer") or arguments["model"],
        revision=arguments.get("tokenizer_revision") or arguments.get("revision"),
        trust_remote_code=bool(arguments.get("trust_remote_code")),
    )


@contextmanager
def _without_main() -> Iterator[None]:
    """Keep processes started by this thread from importing the caller's script again.

    vLLM spawns its engine process, and a spawned process runs the main script anew unless that
    has a guard. The engine needs nothing of it.
    """
    from multiprocessing import spawn

    original, me = spawn.get_preparation_data, threading.get_ident()

    def prepared(name: str) -> dict[str, Any]:
        data = original(name)
        if threading.get_ident() == me:
            data.pop("init_main_from_path", None)
            data.pop("init_main_from_name", None)
        return data

    spawn.get_preparation_data = prepared
    try:
        yield
    finally:
        spawn.get_preparation_data = original
