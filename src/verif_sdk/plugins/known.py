"""Plugins that everybody may name in data, whether or not they are installed here."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sized
from typing import NamedTuple

BLOCK = "VERIF_SDK_BLOCK"
"""The environment variable that leaves out plugins, by the names of their entry points."""
NAMED = "VERIF_SDK_PLUGINS"
"""The environment variable that names modules, with commas between them, whose plugins are used too."""


class KnownPlugin(NamedTuple):
    """A published plugin: its distribution and what it provides."""

    distribution: str
    families: tuple[str, ...]
    """What its types begin with, up to the first colon."""
    rows: tuple[str, ...]
    """Its row formats, which `verif benchmark` takes too."""
    commands: tuple[str, ...]
    """What it adds to `verif`."""

    def has(self, name: str) -> bool:
        """Return whether a type or a row format of this name is the plugin's."""
        name = name.casefold()
        return name.partition(":")[0] in self.families or name in self.rows


KNOWN = (
    KnownPlugin(
        "verif-ifeval",
        families=("ifeval", "ifbench", "iftrain"),
        rows=("ifeval", "ifeval-loose", "ifbench", "ifbench-loose", "ifrlvr", "ifrlvr-loose"),
        commands=("data",),
    ),
)


def absent(name: str, loaded: Iterable[str], broken: Iterable[str]) -> str:
    """Return how to get the known plugin that has `name`, in words; nothing where none has, or it is loaded.

    Args:
        name: of a type or a row format.
        loaded: the distributions, with their versions, whose plugins work here.
        broken: the plugins that do not, each with its distribution.
    """
    for plugin in KNOWN:
        if plugin.has(name) and not any(plugin.distribution in one for one in (*loaded, *broken)):
            if os.environ.get(BLOCK):
                return f"it is in {plugin.distribution}, which {BLOCK} may leave out"
            return f"it is in a plugin: pip install {plugin.distribution}"
    return ""


def told(broken: Sized) -> str:
    """Return that plugins are broken, in words; nothing where none is."""
    count = len(broken)
    return f"{count} plugin{' is' if count == 1 else 's are'} broken, see `verif doctor`" if count else ""
