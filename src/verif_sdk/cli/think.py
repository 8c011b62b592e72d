"""The option `--think`: the tags that a model reasons in."""

from __future__ import annotations

from typing import Annotated

import typer

Think = Annotated[
    tuple[str, str],
    typer.Option("--think", metavar="OPEN CLOSE", help="The tags around reasoning, which is not checked."),
]
