"""Judges by spec: `scheme:model?option=value`, such as "vllm:Qwen/Qwen3-8B?max_model_len=4096"."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from inspect import iscoroutinefunction, signature

from verif_sdk.errors import InvalidSpec, JudgeFailed, VerifError, in_words, suggest
from verif_sdk.plugins.registry import Registry
from verif_sdk.question import Judge, JudgeFactory


@dataclass(frozen=True)
class _Lazy:
    """A factory that imports its backend when the first judge is made."""

    module: str
    name: str

    @property
    def judge(self) -> JudgeFactory:
        judge: JudgeFactory = getattr(import_module(f"verif_sdk.judges.{self.module}"), self.name)
        return judge

    def __call__(self, model: str, **options: object) -> Judge:
        return self.judge(model, **options)


BUILT_IN: Mapping[str, JudgeFactory] = {
    "vllm": _Lazy("vllm", "VllmJudge"),
    "openai": _Lazy("openai", "OpenAIJudge"),
    "hf": _Lazy("hf", "HfJudge"),
    "server": _Lazy("server", "ServerJudge"),
    "cascade": lambda rest: _cascade(rest),  # noqa: PLW0108  # which stands below
}
_EVERYWHERE = frozenset({"cache", "calibration", "rule", "votes"})
"""Options that go with every judge but a cascade."""

_lock = threading.RLock()  # a cascade resolves its two judges
_judges: dict[tuple[int, str], Judge] = {}


def _forked() -> None:
    """Free a forked child of a lock that another thread of its parent held."""
    global _lock  # noqa: PLW0603  # a lock that is held cannot be freed here
    _lock = threading.RLock()


os.register_at_fork(after_in_child=_forked)


def resolve(judge: Judge | str | None) -> Judge | None:
    """Return the judge to use: the one given, the one of a spec, else that of VERIF_JUDGE, else None.

    One judge per spec and process: all callers share its engine.

    Raises:
        InvalidSpec: the spec cannot be read, or the object is no judge.
        MissingExtra: the backend is not installed.
    """
    if judge is not None and not isinstance(judge, str):
        return checked(judge)
    spec = os.environ.get("VERIF_JUDGE") if judge is None else judge
    return resolve_spec(spec) if spec else None


def checked(judge: Judge) -> Judge:
    """Return `judge`, if it is one.

    Raises:
        InvalidSpec: it has no coroutine `answer`.
    """
    if isinstance(judge, type):
        raise InvalidSpec(f"judge: {judge.__name__} is a class; give an instance of it")
    if not iscoroutinefunction(getattr(judge, "answer", None)):
        raise InvalidSpec(
            "judge: a spec such as 'vllm:Qwen/Qwen3-8B', or an object with `async def answer(self, questions)`; "
            f"got {type(judge).__name__}"
        )
    return judge


def resolve_spec(spec: str) -> Judge:
    """Return this process's judge for a spec, made on first use."""
    with _lock:
        key = (os.getpid(), spec)  # a forked child cannot use its parent's engine
        if key not in _judges:
            _judges[key] = from_spec(spec)
        return _judges[key]


def start(judge: Judge | str | None) -> None:
    """Make the judge to use, as `resolve` does, and load what it needs now, instead of with its first question.

    Blocks until it is ready. Without a judge there is nothing to start.

    Raises:
        JudgeFailed: it cannot start; the message is the cause in a sentence.
        InvalidSpec: the spec cannot be read, or the object is no judge.
        MissingExtra: its backend is not installed.
    """
    from verif_sdk import event_loop
    from verif_sdk.judges import starting

    if (resolved := resolve(judge)) is not None:
        event_loop.submit(starting.start(resolved)).result()


