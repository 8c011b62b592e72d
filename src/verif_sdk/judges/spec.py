"""Judges by spec: `scheme:model?option=value`, such as "vllm:Qwen/Qwen3-8B?max_model_len=4096"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from inspect import iscoroutinefunction, signature
from typing import TYPE_CHECKING

from verif_sdk.errors import InvalidSpec, JudgeFailed, VerifError, in_words, suggest
from verif_sdk.judges.backend import Backend
from verif_sdk.judges.prompt import PROMPT_VERSION
from verif_sdk.plugins.registry import Registry
from verif_sdk.question import Judge, JudgeFactory

if TYPE_CHECKING:
    from verif_sdk.judges.dialects.spoken import Spoken

BUILT_IN: Mapping[str, JudgeFactory] = {
    "vllm": Backend("vllm", "VllmJudge", "vllm", ("vllm",)),
    "openai": Backend("openai", "OpenAIJudge", "http", ("aiohttp",)),
    "hf": Backend("hf", "HfJudge", "hf", ("torch", "transformers")),
    "server": Backend("server", "ServerJudge", "http", ("aiohttp",)),
    "cascade": Backend("cascading", "cascade"),
}
_EVERYWHERE = frozenset({"cache", "calibration", "dialect", "rule", "votes"})
"""Options that go with every judge but a cascade."""


def look_at(judge: Judge | str) -> None:
    """Refuse now what can be known to be wrong with a judge or a spec without making the judge.

    Raises:
        InvalidSpec: the object has no coroutine `answer`, or the spec or an option of it cannot be read.
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
    _Options.read(scheme, factory, rest)
    if isinstance(factory, Backend):
        factory.look_for_packages(scheme)


def checked(judge: object) -> Judge:
    """Return `judge`, if it is one.

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
        JudgeFailed: the judge raised while it was made.
    """
    scheme, factory, rest = _scheme(spec)
    if scheme == "cascade":
        return factory(rest)
    options = _Options.read(scheme, factory, rest)
    try:
        judge = options.made(factory)
    except VerifError:
        raise
    except Exception as error:
        raise JudgeFailed(f"judge {scheme!r} cannot start: {in_words(error)}") from error
    return options.wrapped(judge, spec)


def _scheme(spec: str) -> tuple[str, JudgeFactory, str]:
    """Return the scheme of a spec, who makes its judges, and what follows it."""
    scheme, colon, rest = spec.partition(":")
    if not colon:
        raise InvalidSpec(f"a judge spec is 'scheme:model', such as 'vllm:Qwen/Qwen3-8B'; got {spec!r}")
    return scheme, Registry.installed().judge_factory(scheme), rest


@dataclass(frozen=True)
class _Options:
    """A spec's model and options: the judge's own, and those that put a wrapper around it."""

    scheme: str
    model: str
    own: Mapping[str, str]
    votes: str | None
    rule: str
    whole: bool
    cache: str | None
    calibration: str | None
    spoken: Spoken | None
    """A dialect that is not ours."""

    @classmethod
    def read(cls, scheme: str, factory: JudgeFactory, rest: str) -> _Options:
        """Return what follows the scheme of a spec, taken apart.

        Raises:
            InvalidSpec: an option is unknown, or one that the judge needs is missing.
        """
        model, _, query = rest.partition("?")
        own = _parsed(query)
        if "rule" in own and "votes" not in own:
            raise InvalidSpec(f"judge {scheme!r}: 'rule' says how votes are counted, so it goes with 'votes'")
        cache, calibration = own.pop("cache", None), own.pop("calibration", None)
        votes, rule = own.pop("votes", None), own.pop("rule", "mean")
        if whole := own.get("joint") == "all":
            del own["joint"]
        spoken = _spoken(scheme, own)
        sampled = () if votes is None or spoken else ("sample",)
        _refuse_options(scheme, factory, {*own, *sampled})
        if spoken is not None:
            spoken.look_at(scheme, factory.judge if isinstance(factory, Backend) else factory)
        return cls(scheme, model, own, votes, rule, whole, cache, calibration, spoken)

    def made(self, factory: JudgeFactory) -> Judge:
        """Return the judge, or the vote of several, sampled with the seeds 0, 1, 2…"""
        make = partial(factory, self.model, **self.own)
        if self.spoken is not None:
            speaker = self.spoken.speaker(self.scheme, make(), voting=self.votes is not None)
            make = partial(self.spoken.judge, speaker)
        if self.votes is None:
            return make()
        from verif_sdk.judges.options import number
        from verif_sdk.judges.wrappers.vote import VotingJudge

        count = int(number("votes", self.votes))
        judges = [make(sample=sample) for sample in range(count)]
        return VotingJudge(judges, self.rule)  # type: ignore[arg-type]  # it refuses other rules in words

    def wrapped(self, judge: Judge, spec: str) -> Judge:
        """Return the judge in the wrappers that the options ask for."""
        if self.cache is not None:
            from verif_sdk.judges.wrappers.cache import CachedJudge

            judge = CachedJudge(judge, self._named(), None if self.cache == "memory" else self.cache)
        if self.whole:  # outside the cache, which keeps the one answer to all questions together
            from verif_sdk.judges.wrappers.all_in_one import AllInOneJudge

            judge = AllInOneJudge(judge)
        if self.calibration is not None:
            from verif_sdk.judges.wrappers.calibrated import CalibratedJudge

            judge = CalibratedJudge(judge, self.calibration, spec, self.version)
        return judge

    @property
    def version(self) -> str:
        """The version of the words that the judge reads: of our prompt, or of a dialect."""
        return self.spoken.dialect.title if self.spoken else PROMPT_VERSION

    def _named(self) -> str:
        """Return what tells the answers of this judge apart in a cache."""
        options, whole = sorted(self.own.items()), " joint=all" if self.whole else ""
        spoken = f" {self.spoken}" if self.spoken else ""
        return f"{self.scheme}:{self.model}?{options} votes {self.votes} {self.rule}{whole}{spoken}"


def prompt_version(spec: str) -> str:
    """Return the version of the words that the judge of a spec reads: of our prompt, or of a dialect.

    Raises:
        InvalidSpec: the spec cannot be read.
    """
    scheme, factory, rest = _scheme(spec)
    return PROMPT_VERSION if scheme == "cascade" else _Options.read(scheme, factory, rest).version


def _spoken(scheme: str, options: dict[str, str]) -> Spoken | None:
    """Take the options of a dialect out of a spec's options; None where the judge is to speak ours."""
    if "dialect" not in options:
        return None
    from verif_sdk.judges.dialects.spoken import taken

    return taken(scheme, options)


def _refuse_options(scheme: str, factory: JudgeFactory, options: set[str]) -> None:
    """Refuse options that a judge does not take, and the lack of those that it needs."""
    _, *parameters = signature(factory.judge if isinstance(factory, Backend) else factory).parameters.values()
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


def cascade_parts(rest: str) -> tuple[str, str, dict[str, int | float]]:
    """Return both specs, and the numbers, in `FAST|SLOW#low=…&high=…&budget=…&tokens=…`.

    Raises:
        InvalidSpec: it has another form.
    """
    both, hash_mark, given = rest.partition("#")
    fast, bar, slow = both.partition("|")
    options = _parsed(given)
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
        raise InvalidSpec(f"cascade: low, high, budget and tokens are numbers, got {given!r}") from None


def _parsed(query: str) -> dict[str, str]:
    """Return the options in `name=value&name=value`."""
    from urllib.parse import parse_qsl

    return dict(parse_qsl(query, keep_blank_values=True))
