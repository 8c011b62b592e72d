"""Judges by spec: `scheme:model?option=value`, such as "vllm:Qwen/Qwen3-8B?max_model_len=4096"."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from verif_sdk.errors import InvalidSpec
from verif_sdk.question import Judge

if TYPE_CHECKING:
    from verif_sdk.hookspecs import JudgeFactory


def _lazy(module: str, name: str) -> JudgeFactory:
    """Return a factory that imports its backend when the first judge is made."""

    def factory(model: str, **options: object) -> Judge:
        judge: Judge = getattr(import_module(f"verif_sdk.judges.{module}"), name)(model, **options)
        return judge

    return factory


BUILT_IN: Mapping[str, JudgeFactory] = {
    "vllm": _lazy("vllm", "VllmJudge"),
    "openai": _lazy("openai", "OpenAIJudge"),
    "hf": _lazy("hf", "HfJudge"),
    "server": _lazy("server", "ServerJudge"),
}

_lock = threading.Lock()
_judges: dict[tuple[int, str], Judge] = {}


def resolve(judge: Judge | str | None) -> Judge | None:
    """Return the judge to use: the one given, the one of a spec, else that of VERIF_JUDGE, else None.

    One judge per spec and process: all callers share its engine.
    """
    spec = judge if judge is not None else os.environ.get("VERIF_JUDGE")
    if not isinstance(spec, str):
        return spec
    if not spec:
        return None
    with _lock:
        key = (os.getpid(), spec)  # a forked child cannot use its parent's engine
        if key not in _judges:
            _judges[key] = from_spec(spec)
        return _judges[key]


def from_spec(spec: str) -> Judge:
    """Return a new judge for `spec`.

    Raises:
        InvalidSpec: the spec has no scheme, or its options do not fit the judge.
    """
    from urllib.parse import parse_qsl

    from verif_sdk.registry import Registry

    scheme, colon, rest = spec.partition(":")
    if not colon:
        raise InvalidSpec(f"a judge spec is 'scheme:model', such as 'vllm:Qwen/Qwen3-8B'; got {spec!r}")
    model, _, query = rest.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    factory = Registry.installed().judge_factory(scheme)
    try:
        return factory(model, **options)
    except TypeError as error:
        raise InvalidSpec(f"judge {scheme!r}: {error}") from None
