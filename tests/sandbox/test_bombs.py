"""Programs that take all they can get: the machine and the other programs do not notice."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from verif_sdk.errors import Undecidable
from verif_sdk.sandbox import command
from verif_sdk.sandbox.pool import Pool
from verif_sdk.sandbox.process import Worker
from verif_sdk.sandbox.protocol import Limits

from .attacks import CHECK, HONEST, KERNEL, ROUND, attack

# Threads that the C library did not make, on two pages of stack each: no limit of memory bounds them.
RAW_THREADS = (
    ROUND + KERNEL + CHECK + "libc.mmap.restype = ctypes.c_void_p\n"
    "    stack = libc.mmap(None, ctypes.c_size_t(2001 << 13), 3, 0x22, -1, ctypes.c_long(0))\n"
    "    sleep = ctypes.cast(libc.sleep, ctypes.c_void_p)\n"
    "    made = 0\n"
    "    while made < 2000:\n"
    "        if libc.clone(sleep, ctypes.c_void_p(stack + (made + 1 << 13)), 0x50F00, ctypes.c_void_p(30)) < 0:\n"
    "            break\n"
    "        made += 1\n"
    "    raise ValueError('threads %d' % made)"
)
THREADS = attack(
    "thread = real('_thread')\nthread.stack_size(32768)\nmade = 0\n"
    "try:\n    while made < 2000:\n        thread.start_new_thread(real('time').sleep, (30,))\n        made += 1\n"
    "except RuntimeError:\n    pass\nraise ValueError('threads %d' % made)"
)


def finally_bomb(depth: int, exits: int) -> str:
    """Return a small program whose code doubles with each `finally`: its body is copied for every way out."""
    lines = ["def check_following(instruction, response):"]
    for level in range(depth):
        indent = "    " * (level + 1)
        lines += [f"{indent}try:"] + [f"{indent}    if response == '{n}': return True" for n in range(exits)]
        lines += [f"{indent}finally:"]
    lines += ["    " * (depth + 1) + "pass"]
    return "\n".join(lines)


def refusal(pool: Pool, program: str, response: str = "foo") -> str:
    with pytest.raises(Undecidable) as caught:
        pool.run(program, "", response)
    return str(caught.value)


@pytest.mark.parametrize("program", [RAW_THREADS, THREADS], ids=["raw", "Python's"])
def test_a_bomb_of_threads_is_bounded_as_root_too(program: str, pool: Pool) -> None:
    made = re.search(r"threads (\d+)", refusal(pool, program))
    assert made
    assert 8 <= int(made[1]) <= 64
    assert pool.run(HONEST, "", "foo") is True


def test_the_time_of_all_threads_counts(pool: Pool) -> None:
    body = (
        "def busy():\n    while True:\n        real('hashlib').sha256(bytes(1 << 20))\n"
        "for _ in range(8):\n    real('_thread').start_new_thread(busy, ())\nreal('time').sleep(1e6)"
    )
    assert "processor time" in refusal(pool, attack(body))


def light_worker(pool: Pool) -> Worker:
    assert pool.run(HONEST, "", "foo") is True
    (worker,) = pool._idle[()]
    return worker


def resident(pid: int) -> int:
    """Return the most MiB of memory that any of a process's descendants ever had."""
    most, todo = 0, [pid]
    while todo:
        process = Path(f"/proc/{todo.pop()}")
        try:
            for line in (process / "status").read_text().splitlines():
                if line.startswith("VmHWM"):
                    most = max(most, int(line.split()[1]) // 1024)
            for children in process.glob("task/*/children"):
                todo += map(int, children.read_text().split())
        except OSError:
            continue  # it has ended
    return most


@contextmanager
def watched(pool: Pool) -> Iterator[list[int]]:
    """Give, in a list, the most memory in MiB that a process of the sandbox had meanwhile."""
    seen, done = [0], threading.Event()
    worker = light_worker(pool)

    def watch() -> None:
        while not done.wait(0.05):
            seen[0] = max(seen[0], resident(worker.pid))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


COMPILED = {
    "finally": finally_bomb(8, 12),
    "brackets": "x = " + "[" * 90 + "0" + "]" * 90 + "\n" + HONEST,
    "constants": "x = (" + "'a' 'b' " * 12_000 + ")\nx = " + "*".join(["'x' * 4096"] * 900),
    "functions": "def f(): pass\n" * 7000 + HONEST,
    "minus": "x = " + "-" * 99_000 + "1",
    "conditional": "x = " + " if y else ".join(["z"] * 9000),
    "fstring": 'x = f"{' * 50 + "0" + '}"' * 50,
    "attributes": "@" + "a.b" * 30_000 + "\nclass C: pass",
    "patterns": "match 0:\n" + "    case [0, *_] | {'0': _}:\n        pass\n" * 2000,
    "shift": "x = 1 << (1 << 40)",
    "comprehensions": "x = " + "[" * 40 + "y" + " for y in z]" * 40,
}


@pytest.mark.parametrize("name", COMPILED)
def test_compiling_stays_within_the_limits_of_a_run(name: str, pool: Pool) -> None:
    assert pool.run(HONEST, "", "foo") is True
    with watched(pool) as seen:
        try:
            cause = str(pool.run(COMPILED[name], "", "foo"))
        except Undecidable as undecided:
            cause = str(undecided)
    assert "sandbox" not in cause
    assert seen[0] <= 256
    assert resident(light_worker(pool).pid) < 64  # nothing of it stays
    assert pool.run(HONEST, "", "foo") is True


GREEDY = {
    "descriptors": ("while True:\n    os.open('/lib/libc.so.6', 0)", "Too many open files"),
    "pipes, filled": (
        "made = []\ntry:\n    while True:\n        made.append(os.pipe())\nexcept OSError:\n    pass\n"
        "for _, into in made:\n    os.write(into, bytes(65536))\nreturn 0",
        "returned int",
    ),
    "maps": (
        "libc = real('ctypes').CDLL(None)\nlibc.mmap.restype = real('ctypes').c_void_p\n"
        "while libc.mmap(None, 4096, 1 + 2 * (id(libc) % 2), 0x22, -1, 0) != 2 ** 64 - 1:\n    pass\nreturn 0",
        "returned int|processor time|MemoryError",
    ),
    "memory by threads": (
        "def take():\n    kept = []\n    while True:\n        kept.append(bytearray(1 << 22))\n"
        "for _ in range(16):\n    real('_thread').start_new_thread(take, ())\nreal('time').sleep(0.5)\nreturn 0",
        "returned int|MemoryError|processor time|crashed",
    ),
    "a regular expression": ("return bool(re.match('(a|aa)+$', 'a' * 99 + 'b'))", "processor time"),
    "an integer": ("return len(str(10 ** (1 << 22))) > 0", "ValueError: Exceeds|processor time"),
    "one large product": ("return (1 << (1 << 31)) * 3 > 0", "MemoryError|processor time"),
    "a heap of errors": (
        "try:\n    1 / 0\nexcept Exception:\n    return check_following(instruction, response)",
        "Recursion",
    ),
    "unpacking": ("a = [0]\nwhile True:\n    a = [*a, *a]", "MemoryError"),
    "a message without end": ("raise ValueError('x' * (1 << 27))", "ValueError: x"),
}


@pytest.mark.parametrize("name", GREEDY)
def test_greed_ends_in_the_greedy_program(name: str, pool: Pool) -> None:
    body, cause = GREEDY[name]
    assert re.search(cause, refusal(pool, attack(body)))
    assert pool.run(HONEST, "", "foo") is True


def test_a_response_larger_than_the_memory_of_a_run_is_undecided_and_the_next_is_read(pool: Pool) -> None:
    worker = light_worker(pool)
    assert "MemoryError" in refusal(pool, HONEST, "x" * (140 << 20))
    assert pool.run(HONEST, "", "foo" + "x" * (20 << 20)) is True
    assert light_worker(pool) is worker


def test_hostile_programs_among_honest_ones_with_many_callers_leave_every_honest_verdict_right() -> None:
    pool = Pool(command.sealed, size=2, limits=Limits(cpu=1, wall=20.0, memory=1 << 28))
    hostile = [RAW_THREADS, finally_bomb(6, 8), *(attack(body) for body, _ in GREEDY.values())]
    jobs = [
        (HONEST, "foo" if n % 2 else "bar") if n % 12 else (hostile[n // 12 % len(hostile)], "")
        for n in range(144)
    ]

    def verdict(job: tuple[str, str]) -> bool | str:
        try:
            return pool.run(job[0], "", job[1])
        except Undecidable as undecided:
            return str(undecided)

    with ThreadPoolExecutor(32) as callers:
        verdicts = list(callers.map(verdict, jobs))
    pool.close()
    wrong = [
        (n, v)
        for n, ((source, text), v) in enumerate(zip(jobs, verdicts, strict=True))
        if source == HONEST and v is not (text == "foo")
    ]
    assert wrong == []
