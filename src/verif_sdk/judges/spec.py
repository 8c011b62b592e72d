"""Judges by spec: `scheme:model?option=value`, such as "vllm:Qwen/Qwen3-8B?max_model_len=4096"."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from inspect import iscoroutinefunction

from verif_sdk.errors import InvalidSpec, JudgeFailed, VerifError, in_words
from verif_sdk.judges.backend import Backend
from verif_sdk.judges.prompt import PROMPT_VERSION
from verif_sdk.judges.spec_options import Options
from verif_sdk.plugins.registry import Registry
from verif_sdk.question import Judge, JudgeFactory
from verif_sdk.spec import options_in

BUILT_IN: Mapping[str, JudgeFactory] = {
    "vllm": Backend("vllm", "VllmJudge", "vllm", ("vllm",)),
    "openai": Backend("openai", "OpenAIJudge", "http", ("aiohttp",)),
    "hf": Backend("hf", "HfJudge", "hf", ("torch", "transformers")),
    "server": Backend("server", "ServerJudge", "http", ("aiohttp",)),
    "cascade": Backend("cascading", "cascade"),
}


def look_at(judge: Judge | str) -> None:
    """Refuse now a judge or spec that is wrong, as far as that shows without making the judge.

    Raises:
        InvalidSpec: the object has no coroutine `answer`, or the spec or one of its options cannot be read.
        UnknownName: no plugin provides the judge.
        MissingExtra: a package that the judge imports is not installed.
    """
    if isinstance(judge, str):
        _look_at_spec(judge)
    else:
        checked(judge)


@lru_cache(maxsize=256)
def _look_at_spec(spec: str) -> None:
    scheme, factory, rest = _scheme(spec)
    if scheme == "cascade":
        fast, slow, _ = cascade_parts(rest)
        _look_at_spec(fast)
        _look_at_spec(slow)
        return
    Options.read(scheme, factory, rest)
    if isinstance(factory, Backend):
        factory.look_for_packages(scheme)


def checked(judge: object) -> Judge:
    """Return `judge` itself.

    Raises:
        InvalidSpec: it has no coroutine `answer`.
    """
    if isinstance(judge, type):
        raise InvalidSpec(f"judge: {judge.__name__} is a class; give an instance of it")
    if isinstance(judge, Judge) and iscoroutinefunction(judge.answer):
        return judge
    raise InvalidSpec(
        "judge: a spec such as 'vllm:Qwen/Qwen3-8B', or an object with `async def answer(self, questions)`; "
        f"got {type(judge).__name__}"
    )


def from_spec(spec: str) -> Judge:
    """Return a new judge for `spec`.

    Raises:
        InvalidSpec: the spec has no scheme, or its options do not fit the judge.
        JudgeFailed: the judge's constructor raised.
    """
    scheme, factory, rest = _scheme(spec)
    if scheme == "cascade":
        return factory(rest)
    options = Options.read(scheme, factory, rest)
    try:
        judge = options.made(factory)
    except VerifError:
        raise
    except Exception as error:
        raise JudgeFailed(f"judge {scheme!r} cannot start: {in_words(error)}") from error
    return options.wrapped(judge, spec)


def _scheme(spec: str) -> tuple[str, JudgeFactory, str]:
    """Return the scheme of a spec, the factory of its judges, and the rest of the spec."""
    scheme, colon, rest = spec.partition(":")
    if not colon:
        raise InvalidSpec(f"a judge spec is 'scheme:model', such as 'vllm:Qwen/Qwen3-8B'; got {spec!r}")
    return scheme, Registry.installed().judge_factory(scheme), rest


def prompt_version(spec: str) -> str:
    """Return the version of the prompt that the judge of a spec reads: ours, or a dialect's.

    Raises:
        InvalidSpec: the spec cannot be read.
    """
    scheme, factory, rest = _scheme(spec)
    return PROMPT_VERSION if scheme == "cascade" else Options.read(scheme, factory, rest).version


def cascade_parts(rest: str) -> tuple[str, str, dict[str, int | float]]:
    """Return both specs, and the numbers, in `FAST|SLOW#low=…&high=…&budget=…&tokens=…`.

    Raises:
        InvalidSpec: it has another form.
    """
    both, hash_mark, query = rest.partition("#")
    fast, bar, slow = both.partition("|")
    options = options_in(query)
    if not bar or (hash_mark and not options) or set(options) - {"low", "high", "budget", "tokens"}:
        raise InvalidSpec(
            "a cascade is 'cascade:FAST|SLOW#low=0.2&high=0.8&budget=100', where FAST and SLOW are judge specs; "
            f"got 'cascade:{rest}'"
        )
    try:
        return (
            fast,
            slow,
            {name: (int if name in ("budget", "tokens") else float)(value) for name, value in options.items()},
        )
    except ValueError:
        raise InvalidSpec(f"cascade: low, high, budget and tokens must be numbers, got {query!r}") from None
