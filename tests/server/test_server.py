"""The reward server over HTTP: dialects, limits, errors in words, metrics, logs, and an end that loses nothing."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from examples.tiny_judge import CHECKPOINT
from tests.fake_openai import FakeOpenAI
from verif_sdk import verify
from verif_sdk.errors import InvalidSpec
from verif_sdk.question import Question
from verif_sdk.server.settings import Settings

from .conftest import Server, call

Start = Callable[..., Server]
WORDS = {"type": "length:words", "at_most": 2}
POLITE = {"type": "soft:tone", "tone": "polite"}


def test_cases_are_verified_in_order_and_a_bad_one_is_named(start: Start) -> None:
    server = start()
    cases = [{"id": str(n), "response": "a " * n, "constraints": [WORDS]} for n in range(1, 5)]
    status, reply = call(server, "/v1/verify", {"cases": cases})
    assert status == 200
    assert [(result["id"], result["reward"]) for result in reply["results"]] == [
        ("1", 1.0), ("2", 1.0), ("3", 0.0), ("4", 0.0),
    ]  # fmt: skip
    status, reply = call(
        server, "/v1/verify", {"cases": [*cases, {"response": "a", "constraints": [{"type": "x"}]}]}
    )
    assert status == 422
    assert reply["error"]["message"].startswith("cases[4]: field 'constraints")
    status, reply = call(server, "/v1/verify", {"cases": [{"response": "a", "constraints": [POLITE]}]})
    assert (status, "needs a judge" in reply["error"]["message"]) == (503, True)


def test_malformed_bodies_get_a_sentence_and_no_server_error(start: Start) -> None:
    server = start()
    half = b'{"cases": [{"response": "\\ud800", "constraints": [{"type": "length:words", "at_most": 2}]}]}'
    assert call(server, "/v1/verify", half)[0] == 200
    bodies = [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"cases": 1}',
        b'{"cases": [1]}',
        b"[" * 100_000,
        b'{"case": []}',
        b"NaN",
    ]
    for path in ("/v1/verify", "/v1/judge", "/get_reward", "/verify"):
        for body in bodies:
            status, reply = call(server, path, body)
            assert status == 422, (path, body[:20], status, reply)
            assert reply["error"]["message"]
    assert call(server, "/nowhere")[0] == 404
    assert call(server, "/v1/verify")[0] == 405


def test_what_is_wrong_with_a_body_is_said_in_the_words_of_json(start: Start) -> None:
    server = start()
    question = {"prompt": None, "response": "a", "question": "b"}
    wrong: list[tuple[str, Any, str]] = [
        ("/v1/verify", {"cases": [1]}, "the body: field 'cases.0' should be an object, got 1"),
        ("/v1/verify", {"cases": {}}, "the body: field 'cases' should be an array, got {}"),
        (
            "/v1/verify",
            {"case": []},
            "the body: unknown field 'case', did you mean 'cases'?; field 'cases' is missing",
        ),
        ("/v1/verify", [], "the body: it should be an object, got []"),
        ("/v1/verify", {"cases": [{"response": "a"}]}, "cases[0]: field 'constraints' is missing"),
        (
            "/v1/verify",
            {"cases": [{"response": "a", "constraints": [POLITE]}]},
            "soft:tone needs a judge: start this server with --judge, or set VERIF_JUDGE",
        ),
        (
            "/v1/judge",
            {"questions": [question]},
            "/v1/judge needs a judge: start this server with",
        ),
        (
            "/v1/judge",
            {"questions": [{**question, "respons": "a"}]},
            "the body: unknown field 'questions.0.respons', did you mean 'response'?",
        ),
        ("/v1/judge", {"questions": "?"}, "the body: field 'questions' should be an array, got \"?\""),
        (
            "/get_reward",
            {"query": [1], "prompts": [], "labels": []},
            "the body: field 'query.0' should be",
        ),
        ("/get_reward", 7, "the body: it should be an object, got 7"),
        ("/verify", [1], "the body: it should be an object, got [1]"),
        ("/verify", b"", "the body: it is missing"),
    ]
    for path, body, sentence in wrong:
        status, reply = call(server, path, body)
        assert status == (503 if "needs a judge" in sentence else 422), (path, body, reply)
        assert reply["error"]["message"].startswith(sentence), (path, body, reply)


def test_a_token_is_asked_for_where_there_is_one(start: Start) -> None:
    server = start(VERIF_SERVER_TOKEN="hush")
    for token in (None, "hus", "hush!"):
        status, reply = call(server, "/v1/verify", {"cases": []}, token)
        assert (status, reply) == (401, {"error": {"message": "the bearer token is missing or wrong"}})
    assert call(server, "/v1/verify", {"cases": []}, "hush") == (200, {"results": []})
    assert call(server, "/metrics")[0] == 401
    assert call(server, "/healthz")[0] == 200
    assert "hush" not in server.log.read_text()


def test_a_public_address_without_a_token_is_refused() -> None:
    with pytest.raises(InvalidSpec, match="set VERIF_SERVER_TOKEN"):
        Settings(host="0.0.0.0", token=None)
    assert Settings(host="0.0.0.0", token="hush").token == "hush"
    for host in ("127.0.0.1", "localhost", "::1"):
        assert Settings(host=host, token=None).host == host
    from verif_sdk.cli import app

    done = CliRunner().invoke(app, ["serve", "--host", "0.0.0.0"], env={"VERIF_SERVER_TOKEN": ""})
    assert isinstance(done.exception, InvalidSpec)


def test_a_body_that_is_too_large_is_refused_declared_or_not(start: Start) -> None:
    server = start("--largest", "1")
    large = {"cases": [{"response": "a" * (2 << 20), "constraints": [WORDS]}]}
    status, reply = call(server, "/v1/verify", large)
    assert (status, reply["error"]["message"]) == (413, "the body is larger than 1048576 bytes")

    async def in_pieces() -> int:
        import aiohttp

        async def pieces() -> Any:
            for _ in range(64):
                yield b"x" * 65_536

        async with aiohttp.ClientSession() as session:
            try:
                async with session.post(f"{server.address}/v1/verify", data=pieces()) as reply:
                    return reply.status
            except aiohttp.ClientError:  # it hung up while we were still sending
                return 413

    assert asyncio.run(in_pieces()) == 413
    assert call(server, "/healthz")[0] == 200


def test_the_judge_is_shared_by_clients_and_dead_servers_are_undecided(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = start("--judge", f"hf:{CHECKPOINT}", VERIF_SERVER_TOKEN="hush")
    monkeypatch.setenv("VERIF_SERVER_TOKEN", "hush")
    polite = "Thank you very much for your question about the wonderful hotel."
    results = [verify(polite, POLITE, judge=f"server:{server.address}") for _ in range(3)]
    assert [result.reward for result in results] == [1.0] * 3
    assert results[0].verdicts[0].decided_by.startswith("hf:")
    assert results[0].usage.prompt_tokens > 0
    monkeypatch.setenv("VERIF_SERVER_TOKEN", "wrong")
    (error,) = verify(polite, POLITE, judge=f"server:{server.address}").errors
    assert error.startswith("HTTP 401")
    (error,) = verify(polite, POLITE, judge="server:http://127.0.0.1:9?retries=1").errors
    assert error.startswith("no connection to http://127.0.0.1:9")
    with pytest.raises(InvalidSpec, match="server:http://host:port"):
        verify(polite, POLITE, judge="server:127.0.0.1:9")


def test_openrlhf_and_nemo_gym_get_their_dialects(start: Start) -> None:
    server = start("--undecided", "-1")
    query = {"query": ["p one"], "prompts": ["p "], "labels": [json.dumps(WORDS)]}
    status, reply = call(server, "/get_reward", query)
    assert (status, reply["rewards"], reply["scores"], reply["extra_logs"]["verif_undecided"]) == (
        200,
        1.0,
        1.0,
        0.0,
    )
    several = {name: values * 2 for name, values in query.items()}
    assert call(server, "/get_reward", several)[1]["rewards"] == [1.0, 1.0]
    assert call(server, "/get_reward", {**query, "labels": []})[0] == 422

    said = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "no comma"}]}
    gym = {
        "responses_create_params": {"input": [{"role": "user", "content": "p"}]},
        "response": {"output": [{"type": "reasoning", "summary": []}, said]},
        "verifier_metadata": {"instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}], "prompt": "p"},
    }
    status, reply = call(server, "/verify", gym)
    assert (status, reply["reward"], reply["response"]) == (200, 1.0, gym["response"])
    native = {**gym, "verifier_metadata": {}, "constraints": [{"type": "length:words", "at_most": 1}]}
    assert call(server, "/verify", native)[1]["reward"] == 0.0
    broken = {**gym, "verifier_metadata": {"instruction_id_list": ["no:such"], "kwargs": [{}]}}
    assert call(server, "/verify", broken)[1]["reward"] == -1.0


def test_undecided_rewards_without_a_number_are_refused_in_words(start: Start) -> None:
    server = start()
    status, reply = call(server, "/get_reward", {"query": ["p a"], "prompts": ["p "], "labels": ["{"]})
    assert (status, "start the server with --undecided" in reply["error"]["message"]) == (503, True)
    gym = {"response": {"output": []}, "constraints": "{"}
    status, reply = call(server, "/verify", gym)
    assert (status, "not JSON" in reply["error"]["message"]) == (503, True)


def test_metrics_count_and_logs_hold_no_text(start: Start) -> None:
    server = start()
    call(server, "/v1/verify", {"cases": [{"response": "secret words here", "constraints": [WORDS]}] * 3})
    call(server, "/v1/verify", b"{")
    counted = call(server, "/metrics")[1]
    assert 'verif_requests_total{path="/v1/verify",status="200"} 1' in counted
    assert 'verif_requests_total{path="/v1/verify",status="422"} 1' in counted
    assert 'verif_results_total{outcome="failed"} 3' in counted
    log = server.log.read_text()
    assert "secret" not in log
    lines = [json.loads(line)["log"] for line in log.splitlines() if line.startswith("{")]
    assert {"method": "POST", "path": "/v1/verify", "status": 200}.items() <= lines[0].items()
    asked = start("--log-text")
    call(asked, "/v1/verify", {"cases": [{"response": "secret words", "constraints": [WORDS]}]})
    assert "secret" in asked.log.read_text()


def counted(server: Server) -> dict[str, float]:
    """Return the server's counters."""
    lines = call(server, "/metrics")[1].splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


