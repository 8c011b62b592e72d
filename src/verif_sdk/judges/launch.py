"""Launching a vLLM engine: its processes end with this one, and why it cannot start is one sentence."""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from typing import Any

from verif_sdk import visible
from verif_sdk.errors import JudgeFailed, VerifError
from verif_sdk.judges import rendezvous
from verif_sdk.judges.engine_arguments import LEVEL, QUIET, arguments_class
from verif_sdk.judges.layout import auto_tokenizer
from verif_sdk.judges.spawning import Log, processes
from verif_sdk.judges.starting import announced, sentence
from verif_sdk.late import once

logger = visible.logger("verif_sdk.judges")


@contextmanager
def explained(judge: str, log: Log) -> Iterator[None]:
    """Announce that a judge starts, and say in one sentence why it does not.

    Raises:
        JudgeFailed: what went wrong, with its root cause; all that vLLM printed goes to the logger.
    """
    try:
        with announced(judge):
            yield
    except VerifError:
        raise
    except Exception as cause:
        logger.info("%s cannot start; what vLLM printed follows", judge, exc_info=cause)
        for line in log.text().splitlines():
            logger.info("vLLM: %s", line)
        raise JudgeFailed(f"{judge} cannot start: {log.cause() or sentence(cause)}") from None


def launched(arguments: Mapping[str, Any], log: Log) -> Any:
    """Return vLLM's engine, running.

    Raises:
        JudgeFailed: this process may have no children.
    """
    if multiprocessing.current_process().daemon:
        raise JudgeFailed(
            f"the judge vllm:{arguments['model']} cannot start in a daemonic process, such as a worker of "
            "multiprocessing.Pool or of a DataLoader, which may have no children: run `verif serve` once, and "
            "take judge='server:http://HOST:8500'"
        )
    earlier = _cores()
    abandoned = Finalize(None, _abandon, [threading.current_thread(), earlier], exitpriority=100)
    given = arguments_class()(**arguments)
    try:
        # Who asked vLLM for its log wants to see it.
        quiet = os.environ[LEVEL] == QUIET
        with log.named() as path, rendezvous.sockets(), processes([path] if quiet else []):
            llm = _engine_class().from_engine_args(given)
        for core in _cores(earlier):
            rendezvous.unname_memory(core)
        return llm
    finally:
        abandoned.cancel()


def _abandon(starter: threading.Thread, earlier: Sequence[BaseProcess]) -> None:
    """End an engine that is still starting when this process ends."""
    for core in _cores(earlier):
        rendezvous.unname_memory(core)
        core.kill()
    starter.join(10)


def _cores(earlier: Sequence[BaseProcess] = ()) -> list[BaseProcess]:
    """Return the first process of each engine of this process, but for earlier ones."""
    children = set(multiprocessing.active_children()).difference(earlier)
    return [child for child in children if child.name.startswith("EngineCore")]


def disown() -> None:
    """Have a forked child forget the engines' processes, which are its parent's: Python would wait for them."""
    for core in _cores():
        multiprocessing.process._children.discard(core)  # type: ignore[attr-defined]


@once
def sampling() -> Any:
    """Return vLLM's module of sampling parameters."""
    import vllm.sampling_params

    return vllm.sampling_params


@once
def _engine_class() -> Any:
    from vllm.v1.engine.async_llm import AsyncLLM

    # vLLM prints the death of an engine as a traceback, on standard output; the answers say it in a sentence.
    logging.getLogger(AsyncLLM.__module__).addFilter(lambda record: "output_handler failed" not in str(record.msg))
    return AsyncLLM


def tokenizer(arguments: Mapping[str, Any]) -> Any:
    """Return the tokenizer that an engine with these arguments has."""
    return auto_tokenizer().from_pretrained(
        arguments.get("tokenizer") or arguments["model"],
        revision=arguments.get("tokenizer_revision") or arguments.get("revision"),
        trust_remote_code=bool(arguments.get("trust_remote_code")),
    )
