"""The reward server under load: 64 clients on the loopback, each with one request after the other.

    python benchmarks/server_load.py [--seconds 120] [--clients 64] [--judge SPEC]

Each request has a number in its response, which the answer's id repeats: a lost or a doubled one is found.
Printed: requests per second, the 50th and 99th percentile of their times against the time of a request
alone, and the server's memory at the start, in the middle and at the end. Returns 1 if a request was lost,
doubled or refused, or if memory grew by more than a quarter between the middle and the end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

CONSTRAINTS = [{"type": "length:words", "at_most": 50}, {"type": "keywords:include", "keywords": ["number"]}]
GROWTH = 1.25


def main() -> int:
    """Start a server, load it, print what happened."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--judge", help="adds a soft constraint, judged by this judge")
    options = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    judge = ["--judge", options.judge] if options.judge else []
    command = [sys.executable, "-m", "verif_sdk.cli", "serve", "--port", str(port), *judge]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        return asyncio.run(load(server.pid, port, options.seconds, options.clients, bool(judge)))
    finally:
        server.terminate()
        server.wait(60)


def wait_for(port: int) -> None:
    """Return when something listens on the port."""
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on port {port}")


async def load(pid: int, port: int, seconds: float, clients: int, soft: bool) -> int:
    """Load the server and return the exit code."""
    import aiohttp

    constraints = [*CONSTRAINTS, {"type": "soft:tone", "tone": "polite"}] if soft else CONSTRAINTS
    address = f"http://127.0.0.1:{port}/v1/verify"
    times: list[float] = []
    wrong = 0

    async def one(session: Any, number: int) -> bool:
        case = {"id": str(number), "response": f"Thank you for number {number}.", "constraints": constraints}
        started = time.perf_counter()
        async with session.post(address, data=json.dumps({"cases": [case]})) as reply:
            read = await reply.json()
        times.append(time.perf_counter() - started)
        return reply.status == 200 and [result["id"] for result in read["results"]] == [str(number)]

    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), headers={"Content-Type": "application/json"}
    ) as session:
        for number in range(50):
            await one(session, number)
        alone = sorted(times)[25]
        times.clear()
        memory = [resident(pid)]
        numbers = iter(range(10**9))
        started = time.perf_counter()

        async def client() -> int:
            failed = 0
            while time.perf_counter() - started < seconds:
                failed += not await one(session, next(numbers))
            return failed

        running = [asyncio.create_task(client()) for _ in range(clients)]
        await asyncio.sleep(seconds / 2)
        memory.append(resident(pid))
        wrong = sum(await asyncio.gather(*running))
        taken = time.perf_counter() - started
        memory.append(resident(pid))
    times.sort()
    p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
    print(f"{clients} clients, {taken:.0f} s: {len(times)} requests, {wrong} lost, doubled or refused")
    print(f"  {len(times) / taken:.0f} requests/s; a request alone takes {1000 * alone:.1f} ms")
    print(f"  p50 {1000 * p50:.0f} ms, p99 {1000 * p99:.0f} ms ({p99 / p50:.1f} x p50)")
    print(f"  memory {' -> '.join(f'{size:.0f}' for size in memory)} MiB at start, middle, end")
    return int(wrong > 0 or memory[2] > GROWTH * memory[1])


def resident(pid: int) -> float:
    """Return the resident memory of a process, in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / (1 << 20)


if __name__ == "__main__":
    raise SystemExit(main())
