"""What a hostile client can do over HTTP: foreign names, halves of requests, programs that sleep."""

from __future__ import annotations

import json
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from pydantic import ValidationError

from verif_sdk.server.access import LARGEST_HEAD, MOST_HEADERS
from verif_sdk.server.native import Cases, Questions
from verif_sdk.server.openrlhf import Queries

from .conftest import Server, call, exchange

Start = Callable[..., Server]
needs_bwrap = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
WORDS = {"type": "length:words", "at_most": 2}
CASES = {"cases": [{"response": "a b", "constraints": [WORDS]}]}
HALF_BODY = b"POST /v1/verify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"
HALF_HEAD = b"POST /v1/verify HTTP/1.1\r\nHost: localhost\r\nX-Half"
FOREIGN_HOSTS = (
    *("evil.example", "evil.example:8500", "localhost.evil.example", "127.0.0.1.evil.example"),
    *("[::1].evil.example", "localhost@evil.example", "localhost:80@evil.example", "127.0.0.1:evil"),
    *("2130706433", "0.0.0.0", "[::]", ""),
)
FOREIGN_ORIGINS = ("http://evil.example", "http://evil.example:8500", "http://127.0.0.1:1", "null", "")
IMPATIENT = "from verif_sdk.server import bodies, connection\nbodies.SECONDS = connection.SECONDS = 1.0\n"


def is_verified(server: Server) -> bool:
    """Return whether an honest request gets its answer."""
    reward: float = call(server, "/v1/verify", CASES)[1]["results"][0]["reward"]
    return reward == 1.0


def held(server: Server, sent: bytes, count: int, stack: ExitStack) -> None:
    """Open connections that send the same half of a request, and stay."""
    for _ in range(count):
        connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=30))
        connection.sendall(sent)


def test_without_a_token_only_loopback_names_and_our_own_pages_are_answered(start: Start) -> None:
    server = start()
    ours, port = f"127.0.0.1:{server.port}", server.port
    hosts = (f"LocalHost:{port}", ours, "127.0.0.1", f"[::1]:{port}", "[::1]", "localhost:1", "127.0.0.2")
    for host in hosts:
        assert call(server, "/v1/verify", CASES, headers={"Host": host})[0] == 200, host
    assert call(server, "/v1/verify", CASES, headers={"Origin": f"http://{ours}"})[0] == 200
    foreign = [{"Host": host} for host in FOREIGN_HOSTS]
    foreign += [{"Origin": origin} for origin in (*FOREIGN_ORIGINS, f"http://localhost:{port}", ours)]
    foreign.append({"Host": f"evil.example:{port}", "Origin": f"http://evil.example:{port}"})
    for headers in foreign:
        for path in ("/v1/verify", "/v1/judge", "/verify", "/get_reward"):
            assert call(server, path, CASES, headers=headers)[0] == 403, (path, headers)
        for path in ("/healthz", "/metrics", "/docs", "/"):
            assert call(server, path, headers=headers)[0] == 403, (path, headers)
    get = b"GET /healthz HTTP/1.1\r\nConnection: close\r\n"
    assert exchange(server, b"GET /healthz HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200")
    two = b"Host: localhost\r\nHost: evil.example\r\n\r\n"
    assert exchange(server, get + two)[9:12] in (b"403", b"400")


def test_with_a_token_every_name_is_answered_and_the_scheme_may_be_small(start: Start) -> None:
    server = start(VERIF_SERVER_TOKEN="hush")
    foreign = {"Host": "judge.example", "Origin": "https://elsewhere.example"}
    for given in ("Bearer hush", "bearer hush", "BEARER hush", "Bearer  hush"):
        assert call(server, "/v1/verify", CASES, headers={**foreign, "Authorization": given})[0] == 200, given
    for given in ("", "hush", "Basic hush", "Bearer", "Bearer hus", "Bearer hush!", "Bearerhush", "Bearer HUSH"):
        assert call(server, "/v1/verify", CASES, headers={"Authorization": given})[0] == 401, given
    two = b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + b"Authorization: Bearer hush\r\n" * 2
    assert exchange(server, two + b"\r\n").startswith(b"HTTP/1.1 401")
    assert [call(server, path)[0] for path in ("/healthz", "/readyz", "/metrics", "/docs")] == [200, 200, 401, 401]


def test_heads_are_bounded_in_number_and_size(start: Start) -> None:
    server = start()
    get = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    fits = get + b"".join(b"X-%d: y\r\n" % n for n in range(MOST_HEADERS - 2)) + b"\r\n"
    assert exchange(server, fits).startswith(b"HTTP/1.1 200")
    many = get + b"".join(b"X-%d: y\r\n" % n for n in range(10_000)) + b"\r\n"
    large = get + b"X: " + b"y" * (1 << 20) + b"\r\n\r\n"
    endless = get + b"X: " + b"y" * (1 << 20)
    address = b"GET /" + b"y" * LARGEST_HEAD + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    for head in (many, large, endless, address):
        refusal = try_exchange(server, head)
        # Whoever is still sending may see no more than the connection close.
        assert refusal == b"" or (refusal.startswith(b"HTTP/1.1 431") and b"before the body" in refusal), refusal[
            :200
        ]
    assert is_verified(server)


def try_exchange(server: Server, sent: bytes) -> bytes:
    """Return what came back, or nothing where the server closed while we were sending."""
    try:
        return exchange(server, sent)
    except (ConnectionResetError, BrokenPipeError):
        return b""


def test_halves_of_requests_keep_nobody_out(start: Start) -> None:
    server = start("--most", "20")
    with ExitStack() as stack:
        held(server, HALF_BODY, 512, stack)
        held(server, HALF_HEAD, 900, stack)
        for _ in range(5):
            assert is_verified(server)