def test_every_endpoint_counts_its_responses_and_questions(start: Start) -> None:
    server = start("--judge", f"hf:{CHECKPOINT}", "--undecided", "0")
    question = Question(prompt="p", response="Thank you.", question="Is it polite?").model_dump()
    endless = {**question, "response": "a " * 100_000}
    gym = {"response": {"output": [{"type": "message", "content": "Thank you."}]}}
    cases = [{"response": f"Thank you {name}.", "constraints": [POLITE]} for name in "ab"]
    queries = {"query": ["p Hi."] * 2, "prompts": ["p ", "q "], "labels": [json.dumps(POLITE)] * 2}
    requests: list[tuple[str, dict[str, Any], int, int, int]] = [
        ("/v1/verify", {"cases": cases}, 2, 2, 0),
        ("/v1/judge", {"questions": [question, endless]}, 0, 2, 0),
        ("/get_reward", queries, 2, 1, 1),
        ("/verify", {**gym, "constraints": [POLITE]}, 1, 1, 0),
        ("/verify", {**gym, "constraints": "{"}, 1, 0, 1),
    ]
    asked, results = "verif_judge_questions_total", "verif_results_total"
    before = counted(server)
    for path, body, rows, questions, undecided in requests:
        assert call(server, path, body)[0] == 200, path
        after = counted(server)
        grown = {name: value - before.get(name, 0) for name, value in after.items()}
        assert sum(value for name, value in grown.items() if name.startswith(results)) == rows, path
        assert grown.get(f'{asked}{{fate="asked"}}', 0) == questions, path
        assert grown.get(f'{results}{{outcome="undecided"}}', 0) == undecided, path
        assert (grown.get('verif_judge_tokens_total{kind="prompt"}', 0) > 0) == (questions > 0), path
        before = after
    assert before[f'{asked}{{fate="failed"}}'] == 1


