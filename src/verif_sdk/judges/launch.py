"""Launching a vLLM engine: its processes end with this one, and why it cannot start is one sentence."""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import active_children
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from typing import Any

from verif_sdk import visible
from verif_sdk.errors import JudgeFailed, MissingExtra, VerifError
from verif_sdk.judges.layout import auto_tokenizer
from verif_sdk.judges.spawning import Log, processes
from verif_sdk.judges.starting import announced, sentence
from verif_sdk.late import once

logger = visible.logger("verif_sdk.judges")

_LEVEL, _QUIET = "VLLM_LOGGING_LEVEL", "ERROR"


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
    abandoned = Finalize(None, _abandon, [threading.current_thread(), active_children()], exitpriority=100)
    given = arguments_class()(**arguments)
    try:
        # Who asked vLLM for its log wants to see it.
        with log.named() as path, processes([path] if os.environ[_LEVEL] == _QUIET else []):
            return _engine_class().from_engine_args(given)
    finally:
        abandoned.cancel()


def _abandon(starter: threading.Thread, earlier: Sequence[BaseProcess]) -> None:
    """End an engine that is still starting when this process ends."""
    for child in active_children():
        if child.name.startswith("EngineCore") and child not in earlier:
            child.kill()
    starter.join(10)


@once
def arguments_class() -> Any:
    """Return vLLM's class of engine arguments.

    Raises:
        MissingExtra: vllm is not installed.
    """
    # Its log of some sixty lines per start is for those who ask for it.
    os.environ.setdefault(_LEVEL, _QUIET)
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
