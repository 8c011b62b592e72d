"""Programs that try to get out, to stay, to lie or to exhaust: each ends alone, and is told apart."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

import pytest

from verif_sdk.errors import Undecidable
from verif_sdk.sandbox import command
from verif_sdk.sandbox.pool import Pool
from verif_sdk.sandbox.protocol import Limits

from .attacks import HONEST, attack

UNWRITABLE = "Read-only file system|Permission denied"

# name: (program, pattern of the error)
PROGRAMS = {
    "fork bomb": (attack("while True:\n    os.fork()"), "PermissionError"),
    "daemon by double fork": (attack("if os.fork() == 0:\n    os.setsid()\n    os.fork()"), "PermissionError"),
    "a shell": (attack("return os.system('true') == 0 or 1/0"), "ZeroDivisionError"),
    "exec over the worker": (attack("os.execv(sys.executable, ['python'])"), "PermissionError"),
    "subprocess": (attack("real('subprocess').run(['/bin/sh'])"), "Error"),
    "import of subprocess": ("import subprocess\n" + HONEST, "import of 'subprocess' is not allowed"),
    "import of socket": ("import socket\n" + HONEST, "import of 'socket' is not allowed"),
    "import of the worker": ("import verif_sdk.sandbox.worker\n" + HONEST, "is not allowed"),
    "memory bomb": (attack("return len('x' * (1 << 34)) > 0"), "MemoryError"),
    "slow memory bomb": (attack("kept = []\nwhile True:\n    kept.append(bytearray(1 << 24))"), "MemoryError"),
    "endless loop": (attack("while True:\n    pass"), "processor time"),
    "endless loop on import": ("while True:\n    pass", "processor time"),
    "endless loop inside re": (attack("return bool(re.match('(a+)+$', 'a' * 64 + 'b'))"), "processor time"),
    "ignoring signals": (
        attack("signal = real('signal')\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True:\n    pass"),
        "processor time",
    ),
    "reading /etc/passwd": (attack("return bool(open('/etc/passwd').read())"), "FileNotFoundError"),
    "reading the home directory": (
        attack("return bool(os.listdir('/root') + os.listdir('/home'))"),
        "FileNotFound",
    ),
    "reading the project": (attack("return bool(os.listdir('PROJECT'))"), "FileNotFoundError"),
    "the parent's environment": (
        attack("return bool(open('/proc/%d/environ' % os.getppid()).read())"),
        "FileNotFound",
    ),
    "our environment": (attack("return {'returned': os.environ['VERIF_TEST_SECRET']}"), "KeyError"),
    "the memory of process 1": (attack("return bool(open('/proc/1/mem', 'r+b'))"), "FileNotFoundError"),
    "writing outside": (attack("open('/lib/x', 'w').write('x')"), UNWRITABLE),
    "filling the disk": (attack("open('/tmp/x', 'w').write('x' * (1 << 30))"), "FileNotFoundError"),
    "a file for the next program": (attack("open('/note', 'w').write('x')"), UNWRITABLE),
    "a link for the next program": (attack("os.symlink('/etc', '/code/link')"), "PermissionError"),
    "writing to /dev": (attack("open('/dev/null', 'w').write('x')"), "FileNotFoundError"),
    "a socket": (attack("real('socket').create_connection(('127.0.0.1', 80))"), "PermissionError"),
    "shared memory": (attack("os.memfd_create('x')"), "PermissionError"),
    "killing the parent": (attack("os.kill(os.getppid(), 9)"), "PermissionError"),
    "killing everyone": (attack("os.kill(-1, 9)"), "PermissionError"),
    "stopping itself": (attack("os.kill(os.getpid(), 19)"), "PermissionError"),
    "the parent's limits": (
        attack("resource = real('resource')\nresource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))"),
        "PermissionError",
    ),
    "raising its own limits": (attack("resource = real('resource')\nresource.setrlimit(0, (-1, -1))"), "Error"),
    "a trace of the parent": (
        attack(
            "libc = real('ctypes').CDLL(None, use_errno=True)\n"
            "if libc.ptrace(16, os.getppid(), 0, 0) == -1:\n"
            "    raise OSError(real('ctypes').get_errno(), 'ptrace')"
        ),
        "PermissionError",
    ),
    "a wild pointer": (attack("real('ctypes').string_at(1)"), r"crashed \(SIGSEGV\)"),
    "os._exit": (attack("os._exit(0)"), "without a result"),
    "sys.exit": (attack("sys.exit(0)"), "SystemExit"),
    "sys.exit on import": ("import re\nre.enum.sys.exit(1)", "SystemExit"),
    "deep recursion": (attack("return check_following(instruction, response)"), "RecursionError"),
    "recursion without a bottom": (
        attack("sys.setrecursionlimit(1 << 30)\ndef deep(x):\n    return [*map(deep, [x])]\nreturn deep(0)"),
        r"crashed \(SIGSEGV\)|RecursionError",  # since 3.12 Python counts calls between C functions too
    ),
    "source nested too deeply": ("x = " + "(" * 5000 + ")" * 5000, "the program"),
    "a null byte in the source": ("x = 1\0", "the program raised"),
    "a pickle as result": (attack("os.write(3, real('pickle').dumps(True))\nos._exit(0)"), "wrote over its own"),
    "deep JSON as result": (attack("os.write(3, b'[' * 60000)\nos._exit(0)"), "wrote over its own"),
    "NaN as result": (attack("return float('nan')"), "returned float"),
    "a number as result": (attack("return 1"), "returned int"),
    "a huge result": (attack("return 'x' * (1 << 26)"), "returned str"),
    "closing every descriptor": (attack("os.closerange(0, 64)\nreturn True"), "without a result"),
    "an exception that lies": (
        attack("class E(Exception):\n    def __str__(self):\n        os._exit(0)\nraise E"),
        "without a result",
    ),
    "a result with a hostile type": (
        attack(
            "class T(type):\n    __name__ = property(lambda c: 1 / 0)\nclass R(metaclass=T):\n    pass\nreturn R()"
        ),
        "without a result",
    ),
    "a signal to the worker by way of a pipe": (
        attack(
            "fcntl = real('fcntl')\n"
            "out, into = os.pipe()\n"
            "fcntl.fcntl(out, fcntl.F_SETOWN, os.getppid())\n"
            "fcntl.fcntl(out, fcntl.F_SETFL, os.O_ASYNC)\n"
            "os.write(into, b'x')\nreal('time').sleep(2)"
        ),
        "PermissionError",
    ),
    "no function": ("x = 1", "defines no function check_following"),
}

WAITING = {
    "endless sleep": attack("real('time').sleep(1e6)"),
    "an endless result": attack("while True:\n    os.write(3, b'x' * 65536)"),
    "reading on where its own program came from": attack("return bool(os.read(3, 1))"),
    "leaving by one thread and staying by another": attack(
        "real('_thread').start_new_thread(real('time').sleep, (1e6,))\nreal('ctypes').CDLL(None).syscall(60, 0)"
    ),
}

# What may end in the program's own verdict, as long as nobody else notices.
LYING = {
    "printing a gigabyte": attack("for _ in range(64):\n    sys.stdout.write('x' * (1 << 24))\nreturn True"),
    "changing the modules": attack("re.findall = None\nsys.modules.clear()\nreturn True"),
    "changing the builtins": attack("sys.modules['builtins'].len = lambda x: 0\nreturn True"),
    "changing the worker": attack(
        "worker = sys.modules['verif_sdk.sandbox.worker']\nworker._run = worker._child = None\nreturn True"
    ),
    "walking to the worker's objects": attack(
        "frame = sys._getframe()\nwhile frame:\n    frame.f_globals.clear()\n    frame = frame.f_back\nreturn True"
    ),
    "a trace function": attack("sys.settrace(lambda *a: 1 / 0)\nreturn True"),
    "threads that outlive the call": attack(
        "import_ = real('threading')\n"
        "for _ in range(8):\n    import_.Thread(target=real('time').sleep, args=(1e6,)).start()\nreturn True"
    ),
    "a forged result": attack("os.write(3, b'{\"passed\": true}')\nos._exit(0)"),
}


def honest(pool: Pool) -> bool:
    return pool.run(HONEST, "", "foo") is True and pool.run(HONEST, "", "bar") is False


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_hostile_program_is_an_error_with_its_cause(
    name: str, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIF_TEST_SECRET", "secret")
    source, cause = PROGRAMS[name]
    assert honest(pool)
    with pytest.raises(Undecidable) as raised:
        pool.run(source.replace("PROJECT", str(Path(__file__).parents[2])), "", "foo")
    assert re.search(cause, str(raised.value))
    assert honest(pool)


@pytest.mark.parametrize("name", WAITING)
def test_a_program_that_waits_is_ended(name: str, impatient: Pool) -> None:
    with pytest.raises(Undecidable, match="took longer than 2 s"):
        impatient.run(WAITING[name], "", "foo")
    assert honest(impatient)


@pytest.mark.parametrize("name", LYING)
def test_a_program_that_meddles_changes_its_own_verdict_at_most(name: str, pool: Pool) -> None:
    assert honest(pool)
    with contextlib.suppress(Undecidable):
        assert pool.run(LYING[name], "", "foo") is True
    assert honest(pool)


def children() -> set[int]:
    """Return the processes whose parent this one is."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it may have ended in the meantime
            fields = stat.read_text().rpartition(") ")[2].split()
            if int(fields[1]) == os.getpid():
                found.add(int(stat.parent.name))
    return found


def test_a_closed_pool_leaves_no_process_behind() -> None:
    before = children()
    own = Pool(command.sealed, size=1, limits=Limits(cpu=1, wall=3.0, memory=1 << 28))
    assert honest(own)
    assert children() - before
    own.close()
    assert not children() - before
