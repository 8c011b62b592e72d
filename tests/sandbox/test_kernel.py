"""What the kernel answers to a program: each system call that is not on the list is refused."""

from __future__ import annotations

import platform
import struct

import pytest

from verif_sdk.errors import Undecidable
from verif_sdk.sandbox.filter import allowed_calls
from verif_sdk.sandbox.pool import Pool

from .attacks import kernel

seccomp = pytest.importorskip("pyseccomp")

ALLOW, REFUSE, MISSING, KILL = 0x7FFF0000, 0x00050001, 0x00050026, 0x00000000
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
REFUSED = (
    "execve execveat kill tgkill ptrace socket connect sendmsg recvmsg io_setup io_uring_setup "
    "inotify_init1 fanotify_init flock memfd_create memfd_secret fchmod fchmodat fchown utimensat "
    "fsetxattr unlinkat mkdirat mount unshare setns setrlimit sched_setaffinity timer_create personality "
    "move_pages userfaultfd bpf ioctl keyctl shmget mq_open semget splice vmsplice tee mlock mincore "
    "pidfd_open prctl setuid chroot wait4"
)
_THREAD, _NEW_USER, _SIGCHLD = 0x10000, 0x10000000, 17
_PTHREAD = 0x3D0F00  # the flags with which the C library makes a thread


def decided(machine: str, name: str, *arguments: int) -> int:
    """Return what the filter of a machine says of a call, by running its instructions."""
    number = seccomp.resolve_syscall(getattr(seccomp.Arch, machine.upper()), name)
    data = struct.pack("<iIQ6Q", number, MACHINES[machine], 0, *arguments, *[0] * (6 - len(arguments)))
    return run(allowed_calls(machine), data)


def run(code: bytes, data: bytes) -> int:
    """Return the value of a classic BPF program of loads, comparisons, masks and returns."""
    steps = list(struct.iter_unpack("<HBBI", code))
    at, accumulator = 0, 0
    while True:
        operation, if_true, if_false, operand = steps[at]
        at += 1
        if operation == 0x20:  # load a word
            (accumulator,) = struct.unpack_from("<I", data, operand)
        elif operation == 0x54:  # and
            accumulator &= operand
        elif operation == 0x05:  # jump
            at += operand
        elif operation in (0x15, 0x25, 0x35):  # equal, greater, at least
            true = {0x15: accumulator == operand, 0x25: accumulator > operand, 0x35: accumulator >= operand}
            at += if_true if true[operation] else if_false
        else:
            assert operation == 0x06, hex(operation)
            return int(operand)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_list_lets_python_compute_and_nothing_reach_out(machine: str) -> None:
    for name in ("read", "write", "openat", "newfstatat", "brk", "getrandom", "exit_group", "clock_nanosleep"):
        assert decided(machine, name) == ALLOW, name
    for name in REFUSED.split():
        assert decided(machine, name) == REFUSE, name
    assert decided(machine, "clone3") == MISSING


@pytest.mark.parametrize("machine", MACHINES)
def test_arguments_are_looked_at_where_a_call_can_do_more_than_is_needed(machine: str) -> None:
    assert decided(machine, "clone", _PTHREAD) == ALLOW
    for flags in (_SIGCHLD, _PTHREAD & ~_THREAD, _PTHREAD | _NEW_USER, _PTHREAD | 0x4000, 0x1_0000_0000):
        assert decided(machine, "clone", flags) == REFUSE, hex(flags)
    for command, answer in ((1, ALLOW), (4, REFUSE), (6, REFUSE), (8, REFUSE), (1024, REFUSE), (1031, REFUSE)):
        assert decided(machine, "fcntl", 3, command) == answer, command
    assert decided(machine, "mmap", 0, 1 << 20, 3, 0x22) == ALLOW
    assert decided(machine, "mmap", 0, 1 << 20, 3, 0x40022) == REFUSE  # MAP_HUGETLB
    assert decided(machine, "prlimit64", 0, 7, 0) == ALLOW
    assert decided(machine, "prlimit64", 1, 7, 0) == REFUSE
    assert decided(machine, "prlimit64", 0, 7, 4096) == REFUSE
    assert decided(machine, "futex", 0, 0x81) == ALLOW
    assert decided(machine, "futex", 0, 0x01) == REFUSE  # to wake another process
    assert decided(machine, "madvise", 0, 4096, 12) == REFUSE  # MADV_MERGEABLE


