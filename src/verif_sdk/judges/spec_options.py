"""The part of a judge spec after its scheme, `model?option=value`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from inspect import signature
from typing import TYPE_CHECKING

from verif_sdk.errors import InvalidSpec, suggest
from verif_sdk.judges.backend import Backend
from verif_sdk.judges.prompt import PROMPT_VERSION
from verif_sdk.question import Judge, JudgeFactory
from verif_sdk.spec import options_in

if TYPE_CHECKING:
    from verif_sdk.judges.dialects.spoken import Spoken

_EVERYWHERE = frozenset({"cache", "calibration", "dialect", "rule", "votes"})
"""Options that go with every judge but a cascade."""

_NAMED = frozenset({"vllm", "openai", "hf"})
"""Judges that load a model, or ask for one, by its name."""


@dataclass(frozen=True)
class Options:
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
    """A dialect other than ours."""

    @classmethod
    def read(cls, scheme: str, factory: JudgeFactory, rest: str) -> Options:
        """Return the model and the options of a spec.

        Raises:
            InvalidSpec: an option is unknown, or a required one is missing.
        """
        model, _, query = rest.partition("?")
        own = options_in(query)
        if not model and scheme in _NAMED:
            raise InvalidSpec(f"judge {scheme!r} needs a model, as in '{scheme}:Qwen/Qwen3-8B'")
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
        """Return the judge, or a vote of several judges sampled with the seeds 0, 1, 2…"""
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
        """The version of the prompt that the judge reads: ours, or a dialect's."""
        return self.spoken.dialect.title if self.spoken else PROMPT_VERSION

    def _named(self) -> str:
        """Return the key that separates this judge's answers from others in a cache."""
        spoken = f" {self.spoken}" if self.spoken else ""
        return f"{self.scheme}:{self.model}?{sorted(self.own.items())} votes {self.votes} {self.rule}{spoken}"


def _spoken(scheme: str, options: dict[str, str]) -> Spoken | None:
    """Remove the options of a dialect from a spec's options; None if the judge uses our own dialect."""
    if "dialect" not in options:
        return None
    from verif_sdk.judges.dialects.spoken import taken

    return taken(scheme, options)


def _refuse_options(scheme: str, factory: JudgeFactory, options: set[str]) -> None:
    """Refuse options that a judge does not take, and missing options that it needs."""
    _, *parameters = signature(factory.judge if isinstance(factory, Backend) else factory).parameters.values()
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return  # it checks its options itself
    required = {parameter.name: parameter.default is parameter.empty for parameter in parameters}
    for option in sorted(options - required.keys()):
        if option == "sample":
            raise InvalidSpec(f"votes: judge {scheme!r} draws no samples, so it cannot vote with itself")
        hint = suggest(option, required.keys() | _EVERYWHERE)
        raise InvalidSpec(f"judge {scheme!r}: unknown option {option!r}" + (f"; {hint}" if hint else ""))
    for name, needed in required.items():
        if needed and name not in options:
            raise InvalidSpec(f"judge {scheme!r} needs the option {name!r}, as in '{scheme}:MODEL?{name}=...'")
