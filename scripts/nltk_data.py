"""Takes NLTK's data out of a wheel on the package index, for test machines that do not reach NLTK's server.

    python scripts/nltk_data.py

It fills what `verif data` could not fetch; that wheel lacks the tagger.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from verif_ifeval.nltk_data import PACKAGES, found, home

CARRIER = "llama-index-core"


def unpack(archive: zipfile.ZipFile, path: str, target: Path) -> None:
    """Write the files at or under `path` of NLTK's data, wherever the wheel keeps that data."""
    for name in archive.namelist():
        _, cache, inside = name.partition("/nltk_cache/")
        if cache and (inside == path or inside.startswith(f"{path}/")) and ".." not in inside:
            (target / inside).parent.mkdir(parents=True, exist_ok=True)
            (target / inside).write_bytes(archive.read(name))


def main() -> None:
    """Fill NLTK's folder of this environment."""
    missing = [package for package in PACKAGES if found(package) is None]
    if not missing:
        return
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, CARRIER]
        subprocess.run(command, check=False, capture_output=True)  # fixed words
        for wheel in Path(folder).glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                for package in missing:
                    unpack(archive, PACKAGES[package], home())


if __name__ == "__main__":
    main()
