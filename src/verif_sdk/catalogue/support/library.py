"""Libraries that only a few types need, so the core does without them."""

from __future__ import annotations

from importlib.util import find_spec

EXTRA = "data"
"""The extra that brings them."""


def installed(library: str, module: str) -> None:
    """Raise ValueError, with the command that installs it, unless a library is installed.

    A constraint calls this while it is constructed, so a run learns of it before its first response.

    Args:
        library: its name, for the message.
        module: what `import` calls it.
    """
    if find_spec(module) is None:
        raise ValueError(f"{library} is not installed: pip install 'verif-sdk[{EXTRA}]'")
