"""What the processes of an engine find one another by has a name only while they start."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from verif_sdk.judges import rendezvous

FOLDER = "VLLM_RPC_BASE_PATH"
SOCKET = "12345678-1234-1234-1234-123456789012"


@pytest.mark.parametrize("depth", [1, 60])
def test_sockets_have_room_for_their_names_in_a_folder_that_is_gone_afterwards(
    depth: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("t" * depth)
    long.mkdir()
    monkeypatch.delenv(FOLDER, raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with rendezvous.sockets():
        folder = Path(os.environ[FOLDER])
        assert len(f"{folder}/{SOCKET}") <= 103
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()
    assert FOLDER not in os.environ


def test_a_folder_that_the_user_named_is_where_theirs_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(prefix="v-", dir="/tmp") as named:
        monkeypatch.setenv(FOLDER, named)
        with rendezvous.sockets():
            assert Path(os.environ[FOLDER]).parent == Path(named)
        assert os.environ[FOLDER] == named


OWNER = """
import multiprocessing, os, time
from multiprocessing import shared_memory
from verif_sdk.judges import rendezvous

def make(pipe):
    memory = shared_memory.SharedMemory(create=True, size=100)
    pipe.send(memory.name)
    pipe.recv()
    memory.buf[0] = 7
    pipe.send(memory.buf[0])
    os._exit(1)  # without an end: nothing is cleaned up

if __name__ == "__main__":
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(target=make, args=[theirs])
    child.start()
    name = ours.recv()
    rendezvous.unname_memory(child)
    ours.send("go on")
    print(ours.recv(), os.path.exists(f"/dev/shm/{name}"))
    child.join()
    rendezvous.unname_memory(child)  # of one that has ended
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the names stand in /proc")
def test_shared_memory_loses_its_name_and_stays_what_it_is(tmp_path: Path) -> None:
    pytest.importorskip("psutil", reason="psutil comes with vLLM")
    script = tmp_path / "owner.py"
    script.write_text(OWNER)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("7 False\n", "", 0)
