"""Nothing passes from one program to the next, and nothing of the host shows."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from pathlib import Path

import pytest

from verif_sdk.errors import Undecidable
from verif_sdk.sandbox import command
from verif_sdk.sandbox.pool import Pool

from .attacks import CHECK, HONEST, KERNEL, ROUND, attack

SECRET = "SECRET-of-client-A"  # the scanners write it in two pieces, to find no copy of their own
_LEAVE = HONEST + f"\n# program: {SECRET}\n"

# Every page of the process that can be read, by a write to a pipe: the kernel tells a bad address without a crash.
_SCAN = """
class Pages(ctypes.Structure):
    _fields_ = [('base', ctypes.c_void_p), ('size', ctypes.c_size_t)]
def pages(around, reach):
    out, into = os.pipe()
    for address in range((around - reach) & ~4095, around + reach, 4096):
        if libc.write(into, ctypes.c_void_p(address), ctypes.c_size_t(4096)) == 4096:
            yield os.read(out, 4096)
def scan():
    libc.sbrk.restype = ctypes.c_void_p
    codes = ('utf-8', 'utf-16-le', 'utf-32-le')
    marks = [('SECRET-'.encode(code), 'of-client-A'.encode(code)) for code in codes]
    arounds = {libc.sbrk(0): 16 << 20, id(object()): 16 << 20, id(os): 16 << 20, ctypes.addressof(block): 8 << 20}
    seen, found = 0, 0
    for around, reach in arounds.items():
        before = b''
        for page in pages(around, reach):
            seen += 1
            text = before[-128:] + page
            for head, tail in marks:
                for match in re.finditer(re.escape(head), text):
                    found += text[match.end() : match.end() + len(tail)] == tail
            before = page
    return seen, found
block = ctypes.create_string_buffer(1 << 18)
"""


def leave(pool: Pool) -> None:
    """Run programs that hold the secret in every place: program, instruction, response, error, result."""
    for response in (SECRET, SECRET * 5000, "é" + SECRET, "語" + SECRET):
        assert pool.run(_LEAVE, SECRET, response + "oo") in (True, False)
    with pytest.raises(Undecidable, match=SECRET):
        pool.run(f"raise ValueError({SECRET!r} * 3)", "", "")
    with pytest.raises(Undecidable):
        pool.run(attack(f"return {SECRET!r} * 1000"), SECRET, SECRET)


def told(pool: Pool, program: str) -> str:
    with pytest.raises(Undecidable) as caught:
        pool.run(program, "", "foo")
    return str(caught.value)


def test_the_memory_of_a_program_holds_no_text_of_another(pool: Pool) -> None:
    leave(pool)
    message = told(pool, ROUND + KERNEL + _SCAN + CHECK + "raise ValueError('scanned %d found %d' % scan())")
    match = re.search(r"scanned (\d+) found (\d+)", message)
    assert match, message
    assert int(match[1]) > 1000
    assert match[2] == "0"


def test_the_scanner_finds_what_is_there(pool: Pool) -> None:
    keep = f"kept = [{SECRET!r} + str(n) for n in range(9)]\n"
    message = told(pool, keep + ROUND + KERNEL + _SCAN + CHECK + "raise ValueError('found %d' % scan()[1])")
    assert "found 0" not in message
    assert "found" in message


def test_no_object_of_another_program_is_within_reach(pool: Pool) -> None:
    leave(pool)
    body = (
        "gc = real('gc')\nhead, tail = 'SECRET-', 'of-client-A'\n"
        "seen, todo = set(), [sys.modules, gc.get_objects(), sys._current_frames()]\nfound = 0\n"
        "while todo:\n"
        "    for one in gc.get_referents(todo.pop()):\n"
        "        if id(one) not in seen:\n"
        "            seen.add(id(one))\n"
        "            todo.append(one)\n"
        "            found += type(one) in (str, bytes) and str(one).partition(head)[2].startswith(tail)\n"
        "raise ValueError('found %d of %d' % (found, len(seen) > 10000))"
    )
    assert "found 0 of 1" in told(pool, attack(body))


def test_what_is_loaded_does_not_depend_on_the_programs_before(pool: Pool) -> None:
    count = attack("raise ValueError('loaded %d' % len(sys.modules))")
    before = told(pool, count)
    assert pool.run("import statistics, regex, datetime\n" + HONEST, "", "foo") is True
    assert told(pool, count) == before


@pytest.mark.parametrize("open_files", [0, 100])
def test_a_program_has_one_descriptor_and_no_device(open_files: int) -> None:
    body = (
        "held = []\n"
        "for number in range(1024):\n"
        "    try:\n        held.append((number, os.fstat(number).st_mode >> 12))\n"
        "    except OSError:\n        pass\n"
        "raise ValueError(held, os.path.exists('/dev'), os.path.exists('/proc'))"
    )
    with contextlib.ExitStack() as stack:
        for _ in range(open_files):  # what the caller has open must not show in any number
            stack.enter_context(open(os.devnull, "rb"))
        pool = Pool(command.sealed, size=1)
        stack.callback(pool.close)
        assert f"([(3, {stat.S_IFSOCK >> 12})], False, False)" in told(pool, attack(body))


def test_nothing_that_a_program_sees_can_be_written_or_is_a_device(pool: Pool) -> None:
    body = (
        "odd, files = [], 0\n"
        "def writable(path, flags):\n"
        "    try:\n        os.open(path, flags)\n    except OSError:\n        return False\n    return True\n"
        "for folder, _, names in os.walk('/'):\n"
        "    if writable(folder + '/x', os.O_CREAT | os.O_WRONLY) or writable(folder, os.O_TMPFILE | os.O_RDWR):\n"
        "        odd.append(folder)\n"
        "    for name in names:\n"
        "        path, files = folder + '/' + name, files + 1\n"
        "        mode = os.lstat(path).st_mode\n"
        "        if mode >> 12 not in (8, 10) or mode & 0o6000 or writable(path, os.O_WRONLY):\n"
        "            odd.append(path)\n"
        "raise ValueError(odd, files > 500)"
    )
    assert "ValueError: ([], True)" in told(pool, attack(body))


def test_only_what_python_needs_is_there_and_no_name_of_the_host(pool: Pool) -> None:
    body = (
        "top = sorted(os.listdir('/'))\npackages = sorted(os.listdir('/code'))\n"
        "others = [p for p in sys.path if p.endswith(('site-packages', 'dist-packages'))]\n"
        "site = os.path.dirname(os.__file__) + '/site-packages'\n"
        "inside = os.listdir(site) if os.path.exists(site) else []\n"
        "raise ValueError(top, 'pydantic' in packages, others, inside, sys.executable[:8])"
    )
    message = told(pool, attack(body))
    assert re.search(
        r"\['code', 'lib', ('lib64', )?'python'(, 'usr')?\], False, \[\], \[\], '/python/'", message
    ), message
    listing = told(pool, attack("raise ValueError([p for p in sys.path])"))
    assert str(Path(os.__file__).parent) not in listing


def test_a_futex_in_a_file_wakes_nobody_outside(pool: Pool) -> None:
    program = ROUND + KERNEL + CHECK + "raise ValueError(called('syscall', 202, id(os), 1, 1, None, None, 0))"
    assert "EPERM" in told(pool, program)
