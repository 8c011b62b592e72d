"""A sandbox that cannot be started, or has nothing to spare, leaves a verdict undecided; it never raises."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from verif_sdk.errors import Undecidable
from verif_sdk.sandbox import command, outcome, users
from verif_sdk.sandbox.pool import Pool
from verif_sdk.sandbox.protocol import Ended, Limits

from .attacks import HONEST, attack

needs_bwrap = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts sandboxes as another user")
CHECK = {"type": "code:python", "source": HONEST}


def test_no_process_for_a_worker_is_undecided_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", full)
    with pytest.raises(Undecidable, match=r"cannot be started now: .*Resource temporarily unavailable"):
        Pool(command.plain).run(HONEST, "", "foo")


def test_no_thread_to_start_a_worker_is_undecided_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Pool(command.plain)

    def full(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(pool._starter, "submit", full)
    with pytest.raises(Undecidable, match="cannot be started now: can't start new thread"):
        pool.run(HONEST, "", "foo")


@needs_bwrap
def test_no_descriptor_left_is_undecided_and_passes() -> None:
    pool = Pool(command.sealed, size=1)
    assert pool.run(HONEST, "", "foo") is True
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken = os.open("/", os.O_RDONLY)
    resource.setrlimit(resource.RLIMIT_NOFILE, (taken, before[1]))
    try:
        with pytest.raises(Undecidable, match="cannot be reached now: Too many open files"):
            pool.run(HONEST, "", "foo")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        os.close(taken)
    assert pool.run(HONEST, "", "foo") is True
    pool.close()


def test_a_worker_that_cannot_fork_says_so() -> None:
    with pytest.raises(Undecidable, match="could not start a process for the program: Resource temporarily"):
        outcome.passed(b"", Ended(refused=11), Limits())


def test_without_libseccomp_the_verdict_says_what_to_install() -> None:
    """Through a fresh process, in which the library cannot be found."""
    code = (
        "import ctypes.util\nfind = ctypes.util.find_library\n"
        "ctypes.util.find_library = lambda name: None if name == 'seccomp' else find(name)\n"
        "from verif_sdk import verify\n"
        f"print(verify('foo', {CHECK!r}).verdicts[0].error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "apt install" in done.stdout


@as_root
@needs_bwrap
def test_each_worker_of_root_is_a_user_that_nobody_else_is() -> None:
    pool = Pool(command.sealed, size=2)
    assert pool.run(HONEST, "", "foo") is True
    (first,) = pool._all()
    pool._idle.clear()  # as if it were busy: the next call starts another
    assert pool.run(HONEST, "", "foo") is True
    (second,) = pool._all()
    owners = [owner(last_descendant(worker.pid)) for worker in (first, second)]
    assert len(set(owners)) == 2
    assert min(owners) >= 60_000
    first.kill()
    pool.close()


@as_root
@needs_bwrap
def test_root_that_may_not_map_a_user_starts_no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []

    def refused(_: str, process: int) -> None:
        begun.append(process)
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(users, "_fresh", refused)
    with pytest.raises(Undecidable, match=r"may not give the sandbox a user .*run as another user than root"):
        Pool(command.sealed).run(HONEST, "", "foo")
    until = time.monotonic() + 20
    while Path(f"/proc/{begun[0]}").exists():
        assert time.monotonic() < until, "bubblewrap's second process stays behind"
        time.sleep(0.05)


@as_root
@needs_bwrap
def test_a_sandbox_whose_processes_nothing_bounds_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "can_be_fresh", lambda: False)  # then the sandbox is root, by another name
    with pytest.raises(Undecidable, match="does not limit the processes of this user"):
        Pool(command.sealed).run(HONEST, "", "foo")


@as_root
@needs_bwrap
def test_sandboxes_start_for_a_user_who_is_not_root() -> None:
    """In a fresh process of another user; skipped where that user cannot read this Python."""
    python = os.path.realpath(sys.executable)
    code = (
        f"import sys; sys.path[:] = {sys.path!r}\n"
        "from verif_sdk.sandbox import command\nfrom verif_sdk.sandbox.pool import Pool\n"
        f"print(Pool(command.sealed).run({HONEST!r}, '', 'foo'))\n"
    )
    try:
        done = subprocess.run(
            [python, "-c", code],
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
            env={"PATH": os.environ["PATH"]},
            user=65533,
            group=65533,
            extra_groups=[],
        )
    except PermissionError:
        pytest.skip("the Python of these tests is readable by root alone")
    assert done.stdout == "True\n", done.stderr


def last_descendant(pid: int) -> int:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for file in tasks for child in file.read_text().split()]
    return last_descendant(children[0]) if children else pid


def owner(pid: int) -> int:
    """Return the user, as the host sees it, of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("Uid:")[2].split()[0])


@as_root
@needs_bwrap
def test_no_core_dump_of_a_program_is_collected() -> None:
    pool = Pool(command.sealed, size=1)
    assert pool.run(HONEST, "", "foo") is True
    worker = last_descendant(pool._all()[0].pid)
    assert owner(worker) != 0
    assert os.stat(f"/proc/{worker}/maps").st_uid == 0  # the kernel's sign of a process that it does not dump
    pool.close()


@needs_bwrap
def test_the_null_device_of_the_host_stays_as_it_is() -> None:
    before = os.stat("/dev/null")
    pool = Pool(command.sealed, size=1)
    for body in (
        "os.chmod('/dev/null', 0o666)",
        "os.utime('/dev/null', (0, 0))",
        "os.open('/dev/null', os.O_RDWR)",
    ):
        with pytest.raises(Undecidable, match=r"FileNotFoundError|PermissionError"):
            pool.run(attack(body), "", "foo")
    for number in (0, 1, 2):
        with pytest.raises(Undecidable, match="Error"):
            pool.run(attack(f"os.fchmod({number}, 0o666)"), "", "foo")
    pool.close()
    after = os.stat("/dev/null")
    assert (before.st_mode, before.st_uid, before.st_mtime) == (after.st_mode, after.st_uid, after.st_mtime)