def test_halves_of_requests_end_at_their_deadline(start: Start) -> None:
    server = start(patch=IMPATIENT)
    whole = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    foreign = HALF_BODY.replace(b"localhost", b"evil.example")
    sent = ((HALF_BODY,), (foreign,), (whole, HALF_HEAD), (HALF_HEAD,), (b"",), (HALF_HEAD, b"er: 1", b"2"))
    with ThreadPoolExecutor(len(sent)) as threads:
        body, refused, second, *heads = threads.map(lambda pieces: exchange(server, *pieces), sent)
    assert body.startswith(b"HTTP/1.1 408")
    assert b"only 1 bytes of the body came within" in body
    assert refused.startswith(b"HTTP/1.1 403")
    assert second.count(b"HTTP/1.1 200") == 1
    assert heads == [b""] * 3
    assert is_verified(server)


def test_a_slow_body_that_keeps_coming_is_read(start: Start) -> None:
    server = start(patch=f"{IMPATIENT}bodies.RATE = 1024\n")
    body = json.dumps({"cases": [{"response": "a" * 8192, "constraints": [WORDS]}]}).encode()
    lines = [b"POST /v1/verify HTTP/1.1", b"Host: localhost", b"Connection: close"]
    lines += [b"Content-Type: application/json", b"Content-Length: %d" % len(body), b"", b""]
    pieces = [body[place : place + 1024] for place in range(0, len(body), 1024)]
    # It takes nearly 3 s; half a body may take 1 s.
    assert exchange(server, b"\r\n".join(lines), *pieces).startswith(b"HTTP/1.1 200")


def test_a_client_that_hangs_up_in_its_body_costs_nothing(start: Start) -> None:
    server = start("--most", "1")
    for _ in range(20):
        exchange(server, HALF_BODY, end=True)
    assert is_verified(server)
    assert 'path="/v1/verify",status="400"} 20' in call(server, "/metrics")[1]


def test_pipelined_requests_are_answered_in_order(start: Start) -> None:
    server = start()
    paths = (b"/healthz", b"/nowhere") * 50
    sent = b"".join(b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % path for path in paths)
    last = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    statuses = re.findall(rb"HTTP/1.1 (\d+)", exchange(server, sent + last))
    assert statuses == [b"200", b"404"] * 50 + [b"200"]


SLEEPER = "import time\ndef check_following(instruction, response):\n    time.sleep(60)\n    return True\n"
PROGRAM = {"type": "code:python", "source": SLEEPER}
NESTED = {"type": "logic:not", "constraint": {"type": "logic:all_of", "of": [WORDS, PROGRAM]}}
BACKTRACKING = [{"type": "format:regex", "pattern": f"(?:a|aa|{n})+$"} for n in range(50)]


@pytest.mark.parametrize(
    "slow",
    [
        pytest.param([PROGRAM, NESTED] * 25, marks=needs_bwrap, id="programs"),
        pytest.param(BACKTRACKING, id="patterns"),
    ],
)
def test_slow_requests_keep_no_check_waiting(start: Start, slow: list[dict[str, object]]) -> None:
    server = start("--timeout", "6")
    body = {"cases": [{"response": "a" * 60 + "!", "constraints": [one]} for one in slow]}
    threads = [threading.Thread(target=call, args=(server, "/v1/verify", body)) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(2)
    began = time.monotonic()
    assert all(is_verified(server) for _ in range(10))
    assert time.monotonic() - began < 4, "as long as they may take"
    for thread in threads:
        thread.join()
    # Those who asked have been answered (503), and nobody works on the cases that are left: it ends well.
    assert 'path="/v1/verify",status="503"} 8' in call(server, "/metrics")[1]


@needs_bwrap
def test_large_requests_that_wait_for_a_slow_program_fill_no_memory(start: Start) -> None:
    server = start("--largest", "1", "--timeout", "6")
    case = {"response": "a", "metadata": {"lists": [[]] * 340_000}}
    slow, quick = (
        json.dumps({"cases": [{**case, "constraints": [one]}]}, separators=(",", ":")).encode()
        for one in (PROGRAM, WORDS)
    )
    with ThreadPoolExecutor(14) as threads:
        asking = [threads.submit(call, server, "/v1/verify", slow) for _ in range(14)]
        assert is_verified(server)
        statuses = [each.result()[0] for each in asking]
    assert set(statuses) == {429, 503}
    assert statuses.count(503) <= 9, "eight of the largest, and what does not count of each"
    assert call(server, "/v1/verify", quick)[0] == 200


def test_of_many_wrong_items_the_first_alone_is_looked_at() -> None:
    """A body of millions of wrong items once held up everyone for as long as pydantic described each."""
    for model, field in ((Cases, "cases"), (Questions, "questions"), (Queries, "query")):
        with pytest.raises(ValidationError) as refused:
            model.model_validate(
                {field: [[]] * 1000, **({"prompts": [], "labels": []} if field == "query" else {})}
            )
        assert refused.value.error_count() == 1


def test_a_schema_that_backtracks_does_not_stop_the_server(start: Start) -> None:
    server = start()
    schema = {"unevaluatedProperties": False, "patternProperties": {"^(a+)+$": {}}}
    hostile = {
        "response": json.dumps({"a" * 32 + "!": 1}),
        "constraints": [{"type": "format:json", "json_schema": schema}],
    }
    answered: list[tuple[int, Any]] = []
    thread = threading.Thread(target=lambda: answered.append(call(server, "/v1/verify", {"cases": [hostile]})))
    thread.start()
    while thread.is_alive():
        assert is_verified(server)
    ((status, reply),) = answered
    assert (status, reply["results"][0]["reward"]) == (200, None)
