"""`Reference`: a check that decides as a benchmark's code does, and how its findings are worded."""

# No `from __future__ import annotations`: every subclass would compile and evaluate them anew, 180 times.

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import Field

from verif_sdk import Answer, Check, Constraint, Demand, Text, Undecidable, Verdict

Relation = Literal["less than", "at least"]
Count = Annotated[int, Field(ge=0)]


class Finding(NamedTuple):
    """What a check finds."""

    holds: bool
    reason: str
    """What was counted against what was asked, in words."""
    evidence: tuple[tuple[int, int], ...] = ()
    """Where: (start, end) character offsets into the response."""


class Diverges(NamedTuple):
    """Where a reference contradicts its own instruction: what it does instead, and a response that shows it.

    `docs/reference/ifeval-divergences.md` is generated from these: verdicts are computed, never typed in.
    """

    does: str
    """What the reference does, in words that follow "the reference"."""
    response: str
    """One on which faithful and fixed differ."""
    params: Mapping[str, Any] = MappingProxyType({})
    """The parameters that show it, unless those of the first example do."""


class Reference(Check):
    """A check that decides as the benchmark's code does, bug for bug, unless its `variant` is "fixed"."""

    diverges: ClassVar[Diverges | None] = None
    """Set where `fixed` differs from `holds`, which is to say on the class that defines it."""

    variant: Annotated[
        Literal["faithful", "fixed"],
        Field(description='"faithful" decides as the reference does; "fixed" as the instruction reads.'),
    ] = "faithful"

    @abstractmethod
    def holds(self, text: Text) -> Finding:
        """Return what the reference finds in a response that is not blank."""

    def fixed(self, text: Text) -> Finding:
        """Return what the instruction's own words ask to find: what the reference finds, where they agree."""
        return self.holds(text)

    def check(self, text: Text) -> Verdict:
        finding = self.fixed(text) if self.variant == "fixed" else self.holds(text)
        return _verdict(self.type, finding, self.weight, self.provider)

    def decide(self, text: Text, answers: Sequence[Answer | None] = ()) -> Verdict:
        if is_blank(text.raw):
            return self.blank()
        try:
            return self.check(text)
        except Undecidable as cause:
            return self.undecided(str(cause))


def diverging(classes: Iterable[type[Constraint]]) -> dict[str, Diverges]:
    """Return where these classes diverge from their instructions, by type, each with parameters that show it."""
    return {
        cls.model_fields["type"].default: one._replace(params=one.params or cls.examples[0].params)
        for cls in classes
        if (one := cls.__dict__.get("diverges"))
    }


@lru_cache(maxsize=4096)
def _verdict(type: str, finding: Finding, weight: float, provider: str) -> Verdict:
    """Return a verdict; many are equal, and they never change, so equal ones are one object."""
    passed, reason, evidence = finding
    return Verdict(
        type=type,
        passed=passed,
        score=float(passed),
        reason=reason,
        evidence=evidence,
        weight=weight,
        decided_by=provider,
    )


def is_blank(raw: str) -> bool:
    """Return whether a response is blank to the reference: invisible format characters are text to it."""
    return not raw or raw.isspace()


def counted(number: int, unit: str, of: str = "") -> str:
    """Return a number with its unit, which takes an s: "1 word", "2 words"; `of` goes behind it."""
    return f"{number} {unit}{of}" if number == 1 else f"{number} {unit}s{of}"


def compared(number: int, unit: str, relation: Relation, wanted: int, of: str = "") -> Finding:
    """Return whether a count is below, or not below, the wanted one."""
    if relation == "less than":
        return Finding(number < wanted, f"{counted(number, unit, of)}, asked for fewer than {wanted}")
    return at_least(number, unit, wanted, of)


def at_least(number: int, unit: str, wanted: int, of: str = "") -> Finding:
    """Return whether a count is at least the wanted one."""
    return Finding(number >= wanted, f"{counted(number, unit, of)}, asked for at least {wanted}")


def at_most(number: int, unit: str, wanted: int, of: str = "") -> Finding:
    """Return whether a count is at most the wanted one."""
    return Finding(number <= wanted, f"{counted(number, unit, of)}, asked for at most {wanted}")


def exactly(number: int, unit: str, wanted: int, of: str = "") -> Finding:
    """Return whether a count is the wanted one."""
    return Finding(number == wanted, f"{counted(number, unit, of)}, asked for exactly {wanted}")


def absent(place: int, what: str) -> Finding:
    """Return whether a forbidden character, first seen at `place`, is absent; -1 stands for absent."""
    if place < 0:
        return Finding(True, f"no {what}")
    return Finding(False, f"{what} at character {place + 1}, asked for none", ((place, place + 1),))


def quoted(text: str) -> str:
    """Return a piece of a text as a reason shows it: quoted, controls escaped, long ones cut."""
    return repr(text) if len(text) <= 40 else repr(f"{text[:39]}…")


def asked(of: str, relation: Relation, number: int) -> list[Demand]:
    """Return the demand that a relation to a number is."""
    return [Demand(of, 0, number - 1)] if relation == "less than" else [Demand(of, number)]


def given(name: str, value: int) -> int:
    """Return a number that the reference takes as it is.

    Raises:
        Undecidable: it is 0, for which the reference draws a number at random.
    """
    if value == 0:
        raise Undecidable(f'for {name} = 0 the reference draws a number at random; variant="fixed" takes the 0')
    return value
