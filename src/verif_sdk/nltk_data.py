"""The NLTK data that benchmark checkers need: where it is, and how it is fetched."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from verif_sdk.late import once

PACKAGES = {
    "punkt_tab": "tokenizers/punkt_tab/english",
    "stopwords": "corpora/stopwords/english",
    "averaged_perceptron_tagger_eng": "taggers/averaged_perceptron_tagger_eng",
}
"""Each package with the path inside NLTK's data that is needed of it."""

CARRIER = "llama-index-core"
"""A wheel on the package index that holds the first two, for machines that reach nothing else."""


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


def fetch(packages: list[str], target: Path) -> None:
    """Fetch packages into `target`, from NLTK's own server, else out of the carrier wheel."""
    for package in packages:
        _nltk().download(package, download_dir=str(target), quiet=True, print_error_to=io.StringIO())
    if missing := [package for package in packages if not (target / PACKAGES[package]).exists()]:
        _from_wheel(missing, target)


def _from_wheel(packages: list[str], target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, CARRIER]
        subprocess.run(command, check=False, capture_output=True)  # noqa: S603  # fixed words
        for wheel in Path(folder).glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                for package in packages:
                    _unpack(archive, PACKAGES[package], target)


def _unpack(archive: zipfile.ZipFile, path: str, target: Path) -> None:
    """Write the files at or under `path` of NLTK's data, wherever the wheel keeps that data."""
    for name in archive.namelist():
        _, cache, inside = name.partition("/nltk_cache/")
        if cache and (inside == path or inside.startswith(f"{path}/")) and ".." not in inside:
            (target / inside).parent.mkdir(parents=True, exist_ok=True)
            (target / inside).write_bytes(archive.read(name))
