"""One worker, seen from our side: a process that we start, give jobs, and end."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from typing import IO

from verif_sdk.errors import Undecidable
from verif_sdk.sandbox import command, protocol, users
from verif_sdk.sandbox.command import Launch
from verif_sdk.sandbox.protocol import Ended, Limits

START = 30.0  # seconds for a worker to come up on a busy machine
GRACE = 5.0  # seconds beyond the program's own limit until a silent worker counts as lost


class Worker:
    """One worker process, with modules that it loads before its first job.

    Raises:
        Undecidable: it does not come up; the message has what it said.
    """

    def __init__(self, launch: Launch, modules: Sequence[str], limits: Limits) -> None:
        self._limits = limits
        with contextlib.ExitStack() as start:
            if launch.user is not None:
                start.callback(launch.user.close)
            said = start.enter_context(tempfile.TemporaryFile())
            self._control, theirs = socket.socketpair()
            failed = start.enter_context(contextlib.ExitStack())
            failed.callback(self._control.close)
            with theirs:
                self._process = _started(launch, theirs, said)
            failed.callback(self.kill)
            try:
                if launch.user is not None:
                    launch.user.settle(START)
                self._set_up(launch, modules)
            except (EOFError, OSError, ValueError):
                self.kill()  # and so it has said all it says
                said.seek(0)
                cause = said.read().decode("utf-8", "replace").strip()[-500:] or "it says nothing"
                raise Undecidable(f"the sandbox does not start on this machine: {cause}") from None
            failed.pop_all()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def run(self, job: bytes) -> tuple[bytes, Ended]:
        """Return what the program of a job said, and how it ended.

        Raises:
            Undecidable: this process has no descriptor left; the worker is as it was.
            EOFError, OSError, TimeoutError, ValueError: the worker is lost and must be killed.
        """
        seconds = self._limits.wall + GRACE
        deadline = time.monotonic() + seconds
        try:
            ours, theirs = socket.socketpair()
        except OSError as error:
            raise Undecidable(f"the sandbox cannot be reached now: {error.strerror}") from None
        with ours:
            with theirs:
                rights = protocol.RIGHTS.pack(theirs.fileno())
                self._control.sendmsg([b"j"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
            ours.settimeout(seconds)
            # A child that ended before it took its whole job: the worker says how.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                ours.sendall(job, socket.MSG_NOSIGNAL)
            ended = Ended.received(self._control.fileno(), deadline - time.monotonic())
            return _received(ours), ended

    def kill(self) -> None:
        """End the process and all that it started, and wait for it."""
        self._process.kill()
        self._process.wait()
        self._control.close()

    def forget(self) -> None:
        """Let go of a worker that belongs to the process this one was forked from."""
        self._process.returncode = 0  # nothing to wait for here
        self._control.close()

    def _set_up(self, launch: Launch, modules: Sequence[str]) -> None:
        setup = {
            "user": None if launch.user is None else users.INSIDE,
            "filter": None if launch.filter is None else launch.filter.hex(),
            "modules": [*modules],
            "limits": self._limits._asdict(),
        }
        protocol.write(self._control.fileno(), setup)
        if protocol.read(self._control.fileno(), START, protocol.MAX_REPLY) != protocol.READY:
            raise ValueError("not our protocol")


def _started(launch: Launch, control: socket.socket, said: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  # our own command line
        launch.arguments,
        stdin=control.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=said,
        env=command.ENVIRONMENT,
        cwd="/",
        pass_fds=launch.user.descriptors if launch.user is not None else (),
    )


def _received(channel: socket.socket) -> bytes:
    """Return what a child that has ended had written, as far as we read that much."""
    channel.setblocking(False)
    said = b""
    with contextlib.suppress(BlockingIOError, ConnectionResetError):  # reset: it left part of its job unread
        while len(said) <= protocol.MAX_REPLY and (chunk := channel.recv(protocol.MAX_REPLY)):
            said += chunk
    return said
