"""The option `--unsandboxed`, and its warning."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

WARNING = "warning: programs of the data run without a sandbox; they can read, change and send what you can"


def warn(chosen: bool) -> bool:
    """Print the warning if that was chosen, and return the choice."""
    if chosen:
        print(f"verif: {WARNING}", file=sys.stderr)
    return chosen


Unsandboxed = Annotated[
    bool,
    typer.Option("--unsandboxed", callback=warn, help="Run programs of the data (code:python) without a sandbox."),
]
