"""The worker: forks a child for each job and says how it ended. Runs inside the sandbox.

The child inherits loaded modules, which makes a run cheap, and dies with its run, which makes it private:
whatever it did to modules, threads or memory is gone. It reads its program itself, and we read its outcome
ourselves, so the worker never holds a text that the next child could find. A child has one descriptor of
ours, the channel of its own job: what it writes there can only be its own verdict.
"""

from __future__ import annotations

import _socket  # what `socket` adds would be copied at each fork
import contextlib
import gc
import os
import select
import signal
from importlib import import_module

from verif_sdk.sandbox import program, protocol, seal
from verif_sdk.sandbox.protocol import Ended, Limits

LOADED = "collections functools itertools json math random re string typing unicodedata"
_CONTROL, _JOB = 0, 3  # our channel, and that of a child's job
_HIGHEST = 1 << 20  # no process has descriptors above, unless the machine was set up for it


def main() -> None:
    """Serve jobs from standard input, a socket, until it closes. The first message says how."""
    os.closerange(_JOB, _HIGHEST)  # bubblewrap leaves one of its own open, whose number depends on the caller
    setup = protocol.read(_CONTROL)
    if setup["user"] is not None:
        seal.become(setup["user"])
    guard = None
    if setup["filter"] is not None:
        seal.prove_that_processes_are_bounded()
        guard = seal.Filter(bytes.fromhex(setup["filter"]))
    limits = Limits(**setup["limits"])
    for module in LOADED.split():
        import_module(module)
    for module in setup["modules"]:
        with contextlib.suppress(Exception):  # whatever fails there, the program's own import says it
            import_module(module)
    program.prepare()
    seal.limit(limits)
    os.close(os.pidfd_open(os.getpid()))  # fails before Linux 5.3, and better now than at the first job
    gc.disable()  # a collection would write to every page that a child shares
    gc.set_threshold(50_000, 20, 20)
    gc.freeze()
    protocol.write(_CONTROL, protocol.READY)
    control = _socket.socket(fileno=_CONTROL)
    space = _socket.CMSG_SPACE(protocol.RIGHTS.size)
    while True:
        told, rights, _, _ = control.recvmsg(1, space)
        if not told:
            return
        (job,) = protocol.RIGHTS.unpack_from(rights[0][2])
        _run(job, limits, guard).sent(_CONTROL)


def _run(job: int, limits: Limits, guard: seal.Filter | None) -> Ended:
    try:
        child = os.fork()
    except OSError as error:
        os.close(job)
        return Ended(refused=error.errno or 0)
    if child == 0:
        _child(job, limits, guard)
    os.close(job)
    ended = os.pidfd_open(child)
    try:
        poll = select.poll()
        poll.register(ended, select.POLLIN)
        late = not poll.poll(limits.wall * 1000)
    finally:
        os.close(ended)
    if late:
        os.kill(child, signal.SIGKILL)
    _, status, used = os.wait4(child, 0)
    return Ended(status, used.ru_utime + used.ru_stime, late)


def _child(job: int, limits: Limits, guard: seal.Filter | None) -> None:
    try:
        os.dup2(job, _JOB)
        os.closerange(0, _JOB)
        os.closerange(_JOB + 1, seal.OPEN)
        gc.enable()  # with a threshold that a run in its stride does not reach: a collection touches many pages
        seal.limit_run(limits, processes=guard is not None)
        if guard is not None:
            guard.put_on()
        os.write(_JOB, program.said(_JOB))
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
