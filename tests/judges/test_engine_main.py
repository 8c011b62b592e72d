"""The processes of an engine end with their owner, even one that is stuck where no Python runs any more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

STUCK = """
import os, signal, time

def stay():
    # One call into C, which holds the interpreter's lock: like an interpreter that takes long to end.
    signal.signal(signal.SIGTERM, lambda *_: sum(range(10**11)))
    print(os.getpid(), flush=True)
    while True:
        time.sleep(0.1)
"""

OWNER = """
import multiprocessing
from stuck import stay
from verif_sdk.judges.spawning import processes

with processes([]):
    child = multiprocessing.get_context("spawn").Process(target=stay)
    child.start()
child.join()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="whether a process runs is read in /proc")
def test_a_process_that_is_stuck_ends_with_its_owner(tmp_path: Path) -> None:
    (tmp_path / "stuck.py").write_text(STUCK)
    script = tmp_path / "owner.py"
    script.write_text(OWNER)
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        stuck = Path("/proc", owner.stdout.readline().strip())
        owner.kill()
        deadline = time.monotonic() + 60
        while runs(stuck) and time.monotonic() < deadline:
            time.sleep(0.1)
        stayed = runs(stuck)
        if stayed:
            os.kill(int(stuck.name), signal.SIGKILL)
        assert not stayed


def runs(process: Path) -> bool:
    try:
        return " Z " not in (process / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
