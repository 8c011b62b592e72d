"""A user of its own for each sandbox that root starts: the kernel limits the processes of any user but root."""

from __future__ import annotations

import json
import os
import select
import signal
import time
from pathlib import Path

from verif_sdk.errors import Undecidable

INSIDE = 65534
"""The user and group that a program sees itself as."""

_UNUSED = 0x7000_0000  # from here on no system gives out numbers: https://systemd.io/UIDS-GIDS


class FreshUser:
    """A user that nobody else is, for the namespace that bubblewrap is about to make.

    Bubblewrap sets the sandbox up as root and waits; `settle` maps root and the fresh user; the worker then
    becomes the fresh user, for good. Close it in any case.
    """

    def __init__(self) -> None:
        told, tell = os.pipe()
        wait, go = os.pipe()
        self._told, self._go = open(told, "rb"), open(go, "wb", buffering=0)  # noqa: SIM115  # until close
        self._theirs = (open(tell, "wb"), open(wait, "rb"))  # noqa: SIM115
        self.descriptors = (tell, wait)
        """What bubblewrap inherits."""
        self.arguments = ["--userns-block-fd", str(wait), "--info-fd", str(tell)]
        self.arguments += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]

    def settle(self, seconds: float) -> None:
        """Write the maps of the namespace that was made, once bubblewrap runs.

        Raises:
            Undecidable: this process may not map a user.
            TimeoutError: bubblewrap does not say within `seconds` which process to map.
        """
        for file in self._theirs:
            file.close()
        told = _object(self._told.fileno(), seconds)
        if told:  # else bubblewrap ended, and says why
            process = json.loads(told)["child-pid"]
            try:
                for kind in ("uid", "gid"):
                    ids = f"0 0 1\n{INSIDE} {_fresh(kind, process)} 1\n"
                    Path(f"/proc/{process}/{kind}_map").write_text(ids, "ascii")
            except OSError as error:
                os.kill(process, signal.SIGKILL)  # it waits for bubblewrap's first process, even when that is gone
                raise Undecidable(
                    f"root may not give the sandbox a user of its own here ({error.strerror}), and without one "
                    "nothing bounds its processes: run as another user than root"
                ) from None
        self._go.write(b"!")

    def close(self) -> None:
        """Close what is open."""
        for file in (*self._theirs, self._told, self._go):
            file.close()


def _object(descriptor: int, seconds: float) -> bytes:
    """Return the JSON object, without another in it, that comes, or b"" if none does.

    Its end is what counts: a process that was forked meanwhile may hold the pipe open.
    """
    deadline = time.monotonic() + seconds
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    told = b""
    while not told.rstrip().endswith(b"}"):
        if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise TimeoutError("bubblewrap does not say that it runs")
        chunk = os.read(descriptor, 4096)
        if not chunk:
            return b""
        told += chunk
    return told


def can_be_fresh() -> bool:
    """Return whether there are users here besides our own; if not, we are not the machine's root."""
    return any(len(held) > 1 for held in _held("uid"))


def _fresh(kind: str, process: int) -> int:
    """Return an id that no other process has: an unused one, or the last of those that a container has."""
    ranges = _held(kind)
    if any(_UNUSED + process in held for held in ranges):
        return _UNUSED + process
    return max(held[-1] for held in ranges)


def _held(kind: str) -> list[range]:
    lines = Path(f"/proc/self/{kind}_map").read_text("ascii").splitlines()
    numbers = [[*map(int, line.split())] for line in lines]
    return [range(first, first + length) for first, _, length in numbers]