def test_openrlhf_gets_the_same_reward_as_nemo_gym_whatever_the_environment(start: Start, tmp_path: Path) -> None:
    ours, other = tmp_path / "a.toml", tmp_path / "b.toml"
    ours.write_text('undecided = 0.0\naggregate = "mean"\n')
    other.write_text('aggregate = "all"\nshaping = [{kind = "affine", scale = 10.0}]\n')
    server = start("--config", str(ours), VERIF_REWARD=str(other))
    checks = json.dumps([WORDS, {"type": "length:words", "at_least": 2}])
    query = {"query": ["one two three"], "prompts": [""], "labels": [checks]}
    gym = {"response": {"output": [{"type": "message", "content": "one two three"}]}, "constraints": checks}
    rewards = call(server, "/get_reward", query)[1]["rewards"], call(server, "/verify", gym)[1]["reward"]
    assert rewards == (pytest.approx(5 / 6), pytest.approx(5 / 6))


def test_many_clients_get_their_own_answers_and_a_full_server_says_so(start: Start) -> None:
    server, full = start(), start("--most", "1", "--judge", f"hf:{CHECKPOINT}")

    async def ask(session: Any, address: str, constraint: dict[str, Any], n: int) -> tuple[int, Any]:
        case = {"id": str(n), "response": f"Thank you {n} " + "a " * (n % 3), "constraints": [constraint]}
        async with session.post(f"{address}/v1/verify", json={"cases": [case]}) as reply:
            return reply.status, await reply.json()

    async def all_of_them(address: str, constraint: dict[str, Any], count: int) -> list[tuple[int, Any]]:
        import aiohttp

        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as session:
            return await asyncio.gather(*(ask(session, address, constraint, n) for n in range(count)))

    answers = asyncio.run(all_of_them(server.address, {"type": "length:words", "at_most": 4}, 400))
    assert [reply["results"][0]["id"] for _, reply in answers] == [str(n) for n in range(400)]
    assert [reply["results"][0]["reward"] for _, reply in answers] == [float(n % 3 < 2) for n in range(400)]
    statuses = [status for status, _ in asyncio.run(all_of_them(full.address, POLITE, 20))]
    assert set(statuses) == {200, 429}


