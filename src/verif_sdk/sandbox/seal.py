"""What holds a program inside the sandbox: a user of its own, limits, and a filter of system calls."""

from __future__ import annotations

import ctypes
import os
import resource

from verif_sdk.sandbox.protocol import Limits

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 4, 38, 22, 2
_INSTRUCTION = 8  # bytes
OPEN = 64
"""The most descriptors that a process may have open."""


def become(user: int) -> None:
    """Give up root, for good: this process is `user` from now on, and so are those that it forks.

    Raises:
        OSError: the kernel refuses.
    """
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def prove_that_processes_are_bounded() -> None:
    """Try, in a child, to start a process beyond the limit. The kernel does not limit root, whatever it is called.

    Raises:
        SystemExit: the limit does not hold.
    """
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
        try:
            os.fork()
        except OSError:
            os._exit(0)
        os._exit(1)
    if os.waitpid(child, 0)[1]:
        raise SystemExit("the kernel does not limit the processes of this user: run as another one, not as root")


def limit(limits: Limits) -> None:
    """Put on a worker what its children inherit: neither they nor it need more."""
    most = {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_FSIZE: limits.files,
        resource.RLIMIT_NOFILE: OPEN,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
    }
    for what, number in most.items():
        resource.setrlimit(what, (number, number))


def limit_run(limits: Limits, *, processes: bool) -> None:
    """Put the limits of one run on a child; that of threads only where its user is its own."""
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu, limits.cpu))
    if processes:
        resource.setrlimit(resource.RLIMIT_NPROC, (limits.processes, limits.processes))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


class Filter:
    """A seccomp filter, ready to be put on. It is made before the fork, to touch few pages after it.

    Raises:
        OSError: the kernel refuses what a filter needs.
    """

    def __init__(self, code: bytes) -> None:
        self._buffer = ctypes.create_string_buffer(code, len(code))
        self._program = _Program(len(code) // _INSTRUCTION, ctypes.addressof(self._buffer))
        self._address = ctypes.addressof(self._program)
        self._prctl = ctypes.CDLL(None, use_errno=True).prctl
        self._prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)
        self._set(_PR_SET_NO_NEW_PRIVS, 1)
        # Else a crash starts the host's collector of core dumps, which no limit stops: the response is in them.
        self._set(_PR_SET_DUMPABLE, 0)

    def put_on(self) -> None:
        """Put the filter on this process, for good.

        Raises:
            OSError: the kernel refuses.
        """
        self._set(_PR_SET_SECCOMP, _MODE_FILTER, self._address)

    def _set(self, option: int, argument: int, pointer: int = 0) -> None:
        if self._prctl(option, argument, pointer, 0, 0):
            raise OSError(ctypes.get_errno(), "the kernel takes no seccomp filter")
