"""What an OpenAI-compatible server's reply holds beside its text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TOP_LOGPROBS = 20  # the most that the OpenAI API gives
NO_LOGPROBS = "the server's reply has no log-probabilities of the first token; it must support them"
UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading a reply of any other shape raises."""


def named(model: str, reply: Mapping[str, Any]) -> str:
    """Return the backend and the model, with the server's version where it tells one."""
    version = reply.get("system_fingerprint")
    return f"openai:{model}@{version}" if version else f"openai:{model}"


def spent(reply: Mapping[str, Any]) -> dict[str, int]:
    """Return the counts of tokens, which decide nothing: 0 where the server tells none."""
    return {
        "prompt_tokens": _count(reply, "usage", "prompt_tokens"),
        "cached_tokens": _count(reply, "usage", "prompt_tokens_details", "cached_tokens"),
        "completion_tokens": _count(reply, "usage", "completion_tokens"),
    }


def _count(reply: Mapping[str, Any], *path: str) -> int:
    value: Any = reply
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, int) and value > 0 else 0