def test_calls_of_another_machine_end_the_program() -> None:
    code = allowed_calls("x86_64")
    assert run(code, struct.pack("<iIQ6Q", 11, 0x40000003, 0, *[0] * 6)) == KILL  # i386
    assert run(code, struct.pack("<iIQ6Q", 0x40000000 + 59, MACHINES["x86_64"], 0, *[0] * 6)) == KILL  # x32


def test_no_sandbox_starts_on_a_machine_without_a_list() -> None:
    with pytest.raises(Undecidable, match="knows x86_64 and aarch64, not s390x"):
        allowed_calls("s390x")


def test_every_number_outside_the_list_is_refused_inside_the_sandbox(pool: Pool) -> None:
    machine = platform.machine()
    arch = MACHINES[machine]
    zeroes = [struct.pack("<iIQ6Q", number, arch, 0, *[0] * 6) for number in range(600)]
    refused = {number for number, data in enumerate(zeroes) if run(allowed_calls(machine), data) == REFUSE}
    refused -= {335, 336}  # of probes: no filter sees them, and the kernel ends whoever calls them
    assert len(refused) > 480
    answered = f"[n for n in {sorted(refused)} if called('syscall', n, 0, 0, 0, 0, 0, 0) != 'EPERM']"
    assert raised(pool, kernel(answered)).startswith("[] (line")


EPERM = {
    "aio": "called('syscall', 206, 65000, ctypes.byref(ctypes.c_ulong()))",
    "inotify": "called('inotify_init1', 0)",
    "a lock on a file of the host": "called('flock', os.open('/lib/libc.so.6', 0), 2)",
    "a lease on a file of the host": "called('fcntl', os.open('/lib/libc.so.6', 0), 1024, 0)",
    "a record lock on its channel": "called('fcntl', 3, 6, ctypes.create_string_buffer(32))",
    "larger pipes": "called('fcntl', os.pipe()[1], 1031, 1 << 20)",
    "signals from its channel": "called('fcntl', 3, 8, 1)",
    "blocking or not": "called('fcntl', 3, 4, 0x800)",
    "bytes waiting in its channel": "called('ioctl', 3, 0x541B, ctypes.byref(ctypes.c_int()))",
    "input for a terminal": "called('ioctl', 3, 0x5412, b'x')",
    "who holds the other end": "called('getsockopt', 3, 1, 17, ctypes.create_string_buffer(12), b'\\x0c' * 4)",
    "a descriptor for us": "called('sendmsg', 3, ctypes.create_string_buffer(56), 0)",
    "a descriptor from us": "called('recvmsg', 3, ctypes.create_string_buffer(56), 0)",
    "the end of our channel": "called('shutdown', 3, 2)",
    "a mode": "called('chmod', b'/lib/libc.so.6', 0o777)",
    "a time": "called('utimensat', -100, b'/lib/libc.so.6', None, 0)",
    "an attribute": "called('setxattr', b'/lib/libc.so.6', b'user.note', b'1', 1, 0)",
    "a timer": "called('timer_create', 0, None, ctypes.byref(ctypes.c_long()))",
    "an alarm": "called('alarm', 1)",
    "a session": "called('setsid')",
    "locked memory": "called('mlock', id(os), 4096)",
    "a processor": "called('sched_setaffinity', 0, 8, b'\\x01' * 8)",
    "a root folder": "called('chroot', b'/lib')",
    "another user": "called('setresuid', 0, 0, 0)",
    "memory shared with the next": "called('shmget', 1, 4096, 0o1600)",
    "a process by vfork": "called('syscall', 58)",
    "a namespace by clone": "called('syscall', 56, 0x10000011, 0, 0, 0, 0)",
    "a wait": "called('wait4', -1, None, 0, None)",
}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers are those of x86-64")
@pytest.mark.parametrize("name", EPERM)
def test_a_call_is_refused(name: str, pool: Pool) -> None:
    assert raised(pool, kernel(EPERM[name])).startswith("EPERM (line")


def raised(pool: Pool, program: str) -> str:
    """Return the message of the ValueError that a program raises."""
    with pytest.raises(Undecidable) as caught:
        pool.run(program, "", "foo")
    return str(caught.value).removeprefix("the program raised ValueError: ")
