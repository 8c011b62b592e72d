"""The vLLM engines of this process: started on first use, shared, and started anew after a death."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from functools import cached_property
from multiprocessing.util import Finalize
from typing import Any

from verif_sdk import event_loop
from verif_sdk.errors import InvalidSpec, JudgeFailed
from verif_sdk.judges.launch import disown, explained, launched, sampling, tokenizer
from verif_sdk.judges.layout import Layout, revision_of
from verif_sdk.judges.spawning import Log
from verif_sdk.judges.starting import NO_MORE, sentence

_PERIOD = 0.05  # seconds between two looks at whether an engine lives

_engines: dict[tuple[int, str], asyncio.Future[Engine]] = {}
"""By process and arguments, failures too; only ever touched on the background loop."""
_ran: set[tuple[int, str]] = set()
"""Those that have run: where one of these cannot be replaced, the next call tries again."""
_starting = threading.Lock()
"""Engines start one after another: each measures how much memory is free."""


class EngineDied(Exception):
    """The engine's process is gone; what it was asked has no answer."""


class Engine:
    """A running vLLM engine with the layout of its model, with and without reasoning.

    Raises:
        JudgeFailed: it cannot start.
    """

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self._log = Log()
        with explained(f"the judge vllm:{arguments['model']}", self._log):
            own = tokenizer(arguments)
            self.layout = Layout(own)
            self.reasoning_layout = Layout(own, thinking=True)
            self._llm: Any = launched(arguments, self._log)
        self.close = Finalize(None, self._stop, exitpriority=100)
        """Stops the engine's process; called again, or in a forked child, it does nothing."""
        # A child of multiprocessing ends without atexit, and would wait for the engine's process for ever.
        # Elsewhere atexit comes before vLLM's own finalizers, which report the end as a failure.
        atexit.register(self.close)
        self._longest: int = self._llm.model_config.max_model_len
        self.revision = revision_of(self._llm.model_config.hf_config)
        """The commit that a hub gave, after an @; nothing for a folder."""
        self._waiting: set[asyncio.Timeout] = set()
        self.watcher: asyncio.Future[None] | None = None
        """Kept here, because an event loop alone would let it be collected."""

    async def generate(self, ids: Sequence[int], params: Any, request_id: str) -> Any:
        """Return vLLM's final output for one prompt of token ids.

        Raises:
            EngineDied: the engine's process died, before or while it was asked.
        """
        self.living()
        params.output_kind = sampling().RequestOutputKind.FINAL_ONLY
        outputs = self._llm.generate({"prompt_token_ids": list(ids)}, params, request_id)
        try:
            # It has no end of its own: `watch` sets one when the engine is dead, where vLLM may wait for ever.
            async with asyncio.timeout(None) as waiting:
                self._waiting.add(waiting)
                return [output async for output in outputs][-1]
        except TimeoutError:
            if waiting.expired():
                raise EngineDied from None
            raise
        finally:
            self._waiting.discard(waiting)

    async def watch(self) -> None:
        """Wait until the engine is dead, and then end whatever still waits for it."""
        while not self.dead:
            await asyncio.sleep(_PERIOD)
        for waiting in self._waiting:
            if not waiting.expired():
                waiting.reschedule(0)
        await asyncio.to_thread(self.close)

    def living(self) -> None:
        """Raise EngineDied if this engine is dead, before anything is spent on what it cannot answer."""
        if self.dead:
            raise EngineDied

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
        return not self.close.still_active() or bool(self._llm.errored)

    def failed(self, cause: BaseException) -> str:
        """Return a failure in words."""
        if self.dead or isinstance(cause, EngineDied):
            return self._epitaph
        return f"vLLM failed: {sentence(cause)}"

    @cached_property
    def _epitaph(self) -> str:
        """How a dead engine died, read from its log once: thousands of questions may ask."""
        root = self._log.cause()
        return f"the vLLM engine died{f' of {root}' if root else ''}; the next call starts a new one"

    def forget(self) -> None:
        """Let go of an engine that belongs to the process this one was forked from.

        vLLM ends its engines with finalizers that a forked child inherits and may run.
        """
        core = self._llm.engine_core
        for owner in (core, core.resources.engine_manager):
            if (finalizer := getattr(owner, "_finalizer", None)) is not None:
                finalizer.detach()

    def _stop(self) -> None:
        """Stop the engine's process; its output handler first, which would report that as a failure."""
        atexit.unregister(self.close)
        if self._llm.output_handler is not None:
            event_loop.loop().call_soon_threadsafe(self._llm.output_handler.cancel)
        self._llm.shutdown()


async def engine(arguments: Mapping[str, Any]) -> Engine:
    """Return the engine with these arguments, started now if this process has none.

    Raises:
        JudgeFailed: it cannot start, now or when it was tried before in this process.
    """
    key = (os.getpid(), json.dumps(arguments, sort_keys=True, default=str))
    if key not in _engines or _dead(_engines[key]):
        _engines[key] = asyncio.ensure_future(_watched(key, arguments))
    # A caller that is cancelled must not take the start of the others' engine down.
    starting = _engines[key]
    try:
        return await asyncio.shield(starting)
    except JudgeFailed as error:
        if key not in _ran:
            raise JudgeFailed(f"{error}{NO_MORE}") from None
        if _engines.get(key) is starting:
            del _engines[key]
        raise


async def _watched(key: tuple[int, str], arguments: Mapping[str, Any]) -> Engine:
    """Return a new engine, whose death will be noticed."""
    promise: Future[Engine] = Future()

    def start() -> None:
        try:
            with _starting:
                promise.set_result(Engine(arguments))
        except BaseException as cause:  # noqa: BLE001  # it is the waiting caller's
            promise.set_exception(cause)

    # A daemon: at exit Python waits for other threads, and a large model loads for minutes.
    threading.Thread(target=start, name="verif-engine", daemon=True).start()
    running = await asyncio.wrap_future(promise)
    _ran.add(key)
    running.watcher = asyncio.ensure_future(running.watch())
    return running


def _dead(starting: asyncio.Future[Engine]) -> bool:
    return starting.done() and not starting.cancelled() and not starting.exception() and starting.result().dead


def _forked() -> None:
    global _starting  # noqa: PLW0603  # a lock that another thread of the parent held cannot be freed here
    _starting = threading.Lock()
    disown()
    for starting in _engines.values():
        if starting.done() and not starting.cancelled() and not starting.exception():
            starting.result().forget()


os.register_at_fork(after_in_child=_forked)
