"""The command lines that start a worker: in bubblewrap, or, unsandboxed, as a plain subprocess."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

from verif_sdk.errors import Undecidable

INSTALL = (
    "untrusted code runs in bubblewrap, and there is no `bwrap` here: install it (apt install bubblewrap), "
    "or, for data whose author you trust, run its programs without a sandbox: --unsandboxed, or unsandboxed=True"
)
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LANG": "C.UTF-8",
    "HOME": "/",
}  # nltk wants a home
# What the allowed packages need, where they are installed.
_PACKAGES = ("nltk", "langdetect", "regex", "six", "click", "joblib", "tqdm", "defusedxml")
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")
_INSIDE = "/code"
# Without hooks at each fork: that of `random` would seed it anew for every run, and draws are to repeat.
_START = "import os; os.register_at_fork = lambda **_: None; from verif_sdk.sandbox.worker import main; main()"


def plain() -> list[str]:
    """Return the command of a worker without a sandbox: limits hold, nothing else does."""
    return [sys.executable, "-s", "-P", "-c", f"import sys; sys.path[:] = {sys.path!r}; {_START}"]


def sealed() -> list[str]:
    """Return the command of a worker in bubblewrap.

    It sees, read-only: the interpreter with its standard library, the system's shared libraries, this
    directory, the allowed packages and /dev/null. There is no /proc, no /tmp, no place to write.

    Raises:
        Undecidable: there is no `bwrap`; the message says what to do.
    """
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise Undecidable(INSTALL)
    python = os.path.realpath(sys.executable)
    command = [bwrap, "--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL"]
    command += ["--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"]
    for name, value in ENVIRONMENT.items():
        command += ["--setenv", name, value]
    for path in (*_SYSTEM, *_libraries()):
        command += ["--ro-bind-try", path, path]
    command += ["--ro-bind", python, python, "--dev-bind", "/dev/null", "/dev/null"]
    command += ["--ro-bind", str(Path(__file__).parent), f"{_INSIDE}/verif_sdk/sandbox"]
    for package in _packages():
        command += ["--ro-bind", str(package), f"{_INSIDE}/{package.name}"]
    command += ["--remount-ro", "/", "--chdir", "/"]
    start = f"import sys; sys.path.insert(0, {_INSIDE!r}); {_START}"
    return [*command, python, "-s", "-S", "-P", "-c", start, "sealed"]


def _libraries() -> list[str]:
    """Return where the interpreter keeps its standard library and its shared library."""
    paths = {
        sysconfig.get_path("stdlib"),
        sysconfig.get_config_var("LIBDIR"),
        sysconfig.get_config_var("DESTSHARED"),
    }
    return sorted(path for path in paths if path and not path.startswith(_SYSTEM[:4]))


def _packages() -> list[Path]:
    found = []
    for name in _PACKAGES:
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            file = Path(spec.origin)
            found.append(file.parent if spec.submodule_search_locations else file)
    return found
