"""What the reference checkers have in common: blankness, relations, and NLTK's units of text."""

# No `from __future__ import annotations`: every subclass would compile and evaluate them anew, 180 times.

import re
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, TypeVar

import regex
from pydantic import Field

from verif_ifeval import nltk_data
from verif_sdk import Answer, Check, Constraint, Demand, Text, Undecidable, Verdict, once
from verif_sdk.bounded import searches

T = TypeVar("T")

Relation = Literal["less than", "at least"]
Count = Annotated[int, Field(ge=0)]

# As NLTK 3.10.3 has it, to which the marks of Indic scripts are part of a word; to Python's own `re` they are not.
WORD = regex.compile(r"\w+")
_SIMPLE = re.compile(r"[^\\\[\](){}*+?|^$]{1,100}")


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


class _Shapes(dict[int, str]):
    """Code points to "w" for what words are made of, and to a space for the rest."""

    def __missing__(self, code: int) -> str:
        self[code] = "w" if WORD.match(chr(code)) else " "
        return self[code]


_SHAPES = _Shapes()


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


def matches(source: str, raw: str, flags: re.RegexFlag = re.NOFLAG, *, edge: str = "") -> int:
    """Return how many matches a parameter has that the reference reads as a pattern.

    Args:
        source: the parameter.
        raw: where it is searched.
        flags: those of the reference.
        edge: what the reference puts on both sides of the parameter.

    Raises:
        Undecidable: it is not a pattern, where the reference raises, or it takes too long.
    """
    if is_simple(source):
        return len(re.findall(edge + source + edge, raw, flags))
    return searched(searches.count, edge + source + edge, raw, flags)


def searched(
    search: Callable[[str, str, re.RegexFlag], T], source: str, raw: str, flags: re.RegexFlag = re.NOFLAG
) -> T:
    """Return what a bounded search makes of a pattern and a text; errors as those of `matches`."""
    try:
        return search(source, raw, flags)
    except ValueError as error:
        raise Undecidable(
            f"the reference reads {source!r:.60} as a regular expression, which it is not: {error}"
        ) from None


def is_simple(source: str) -> bool:
    """Return whether a pattern is single characters in a row, so that a search for it is fast on any text."""
    return _SIMPLE.fullmatch(source) is not None


def occurrences(source: str, text: Text) -> int:
    """Return how often a pattern is found, whatever the case.

    Raises:
        Undecidable: it is no pattern; the reference raises there.
    """
    literal = _literal(source)
    if literal is not None and text.raw.isascii():  # elsewhere letters have other forms, which match too
        return text.view(str.lower).count(literal)
    return matches(source, text.raw, re.IGNORECASE)


def surely_absent(source: str, text: Text) -> bool:
    """Return whether a pattern cannot be found, whatever the case; False tells nothing."""
    literal = _literal(source)
    return literal is not None and text.raw.isascii() and literal not in text.view(str.lower)


@lru_cache(maxsize=4096)
def _literal(source: str) -> str | None:
    """Return in small letters a pattern that stands for itself, None for others."""
    return source.lower() if re.fullmatch("[A-Za-z0-9 '-]+", source) else None


def given(name: str, value: int) -> int:
    """Return a number that the reference takes as it is.

    Raises:
        Undecidable: it is 0, for which the reference draws a number at random.
    """
    if value == 0:
        raise Undecidable(f'for {name} = 0 the reference draws a number at random; variant="fixed" takes the 0')
    return value


def standing_alone(word: str, raw: str) -> int:
    """Return how often a word stands in a text by itself, taken literally, whatever its case."""
    return len(_alone(word).findall(raw))


@lru_cache(maxsize=1024)
def _alone(word: str) -> re.Pattern[str]:
    before = r"(?<!\w)" if word[:1].isalnum() else ""
    behind = r"(?!\w)" if word[-1:].isalnum() else ""
    return re.compile(before + re.escape(word) + behind, re.IGNORECASE)


def words(raw: str) -> int:
    """Return the number of runs of word characters: "don't" is two."""
    shape = raw.translate(_SHAPES)
    return shape.count(" w") + shape.startswith("w")


@once
def stop_words() -> frozenset[str]:
    """Return NLTK's English stop words."""
    path = nltk_data.found("stopwords")
    if path is not None and path.is_file():
        return frozenset(path.read_text("utf-8").split())
    from nltk.corpus import stopwords  # in a zip file, or nowhere

    with data("stopwords"):
        return frozenset(stopwords.words("english"))


def first_tag(found: tuple[str, ...]) -> str:
    """Return the part of speech that NLTK's tagger gives to the first of some tokens, "" where there are none.

    The tagger goes from left to right and looks two tokens ahead, so three decide the first tag.
    """
    if not found:
        return ""
    tag: str = _tagger().tag(list(found[:3]))[0][1]
    return tag


@lru_cache(maxsize=50_000)
def syllables(word: str) -> int:
    """Return the number of syllables of a word, as the package syllapy counts them."""
    count: int = _syllapy().count(word)
    return count


def is_emoji(character: str) -> bool:
    """Return whether one code point is an emoji, as the package emoji has it."""
    known: bool = _emoji().is_emoji(character)
    return known


@contextmanager
def data(package: str) -> Iterator[None]:
    """Say what to do where NLTK does not find a package of its data.

    Raises:
        Undecidable: it does not.
    """
    try:
        yield
    except LookupError:
        raise Undecidable(
            f"NLTK does not find its data {package!r}: run `verif data`, or set NLTK_DATA to where it is"
        ) from None


@once
def _tagger() -> Any:
    from nltk.tag import PerceptronTagger

    with data("averaged_perceptron_tagger_eng"):
        return PerceptronTagger(lang="eng")


@once
def _syllapy() -> Any:
    import syllapy

    return syllapy


@once
def _emoji() -> Any:
    import emoji

    return emoji
