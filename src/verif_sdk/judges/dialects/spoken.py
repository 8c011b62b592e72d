"""The part of a judge spec that names a dialect: `?dialect=NAME` and the dialect's own options."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import Parameter, signature

from verif_sdk.dialect import Chosen, Dialect, DialectFactory, Written
from verif_sdk.errors import InvalidSpec, UnknownName, suggest
from verif_sdk.judges.dialects.asking import DialectJudge, Speaker, refuse
from verif_sdk.judges.options import number, share
from verif_sdk.judges.reading import LEAST_MASS
from verif_sdk.plugins.registry import Registry
from verif_sdk.question import Judge

OWN = "verif"
"""The name of our own dialect, which every judge speaks without being told."""
_OURS = ("reasoning", "joint", "tokenizer")
"""Options that say how our own dialect is put and read."""


@dataclass(frozen=True)
class Spoken:
    """A dialect with the options of a spec that go with it.

    Attributes:
        dialect: how the model is asked.
        room: tokens that a reply in free text may take; None for the dialect's own.
        least_mass: the probability, in [0, 1], that the model must give to the dialect's words together.
    """

    dialect: Chosen | Written
    room: int | None
    least_mass: float

    def __str__(self) -> str:
        return f"dialect {self.dialect.title} {self.room} {self.least_mass:g}"

    def look_at(self, scheme: str, kind: object) -> None:
        """Refuse a class of judges that cannot be asked in this dialect, before one is made.

        Raises:
            InvalidSpec: what it lacks.
        """
        if not isinstance(kind, type):
            return  # a function, which may return any judge
        if not hasattr(kind, "replies"):
            raise InvalidSpec(_told(scheme, self.dialect))
        refuse(self.dialect, writes=getattr(kind, "writes", False))

    def speaker(self, scheme: str, judge: Judge, *, voting: bool) -> Speaker:
        """Return a judge as what can be asked in this dialect.

        Raises:
            InvalidSpec: it cannot, or not for samples.
        """
        if not isinstance(judge, Speaker):
            raise InvalidSpec(_told(scheme, self.dialect))
        if voting and isinstance(self.dialect, Written):
            getattr(judge, "refuse_samples", lambda: None)()
        return judge

    def judge(self, speaker: Speaker, sample: int | None = None) -> Judge:
        """Return the judge that asks a speaker in this dialect.

        Raises:
            InvalidSpec: the speaker cannot serve it.
        """
        return DialectJudge(speaker, self.dialect, least_mass=self.least_mass, room=self.room, sample=sample)


def taken(scheme: str, options: dict[str, str]) -> Spoken | None:
    """Take the options of a dialect out of a spec's options; None where the judge is to speak our own.

    Raises:
        InvalidSpec: the dialect is unknown, one of its options is wrong, or one of ours does not go with it.
    """
    name = options.pop("dialect", OWN)
    if name == OWN:
        return None
    factory = found(name)
    for option in _OURS:
        if option in options:
            raise InvalidSpec(
                f"judge {scheme!r}: {option!r} does not go with 'dialect': {name!r} has its own reading"
            )
    dialect = factory(**{option: options.pop(option) for option in _options(factory) if option in options})
    if not isinstance(dialect, (Chosen, Written)):
        raise InvalidSpec(f"dialect {name!r} is neither Chosen nor Written: nothing says how its reply is read")
    room = options.pop("max_reasoning_tokens", None) if isinstance(dialect, Written) else None
    least_mass = share("least_mass", options.pop("least_mass", LEAST_MASS))
    return Spoken(dialect, None if room is None else int(number("max_reasoning_tokens", room)), least_mass)


def found(name: str) -> DialectFactory:
    """Return the factory of the dialect of this name.

    Raises:
        UnknownName: there is none; the message has the nearest.
    """
    known = Registry.installed().dialects
    if name not in known:
        raise UnknownName.of("dialect", name, suggest(name, {OWN, *known}))
    return known[name]


def _options(factory: DialectFactory) -> list[str]:
    return [one.name for one in signature(factory).parameters.values() if one.kind is Parameter.KEYWORD_ONLY]


def _told(scheme: str, dialect: Dialect) -> str:
    if scheme == "server":
        return (
            f"judge 'server': the server's own judge speaks the dialect; start it with "
            f"verif serve --judge '...?dialect={dialect.name}'"
        )
    return f"judge {scheme!r} cannot be asked in a dialect: it has no `replies`"
