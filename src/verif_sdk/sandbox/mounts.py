"""What of this machine a sandbox holds: the interpreter, its libraries and the allowed packages, nothing else.

Inside, everything has a place of its own (/python, /lib, /code), so that no folder name of ours is to be seen.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from verif_sdk.errors import Undecidable

HOME = "/python"
PYTHON = f"{HOME}/bin/python{sys.version_info.major}.{sys.version_info.minor}"
LIBRARIES = "/lib"
CODE = "/code"
_LOCALE = "/usr/lib/locale/C.utf8"  # where the C library has no such locale built in
_STANDARD = f"{HOME}/{sys.platlibdir}/{Path(sysconfig.get_path('stdlib')).name}"
# Packages that programs may import, and what those import.
_PACKAGES = ("nltk", "langdetect", "regex", "six", "click", "joblib", "tqdm", "defusedxml")
# Folders of the standard library that hold what others installed, and extensions that need half a desktop.
_FOREIGN = ("site-packages", "dist-packages")
_UNWANTED = re.compile(r"_tkinter|_curses|_g?dbm|nis|readline|ossaudiodev")


@cache
def mounts() -> tuple[str, ...]:
    """Return bubblewrap's arguments that mount it all, read-only.

    Raises:
        Undecidable: the libraries that the interpreter needs cannot be listed.
    """
    standard = Path(sysconfig.get_path("stdlib"))
    extensions = next(
        (Path(entry) for entry in sys.path if entry.endswith("lib-dynload")), standard / "lib-dynload"
    )
    binaries = [os.path.realpath(sys.executable)]
    binaries += [str(file) for file in sorted(extensions.glob("*.so")) if not _UNWANTED.match(file.name)]
    packages = _packages()
    binaries += [str(file) for package in packages for file in sorted(package.rglob("*.so"))]
    pairs = [(binaries[0], PYTHON), (str(standard), _STANDARD)]
    pairs += [(library, _place(library)) for library in _libraries(binaries)]
    pairs += [(str(package), f"{CODE}/{package.name}") for package in packages]
    pairs += [(str(Path(__file__).parent), f"{CODE}/verif_sdk/sandbox")]
    if extensions.parent != standard:
        pairs.append((str(extensions), f"{_STANDARD}/lib-dynload"))
    # The folders that bubblewrap makes by itself are root's alone.
    folders = {str(folder) for _, place in pairs for folder in Path(place).parents}
    arguments = [argument for folder in sorted(folders) for argument in ("--dir", folder)]
    arguments += [argument for pair in pairs for argument in ("--ro-bind", *pair)]
    for name in _FOREIGN:
        if (standard / name).is_dir():
            arguments += ["--tmpfs", f"{_STANDARD}/{name}", "--remount-ro", f"{_STANDARD}/{name}"]
    return (*arguments, "--ro-bind-try", _LOCALE, _LOCALE, "--remount-ro", "/")


def _libraries(binaries: list[str]) -> list[str]:
    """Return the shared libraries that the binaries need, the loader among them."""
    try:
        listed = subprocess.run(  # noqa: S603  # our own interpreter's files
            ["ldd", *binaries],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise Undecidable(
            f"the sandbox asks `ldd` which libraries Python needs, and it does not run: {error}"
        ) from None
    return sorted(set(re.findall(r"(/\S+) \(0x", listed.stdout)))


def _place(library: str) -> str:
    """Return where a library stands inside: the loader where every binary says it is, the rest in one folder."""
    name = Path(library).name
    return library if name.startswith(("ld-linux", "ld-musl", "ld64")) else f"{LIBRARIES}/{name}"


def _packages() -> list[Path]:
    found = []
    for name in _PACKAGES:
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            file = Path(spec.origin)
            found.append(file.parent if spec.submodule_search_locations else file)
    return found