def from_spec(spec: str) -> Judge:
    """Return a new judge for `spec`.

    Raises:
        InvalidSpec: the spec has no scheme, or its options do not fit the judge.
        JudgeFailed: the judge raised while it was made.
    """
    from urllib.parse import parse_qsl

    scheme, colon, rest = spec.partition(":")
    if not colon:
        raise InvalidSpec(f"a judge spec is 'scheme:model', such as 'vllm:Qwen/Qwen3-8B'; got {spec!r}")
    factory = Registry.installed().judge_factory(scheme)
    if scheme == "cascade":
        return factory(rest)
    model, _, query = rest.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    if "rule" in options and "votes" not in options:
        raise InvalidSpec(f"judge {scheme!r}: 'rule' says how votes are counted, so it goes with 'votes'")
    cache, votes, rule = options.pop("cache", None), options.pop("votes", None), options.pop("rule", "mean")
    calibration = options.pop("calibration", None)
    whole = options.get("joint") == "all"
    if whole:
        del options["joint"]
    _refuse_options(scheme, factory, {*options, *(() if votes is None else ("sample",))})
    try:
        judge = factory(model, **options) if votes is None else _voting(factory, model, options, votes, rule)
    except VerifError:
        raise
    except Exception as error:
        raise JudgeFailed(f"judge {scheme!r} cannot start: {in_words(error)}") from error
    if whole:
        from verif_sdk.judges.wrappers.all_in_one import AllInOneJudge

        judge = AllInOneJudge(judge)
    if cache is not None:
        from verif_sdk.judges.wrappers.cache import CachedJudge

        name = f"{scheme}:{model}?{sorted(options.items())} votes {votes} {rule}{' joint=all' if whole else ''}"
        judge = CachedJudge(judge, name, None if cache == "memory" else cache)
    if calibration is not None:
        from verif_sdk.judges.wrappers.calibrated import CalibratedJudge

        judge = CalibratedJudge(judge, calibration, spec)
    return judge


def _refuse_options(scheme: str, factory: JudgeFactory, options: set[str]) -> None:
    """Refuse options that a judge does not take, and the lack of those that it needs."""
    _, *parameters = signature(factory.judge if isinstance(factory, _Lazy) else factory).parameters.values()
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return  # it looks at its options itself
    taken = {parameter.name: parameter.default is parameter.empty for parameter in parameters}
    for option in sorted(options - taken.keys()):
        if option == "sample":
            raise InvalidSpec(f"votes: judge {scheme!r} draws no samples, so it cannot vote with itself")
        hint = suggest(option, taken.keys() | _EVERYWHERE)
        raise InvalidSpec(f"judge {scheme!r}: unknown option {option!r}" + (f"; {hint}" if hint else ""))
    for name, needed in taken.items():
        if needed and name not in options:
            raise InvalidSpec(f"judge {scheme!r} needs the option {name!r}, as in '{scheme}:MODEL?{name}=...'")


def _voting(factory: JudgeFactory, model: str, options: dict[str, str], votes: str, rule: str) -> Judge:
    """Return a vote of one model, sampled with the seeds 0, 1, 2…"""
    from verif_sdk.judges.options import number
    from verif_sdk.judges.wrappers.vote import VotingJudge

    count = int(number("votes", votes))
    judges = [factory(model, **options, sample=sample) for sample in range(count)]
    return VotingJudge(judges, rule)  # type: ignore[arg-type]  # it refuses other rules in words


def _cascade(rest: str) -> Judge:
    """Return the cascade of `FAST|SLOW#low=…&high=…&budget=…&tokens=…`; both are specs with their own options."""
    from urllib.parse import parse_qsl

    from verif_sdk.judges.wrappers.cascade import CascadeJudge

    both, hash_mark, given = rest.partition("#")
    fast, bar, slow = both.partition("|")
    options = dict(parse_qsl(given))
    if not bar or (hash_mark and not options) or set(options) - {"low", "high", "budget", "tokens"}:
        raise InvalidSpec(
            "a cascade is 'cascade:FAST|SLOW#low=0.2&high=0.8&budget=100', where FAST and SLOW are judge specs; "
            f"got 'cascade:{rest}'"
        )
    try:
        numbers = {
            name: (int if name in ("budget", "tokens") else float)(value) for name, value in options.items()
        }
    except ValueError:
        raise InvalidSpec(f"cascade: low, high, budget and tokens are numbers, got {given!r}") from None
    judges = (resolve_spec(fast), resolve_spec(slow))
    return CascadeJudge(*judges, **numbers)  # type: ignore[arg-type]  # budget and tokens are ints
