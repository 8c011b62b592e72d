"""The system calls that a program may not make, as a seccomp filter of its process.

What is refused comes back as PermissionError: starting processes, signals to and traces of others,
sockets, other processes' limits and priorities, memory that outlives the process, mounts and namespaces.
Threads are allowed. Sources: seccomp(2); the system call tables of Linux 6.x.
"""

from __future__ import annotations

import ctypes
import platform
import struct

_X86_64 = (
    "fork 57 vfork 58 execve 59 execveat 322 kill 62 tkill 200 tgkill 234 rt_sigqueueinfo 129 "
    "rt_tgsigqueueinfo 297 pidfd_send_signal 424 pidfd_open 434 pidfd_getfd 438 ptrace 101 "
    "process_vm_readv 310 process_vm_writev 311 process_madvise 440 kcmp 312 perf_event_open 298 bpf 321 "
    "userfaultfd 323 io_uring_setup 425 socket 41 socketpair 53 setrlimit 160 prlimit64 302 setpriority 141 "
    "ioprio_set 251 sched_setscheduler 144 sched_setparam 142 sched_setattr 314 sched_setaffinity 203 "
    "shmget 29 msgget 68 semget 64 mq_open 240 memfd_create 319 add_key 248 request_key 249 keyctl 250 "
    "mount 165 umount2 166 chroot 161 pivot_root 155 unshare 272 setns 308 open_by_handle_at 304"
)
_AARCH64 = (
    "execve 221 execveat 281 kill 129 tkill 130 tgkill 131 rt_sigqueueinfo 138 "
    "rt_tgsigqueueinfo 240 pidfd_send_signal 424 pidfd_open 434 pidfd_getfd 438 ptrace 117 "
    "process_vm_readv 270 process_vm_writev 271 process_madvise 440 kcmp 272 perf_event_open 241 bpf 280 "
    "userfaultfd 282 io_uring_setup 425 socket 198 socketpair 199 setrlimit 164 prlimit64 261 setpriority 140 "
    "ioprio_set 30 sched_setscheduler 119 sched_setparam 118 sched_setattr 274 sched_setaffinity 122 "
    "shmget 194 msgget 186 semget 190 mq_open 180 memfd_create 279 add_key 217 request_key 218 keyctl 219 "
    "mount 40 umount2 39 chroot 51 pivot_root 41 unshare 97 setns 268 open_by_handle_at 265"
)
# machine: its name in the filter (AUDIT_ARCH_*), its number of clone, its refused calls
_MACHINES = {"x86_64": (0xC000003E, 56, _X86_64), "aarch64": (0xC00000B7, 220, _AARCH64)}
_CLONE3 = 435
_CLONE_THREAD = 0x10000
_X32 = 0x40000000  # calls of the x32 ABI carry this bit and would pass every comparison

_LOAD, _EQUAL, _AT_LEAST, _HAS_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets into struct seccomp_data
_ALLOW, _KILL, _REFUSE, _UNKNOWN = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026  # EPERM, ENOSYS
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


class Filter:
    """The filter of this machine, ready to be put on.

    Raises:
        OSError: there is no table for this machine.
    """

    def __init__(self) -> None:
        machine = platform.machine()
        if machine not in _MACHINES:
            raise OSError(f"the sandbox knows {' and '.join(_MACHINES)}, not {machine}")
        code = _instructions(*_MACHINES[machine])
        self._buffer = ctypes.create_string_buffer(code, len(code))
        self._program = _Program(len(code) // 8, ctypes.addressof(self._buffer))
        self._prctl = ctypes.CDLL(None, use_errno=True).prctl
        self._prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)

    def put_on(self) -> None:
        """Put the filter on this process, for good.

        Raises:
            OSError: the kernel refuses.
        """
        address = ctypes.addressof(self._program)
        for option, argument, pointer in (
            (_PR_SET_NO_NEW_PRIVS, 1, 0),
            (_PR_SET_SECCOMP, _MODE_FILTER, address),
        ):
            if self._prctl(option, argument, pointer, 0, 0):
                raise OSError(ctypes.get_errno(), "the kernel takes no seccomp filter")


def _instructions(architecture: int, clone: int, refused: str) -> bytes:
    """Return the filter as an array of struct sock_filter (code, jump if true, jump if false, operand)."""
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _REFUSE),
        (_EQUAL, 0, 1, _CLONE3),  # its flags are out of a filter's sight; libc then takes clone
        (_RETURN, 0, 0, _UNKNOWN),
    ]
    for number in map(int, refused.split()[1::2]):
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _REFUSE)]
    steps += [
        (_EQUAL, 0, 3, clone),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_HAS_BITS, 1, 0, _CLONE_THREAD),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)
