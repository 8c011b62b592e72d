"""Whether a plugin was written for this version of verif-sdk, by what its distribution requires."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from operator import ge, gt, le, lt

from verif_sdk import __version__
from verif_sdk.errors import PluginError

_REQUIREMENT = re.compile(
    r"verif[-_.]sdk(?![-_.\w])\s*(?:\[[^\]]*\])?\s*\(?(?P<bounds>[^;)]*)\)?\s*(?P<marker>;.*)?", re.IGNORECASE
)
_BOUND = re.compile(r"(>=|<=|>|<)\s*([0-9.]+)")
_HOLDS: dict[str, Callable[[list[int], list[int]], bool]] = {">=": ge, "<=": le, ">": gt, "<": lt}


def check(requirements: Iterable[str]) -> None:
    """Look at the bounds on verif-sdk among the requirements of a plugin's distribution.

    Installers keep them when the plugin is installed, not when verif-sdk is renewed afterwards.

    Raises:
        PluginError: this is another version.
    """
    for requirement in requirements:
        wanted = _REQUIREMENT.fullmatch(requirement.strip())
        if wanted is None or wanted["marker"]:
            continue
        for relation, version in _BOUND.findall(wanted["bounds"]):
            if not _HOLDS[relation](*_comparable(__version__, version)):
                raise PluginError(
                    f"it was written for verif-sdk {wanted['bounds'].strip()}, and this is {__version__}; "
                    "install a version of it for this one"
                )


def _comparable(one: str, other: str) -> tuple[list[int], list[int]]:
    """Return two versions as numbers, the shorter one with zeros behind it."""
    numbers = [[int(part) for part in re.findall(r"\d+", version)[:3]] for version in (one, other)]
    first, second = ([*parts, 0, 0, 0][:3] for parts in numbers)
    return first, second
