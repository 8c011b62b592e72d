"""What a vLLM engine may be given: its own arguments, refused before anything starts where they cannot work."""

from __future__ import annotations

import os
from dataclasses import fields
from typing import Any

from verif_sdk.errors import InvalidSpec, MissingExtra, suggest
from verif_sdk.late import once

LEVEL, QUIET = "VLLM_LOGGING_LEVEL", "ERROR"
"""The variable that says what vLLM logs, and what we set it to where the user has not."""


@once
def arguments_class() -> Any:
    """Return vLLM's class of engine arguments.

    Raises:
        MissingExtra: vllm is not installed.
    """
    # vLLM logs about sixty lines on start-up; hide them unless the user set a level.
    os.environ.setdefault(LEVEL, QUIET)
    try:
        from vllm.engine.arg_utils import AsyncEngineArgs
    except ImportError as cause:
        raise MissingExtra(f"the judge 'vllm' needs vLLM ({cause}): pip install 'verif-sdk[vllm]'") from None
    return AsyncEngineArgs


def refuse_unknown(arguments: dict[str, Any]) -> None:
    """Refuse an argument that vLLM's engines do not have.

    Raises:
        InvalidSpec: with the name that is nearest.
    """
    known = {field.name for field in fields(arguments_class())}
    for name in arguments:
        if name not in known:
            own = {"dialect", "joint", "reasoning", "max_reasoning_tokens", "least_mass"}
            hint = suggest(name, known | own)
            raise InvalidSpec(f"judge 'vllm': unknown option {name!r}" + (f"; {hint}" if hint else ""))


def refuse_pieces(arguments: dict[str, Any]) -> None:
    """Refuse what vLLM 0.32 on a CPU dies of: a seeded request whose prompt it reads in pieces.

    Raises:
        InvalidSpec: with the argument that prevents it.
    """
    if _platform().is_cpu() and arguments.get("enable_chunked_prefill") is not False:
        raise InvalidSpec("votes on a CPU need 'enable_chunked_prefill=false' in the judge's spec")


@once
def _platform() -> Any:
    from vllm.platforms import current_platform

    return current_platform
