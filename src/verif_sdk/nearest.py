"""Which constraint types come nearest to a name: by spelling, by the part after the colon, by description."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import cache, lru_cache

from verif_sdk.constraint import Constraint
from verif_sdk.errors import LONGEST

_WORD = re.compile(r"[^\W\d_]+")
# Words that say nothing of what a type is about.
_FILLERS = frozenset(
    _WORD.findall(
        "a an and as at be by count exactly has have in is it least max maximum min minimum more most must no not "
        "number of on one only or response that the these this to type use with without"
    )
)
_NEAR = 0.78  # of the letters: "lenght" and "length" share 0.83, "tone" and "once" 0.75
_ENOUGH = 0.3  # one word in three, or two words of a description


def nearest_types(name: str, types: Mapping[str, type[Constraint]], most: int = 3) -> list[str]:
    """Return the types nearest to `name`, the nearest first; nothing where none is near."""
    sought = _Sought(name[:LONGEST].casefold())
    scores = {known: sought.score(known, cls) for known, cls in types.items()}
    best = max(scores.values(), default=0.0)
    near = [known for known, score in scores.items() if score >= max(_ENOUGH, 0.75 * best)]
    return sorted(near, key=lambda known: (-scores[known], len(known), known))[:most]


def types_about(words: str, types: Mapping[str, type[Constraint]]) -> list[str]:
    """Return the types with `words` in their name, then those whose description has a word for each of them."""
    sought = words.casefold().strip()
    named = [known for known in types if sought in known]
    stems = [_stem(word) for word in _WORD.findall(sought)]
    described = [known for known, cls in types.items() if stems and all(_has(_about(cls), one) for one in stems)]
    return list(dict.fromkeys([*named, *described]))


class _Sought:
    """A name that no type has, ready to be compared with those that are there."""

    def __init__(self, name: str) -> None:
        tail = name.rpartition(":")[2]
        self._name, self._tail = (SequenceMatcher(None, "", part, autojunk=False) for part in (name, tail))
        self._stems = _stems(tail) or _stems(name)

    def score(self, known: str, cls: type[Constraint]) -> float:
        """Return how near a type is, in [0, 1]: its name before its words, its words before its description."""
        family_name, _, tail = known.rpartition(":")
        spelt = max(_alike(self._name, known), 0.98 * _alike(self._tail, tail))
        if spelt or not self._stems:
            return spelt
        own = _stems(tail) or _stems(known)
        shared, family, about = (
            sum(_has(stems, stem) for stem in self._stems) for stems in (own, _stems(family_name), _about(cls))
        )
        count = len(self._stems)
        return max(1.5 * shared / (count + len(own)), 0.7 * family / count, 0.5 * about / count)


def _alike(sought: SequenceMatcher[str], known: str) -> float:
    """Return the share of letters in common, in [0, 1], or 0 where it cannot reach what counts as near."""
    sought.set_seq1(known)
    if sought.real_quick_ratio() < _NEAR or sought.quick_ratio() < _NEAR:
        return 0.0
    ratio = sought.ratio()
    return ratio if ratio >= _NEAR else 0.0


@lru_cache(4096)
def _stems(name: str) -> frozenset[str]:
    words = (word for word in _WORD.findall(name) if len(word) > 1 and word not in _FILLERS)
    return frozenset(map(_stem, words))


@cache
def _about(cls: type[Constraint]) -> frozenset[str]:
    """Return the stems of a type's description, wording and parameters."""
    fields = " ".join(f"{name} {field.description or ''}" for name, field in cls.model_fields.items())
    return _stems(f"{inspect.getdoc(cls) or ''} {cls.template} {fields}".casefold())


def _stem(word: str) -> str:
    """Return a word without the ending of its plural, so that "commas" finds "comma"."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _has(stems: frozenset[str], stem: str) -> bool:
    """Return whether a stem is among `stems`, begins one, as "len" does "length", or goes on from a long one."""
    if stem in stems:
        return True
    return len(stem) >= 3 and any(one.startswith(stem) or (len(one) > 4 and stem.startswith(one)) for one in stems)
