"""The NLTK data that the checkers read: where it is, and how it is fetched."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from verif_sdk import Undecidable, once

PACKAGES = {
    "punkt_tab": "tokenizers/punkt_tab/english",
    "stopwords": "corpora/stopwords/english",
    "averaged_perceptron_tagger_eng": "taggers/averaged_perceptron_tagger_eng",
}
"""Each package with the path inside NLTK's data that is needed of it."""


def found(package: str) -> Path | None:
    """Return where NLTK finds a package (NLTK_DATA and NLTK's own places), or None.

    NLTK takes long to load, so unless it is there already, its usual places are looked at first.
    """
    if "nltk" not in sys.modules:
        for place in _usual_places():
            if (path := place / PACKAGES[package]).exists():
                return path
    try:
        return Path(str(_nltk().data.find(PACKAGES[package])))
    except LookupError:
        return None


def _usual_places() -> Iterator[Path]:
    """Yield where NLTK looks on every system, in its order."""
    for given in os.environ.get("NLTK_DATA", "").split(os.pathsep):
        if given:
            yield Path(given).expanduser()
    yield Path.home() / "nltk_data"
    for inside in ("", "share", "lib"):
        yield Path(sys.prefix, inside, "nltk_data")


@once
def _nltk() -> Any:
    import nltk

    return nltk


def home() -> Path:
    """Return where fetched data goes: into the virtual environment, else into the home directory."""
    return Path(sys.prefix if sys.prefix != sys.base_prefix else Path.home()) / "nltk_data"


def fetch(package: str, target: Path) -> None:
    """Fetch a package into `target` from NLTK's own server, which may be out of reach; NLTK compares checksums."""
    _nltk().download(package, download_dir=str(target), quiet=True, print_error_to=io.StringIO())


def address(package: str) -> str:
    """Return where NLTK keeps a package, for those who fetch it by other means."""
    kind = PACKAGES[package].partition("/")[0]
    return f"https://raw.githubusercontent.com/nltk/nltk_data/gh-pages/packages/{kind}/{package}.zip"


@contextmanager
def needed(package: str) -> Iterator[None]:
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
