"""How a worker is started: in bubblewrap, or, unsandboxed, as a plain subprocess."""

from __future__ import annotations

import os
import shutil
import sys
from typing import NamedTuple

from verif_sdk.errors import Undecidable
from verif_sdk.sandbox import mounts, users
from verif_sdk.sandbox.filter import allowed_calls
from verif_sdk.sandbox.users import FreshUser

INSTALL = (
    "untrusted code runs in bubblewrap, and there is no `bwrap` here: install it (apt install bubblewrap), "
    "or, for data whose author you trust, run its programs without a sandbox: --unsandboxed, or unsandboxed=True"
)
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LANG": "C.UTF-8",
    "HOME": "/",  # nltk wants one
    "MALLOC_ARENA_MAX": "1",  # else each thread reserves 64 MiB of the address space that a run may have
}
_INSIDE = ENVIRONMENT | {"PYTHONHOME": mounts.HOME, "LD_LIBRARY_PATH": mounts.LIBRARIES}
# Without hooks at each fork: that of `random` would seed it anew for every run, and draws are to repeat.
_START = "import os; os.register_at_fork = lambda **_: None; from verif_sdk.sandbox.worker import main; main()"


class Launch(NamedTuple):
    """What starts a worker."""

    arguments: list[str]
    """The command line."""
    filter: bytes | None = None
    """The system calls that programs may make, if not all."""
    user: FreshUser | None = None
    """Who the sandbox is to be, if not who we are."""


def plain() -> Launch:
    """Return how a worker without a sandbox starts: limits hold, nothing else does."""
    return Launch([sys.executable, "-s", "-P", "-c", f"import sys; sys.path[:] = {sys.path!r}; {_START}"])


def sealed() -> Launch:
    """Return how a worker in bubblewrap starts.

    It sees what `mounts` lists, read-only. There is no /proc, no /dev, no /tmp, no place to write.

    Raises:
        Undecidable: this machine lacks what it takes; the message says what to do.
    """
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise Undecidable(INSTALL)
    command = [bwrap, "--unshare-all", "--unshare-user", "--cap-drop", "ALL"]
    command += ["--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"]
    for name, value in _INSIDE.items():
        command += ["--setenv", name, value]
    command += [*mounts.mounts(), "--chdir", "/"]
    code = allowed_calls()
    user = FreshUser() if os.geteuid() == 0 and users.can_be_fresh() else None
    command += user.arguments if user else ["--uid", str(users.INSIDE), "--gid", str(users.INSIDE)]
    start = f"import sys; sys.path.insert(0, {mounts.CODE!r}); {_START}"
    return Launch([*command, mounts.PYTHON, "-s", "-S", "-P", "-c", start], code, user)
