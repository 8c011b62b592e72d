"""The system calls that a program may make: a seccomp filter, built by libseccomp in our process.

The list is what Python and the C library need to compute, to use threads and to read the files they see.
Any other call, one that Linux adds tomorrow included, comes back as PermissionError.
"""

from __future__ import annotations

import errno
import platform
import tempfile
from functools import cache
from typing import Any

from verif_sdk.errors import Undecidable
from verif_sdk.late import once

_MACHINES = ("x86_64", "aarch64")  # where clone takes its flags first, and these names were tried
_INSTALL = (
    "the sandbox filters system calls with libseccomp, and it is not installed here: install it "
    "(apt install libseccomp2, or your system's libseccomp)"
)
_ALLOWED = (
    # memory
    "brk mprotect munmap mremap "
    # files, which are all read-only, and pipes within the program
    "open openat read readv pread64 preadv write writev lseek close close_range dup dup2 dup3 pipe pipe2 "
    "stat fstat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getcwd getdents getdents64 "
    "poll ppoll select pselect6 "
    # threads
    "set_robust_list set_tid_address rseq gettid sched_yield sched_getaffinity exit exit_group "
    # time and its own signal handlers
    "clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time restart_syscall "
    "rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack "
    # who and where it is, chance, its own consumption
    "getpid getppid getuid geteuid getgid getegid uname getrandom getrusage"
)

_CLONE_THREAD = 0x00010000
_CLONE_OTHERWISE = 0x7E02F080  # vfork, ptrace, pidfd and every new namespace; what a thread has not
_MAP_OF_HOST = 0x00042000  # MAP_HUGETLB and MAP_LOCKED: memory that the machine has little of
_FUTEX_PRIVATE, _FUTEX_COMMAND, _FUTEX_WAIT, _FUTEX_WAIT_BITSET = 128, 127, 0, 9
_FCNTL = (0, 1, 2, 3, 1030)  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC: no locks, leases, owners
_MADVISE = (4, 8)  # MADV_DONTNEED, MADV_FREE: memory given back


@once
def _seccomp() -> Any:
    import pyseccomp

    return pyseccomp


@cache
def allowed_calls(machine: str = platform.machine()) -> bytes:
    """Return the filter for a kind of machine, as an array of struct sock_filter.

    Raises:
        Undecidable: libseccomp is not installed, or there is no list for the machine.
    """
    if machine not in _MACHINES:
        raise Undecidable(f"the sandbox knows {' and '.join(_MACHINES)}, not {machine}")
    try:
        seccomp = _seccomp()
    except (ImportError, RuntimeError):  # the package, or the library that it loads
        raise Undecidable(_INSTALL) from None
    made = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    made.set_attr(seccomp.Attr.CTL_OPTIMIZE, 2)  # a tree, not a row of comparisons
    wanted = getattr(seccomp.Arch, machine.upper())
    if wanted != seccomp.system_arch():
        made.remove_arch(seccomp.system_arch())
        made.add_arch(wanted)

    def allow(name: str, *arguments: Any) -> None:
        if seccomp.resolve_syscall(seccomp.Arch.NATIVE, name) != -1:  # an older library may not know it yet
            made.add_rule(seccomp.ALLOW, name, *arguments)

    for name in _ALLOWED.split():
        allow(name)
    bits, equal = seccomp.MASKED_EQ, seccomp.EQ
    allow("clone", seccomp.Arg(0, bits, _CLONE_THREAD | _CLONE_OTHERWISE, _CLONE_THREAD))
    # The flags of clone3 are out of a filter's sight. Where it is missing, the C library takes clone.
    made.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    allow("mmap", seccomp.Arg(3, bits, _MAP_OF_HOST, 0))
    allow("prlimit64", seccomp.Arg(0, equal, 0), seccomp.Arg(2, equal, 0))  # to read its own
    # A futex that is not private can wake a process that maps the same file: the join of threads only waits.
    allow("futex", seccomp.Arg(1, bits, _FUTEX_PRIVATE, _FUTEX_PRIVATE))
    for command in (_FUTEX_WAIT, _FUTEX_WAIT_BITSET):
        allow("futex", seccomp.Arg(1, bits, _FUTEX_COMMAND, command))
    for command in _FCNTL:
        allow("fcntl", seccomp.Arg(1, equal, command))
    for advice in _MADVISE:
        allow("madvise", seccomp.Arg(2, equal, advice))
    with tempfile.TemporaryFile() as file:
        made.export_bpf(file)
        file.seek(0)
        return file.read()