class Slow(FakeOpenAI):
    """Stands in for a judge that thinks until it is told to answer."""

    def __init__(self) -> None:
        super().__init__()
        self.told = threading.Event()

    def reply(self, body: dict[str, Any]) -> Any:
        self.told.wait(60)
        return super().reply(body)


def test_sigterm_under_load_loses_nothing_that_was_accepted(start: Start) -> None:
    with Slow() as judge, ThreadPoolExecutor(32) as clients:
        server = start("--judge", f"openai:m?base_url={judge.url}")
        cases = [{"response": f"Thank you {n}.", "constraints": [POLITE]} for n in range(32)]
        replies = [clients.submit(call, server, "/v1/verify", {"cases": [case]}) for case in cases]
        assert eventually(lambda: len(judge.bodies) == 32)  # all are under way, and none can be answered
        server.process.send_signal(signal.SIGTERM)
        assert eventually(lambda: not listens(server))
        assert server.process.poll() is None
        judge.told.set()
        results = [reply.result() for reply in replies]
    assert [(status, body["results"][0]["reward"]) for status, body in results] == [(200, 1.0)] * 32
    assert server.process.wait(60) == 0  # before the fixture asks again: a signal at the very end counts as one


def eventually(holds: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Return whether something holds, now or within this time."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


def listens(server: Server) -> bool:
    """Return whether the server takes new connections."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", server.port)) == 0


def test_the_judge_endpoint_answers_questions_as_the_judge_does(start: Start) -> None:
    server = start("--judge", f"hf:{CHECKPOINT}")
    question = Question(prompt="p", response="Thank you.", question="Is it polite?").model_dump()
    status, reply = call(server, "/v1/judge", {"questions": [question, question]})
    assert status == 200
    assert reply["answers"][0]["score"] == pytest.approx(reply["answers"][1]["score"])
    assert call(server, "/v1/judge", {"questions": []}) == (200, {"answers": []})
