"""How a server starts and says that it is ready, and how it ends where it cannot be."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

from examples.tiny_judge import CHECKPOINT

from .conftest import VERIF, Server, call, free_port

Start = Callable[..., Server]
SLOW = """
import asyncio
from verif_sdk.judges.hf import HfJudge
loaded = HfJudge.start
async def slowly(self):
    await asyncio.sleep(4)
    await loaded(self)
HfJudge.start = slowly
"""


def ended(*options: str) -> tuple[int, str]:
    """Return the exit code of a server that does not start, and what it said."""
    done = subprocess.run([VERIF, "serve", *options], capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr


def test_it_is_alive_at_once_and_ready_when_the_judge_is_loaded(start: Start) -> None:
    server = start("--judge", f"hf:{CHECKPOINT}", patch=SLOW)
    assert call(server, "/healthz")[0] == 200
    assert call(server, "/readyz") == (503, {"error": {"message": "the judge is being loaded"}})
    assert "serving on" not in server.log.read_text()
    assert server.said(f"serving on {server.address};")
    assert call(server, "/readyz") == (200, {"status": "ready"})


def test_a_lazy_server_or_one_without_a_judge_is_ready_at_once(start: Start) -> None:
    for server in (start("--lazy", "--judge", "hf:/no/such/model"), start()):
        assert server.said(f"serving on {server.address};")
        assert call(server, "/readyz")[0] == 200


def test_a_judge_that_cannot_be_loaded_ends_the_command_with_the_cause() -> None:
    code, said = ended("--port", str(free_port()), "--judge", "hf:/no/such/model")
    assert code == 3
    assert "verif: the judge hf:/no/such/model cannot start: " in said
    assert "serving on" not in said
    assert "Traceback" not in said


def test_an_address_that_cannot_be_had_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = ended("--port", str(port))
    assert (code, said) == (
        2,
        f"verif: port {port} of 127.0.0.1 is in use; pass another --port, or 0 for a free one\n",
    )
    code, said = ended("--port", str(free_port()), "--host", "127.0.0.1.example.invalid")
    assert (code, said.count("\n")) == (2, 1)


def test_a_free_port_is_taken_and_told(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as sink:
        process = subprocess.Popen([VERIF, "serve", "--port", "0"], stderr=sink)
    server = Server("", process, log)
    assert server.said("SIGTERM or Ctrl-C ends it")
    address = log.read_text().split()[2].rstrip(";")
    assert call(server._replace(address=address), "/healthz")[0] == 200
    process.terminate()
    assert process.wait(60) == 0


def test_the_first_page_says_what_there_is(start: Start) -> None:
    server = start()
    status, reply = call(server, "/")
    assert (status, reply["docs"]) == (200, "/docs")
    document = call(server, "/openapi.json")[1]
    named = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert set(reply["endpoints"]) == named
    assert all(reply["endpoints"].values())


def test_the_documentation_needs_no_other_server(start: Start) -> None:
    server = start()
    page = call(server, "/docs")[1]
    assert "://" not in page
    for path in ("/static-offline-docs/swagger-ui-bundle.js", "/static-offline-docs/swagger-ui.css"):
        assert path in page
        assert call(server, path)[0] == 200
    statuses = call(server, "/openapi.json")[1]["paths"]["/v1/verify"]["post"]["responses"]
    assert {"200", "401", "403", "408", "413", "422", "429", "431", "503"} == set(statuses)
    assert "503" in json.dumps(call(server, "/openapi.json")[1]["paths"]["/get_reward"])
