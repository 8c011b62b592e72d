"""`verif data`: fetches the NLTK data that the checkers read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from verif_ifeval import nltk_data


def data(
    to: Annotated[Path | None, typer.Option(help="Where to put it; by default where NLTK will look.")] = None,
) -> None:
    """Fetch the NLTK data that is missing from NLTK's own server, and say where all of it is.

    Exit codes: 0 all of it is there, 1 some is not; the output says what to download by other means, and where to.
    """
    target = to or nltk_data.home()
    places = {package: _place(package, target) for package in nltk_data.PACKAGES}
    for package, place in places.items():
        if place is not None:
            typer.echo(f"ok       {package}  {place}")
            continue
        folder = (target / nltk_data.PACKAGES[package].partition("/")[0]).absolute()
        typer.echo(f"missing  {package}  unpack {nltk_data.address(package)} in {folder}")
    raise typer.Exit(None in places.values())


def _place(package: str, target: Path) -> Path | None:
    """Return where a package is, after an attempt to fetch it if it is missing."""
    fetched = target / nltk_data.PACKAGES[package]
    place = nltk_data.found(package)
    if place is None and not fetched.exists():
        nltk_data.fetch(package, target)
    return place or (fetched if fetched.exists() else None)
