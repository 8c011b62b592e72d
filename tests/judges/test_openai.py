"""The HTTP judge: against a real server that misbehaves on purpose, and against vLLM's own."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from verif_sdk import Answer, Question, event_loop, verify
from verif_sdk.errors import InvalidSpec, UndecidedReward
from verif_sdk.judges import http
from verif_sdk.judges.openai import OpenAIJudge
from verif_sdk.judges.openai_reply import NO_LOGPROBS
from verif_sdk.judges.prompt import PROMPT_VERSION, STATE, THINK

aiohttp = pytest.importorskip("aiohttp")
from aiohttp import web  # noqa: E402  # after the check that it is there

KEY = "sk-very-secret"
ASKED = Question(prompt="Hi?", response="Hello.", question="Is it polite?")
GOOD = {
    "choices": [
        {
            "logprobs": {
                "content": [
                    {"top_logprobs": [{"token": "Yes", "logprob": -0.1}, {"token": "no", "logprob": -2.4}]}
                ]
            }
        }
    ],
    "usage": {"prompt_tokens": 40, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 32}},
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """A real HTTP server on a free port of 127.0.0.1, in a thread of its own."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.handler: Handler = replying(GOOD)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.url = asyncio.run_coroutine_threadsafe(self._start(), self.loop).result()

    async def _start(self) -> str:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._handle)
        app.router.add_post("/v1/completions", self._handle)
        self.runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        host, port = self.runner.addresses[0][:2]
        return f"http://{host}:{port}/v1"

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.bodies.append(await request.json())
        self.keys.append(request.headers.get("Authorization"))
        return await self.handler(request)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self.runner.cleanup(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


def replying(body: object, status: int = 200, **headers: str) -> Handler:
    async def handler(_: web.Request) -> web.StreamResponse:
        text = body if isinstance(body, str) else json.dumps(body)
        return web.Response(text=text, status=status, headers=headers)

    return handler


def in_turn(*handlers: Handler) -> Handler:
    rest = list(handlers)

    async def handler(request: web.Request) -> web.StreamResponse:
        return await (rest.pop(0) if len(rest) > 1 else rest[0])(request)

    return handler


def answered(server: Server, question: Question = ASKED, **options: Any) -> Answer:
    judge = OpenAIJudge("a-model", base_url=server.url, **options)
    (answer,) = event_loop.submit(judge.answer([question])).result(timeout=60)
    return answer


def test_the_score_is_read_from_the_log_probabilities(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    answer = answered(server)
    assert (answer.choice, round(answer.score or 0, 2)) == ("yes", 0.91)
    assert (answer.prompt_tokens, answer.cached_tokens, answer.completion_tokens) == (40, 32, 1)
    assert KEY not in answer.model_dump_json()
    assert server.keys == [f"Bearer {KEY}"]
    assert server.bodies[0]["messages"][1]["content"].endswith("Answer with exactly one of: yes, no.")
    sent = {name: value for name, value in server.bodies[0].items() if name != "messages"}
    assert sent == {
        "model": "a-model",
        "temperature": 0,
        "seed": 0,
        "max_tokens": 1,
        "logprobs": True,
        "top_logprobs": 20,
    }
    assert answer.decided_by == f"openai:a-model; prompt {PROMPT_VERSION}; one token; temperature 0"


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again(server: Server, status: int) -> None:
    server.handler = in_turn(replying("busy", status), replying(GOOD))
    assert answered(server).choice == "yes"
    assert len(server.bodies) == 2


@pytest.mark.parametrize(
    ("asked_for", "waits"),
    [("", [0.25, 0.5, 1.0, 2.0]), ("0", [0.25, 0.5, 1.0, 2.0]), ("1", [1.0, 1.0, 1.0, 2.0]), ("99", [30.0] * 4)],
)
def test_tries_are_further_and_further_apart_or_as_the_server_asks(
    server: Server, monkeypatch: pytest.MonkeyPatch, asked_for: str, waits: list[float]
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(http, "asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": sleep}))
    server.handler = replying("busy", 503, **{"Retry-After": asked_for} if asked_for else {})
    assert answered(server).error == "HTTP 503: the server failed (5 tries)"
    assert waited == waits


MOVED = "the server sends us to another address, which gets no prompt and no key; name the right base_url"


@pytest.mark.parametrize(
    ("body", "status", "cause"),
    [
        ({"error": {"message": "boom"}}, 500, "HTTP 500: the server failed: boom (2 tries)"),
        ({"error": "boom"}, 501, "HTTP 501: the server failed: boom"),
        ({"error": {"message": "x" * 300}}, 505, f"HTTP 505: the server failed: {'x' * 200}"),
        ("slow down", 429, "HTTP 429: the server is over its rate limit (2 tries)"),
        ({}, 400, "HTTP 400: the server refused the request"),
        ([], 401, "HTTP 401: the server refused the key; is the right one in the environment?"),
        ({}, 403, "HTTP 403: the key may not use this model"),
        (
            {"error": {"message": "no such"}},
            404,
            "HTTP 404: the server does not know this model or address: no such",
        ),
        ({}, 413, "HTTP 413: the request is too large for the server"),
        ({"error": None}, 418, "HTTP 418: the server refused the request"),
        *[({}, status, f"HTTP {status}: {MOVED}") for status in (301, 302, 307, 308)],
        ("[" * 100_000, 400, "HTTP 400: the server refused the request"),
        ("<html>", 200, "the server's reply is not a JSON object"),
        ([], 200, "the server's reply is not a JSON object"),
        ({}, 200, NO_LOGPROBS),
        ({"choices": []}, 200, NO_LOGPROBS),
        ({"choices": [{"logprobs": None}]}, 200, NO_LOGPROBS),
    ],
)
def test_every_failure_is_an_error_in_words_and_never_a_score(
    server: Server, body: object, status: int, cause: str
) -> None:
    server.handler = replying(body, status)
    answer = answered(server, retries=1)
    assert (answer.score, answer.error) == (None, cause)
    assert len(server.bodies) == (2 if "tries" in cause else 1)


def test_an_address_without_the_version_is_named_where_chats_are_unknown(server: Server) -> None:
    url = server.url.removesuffix("/v1")
    judge = OpenAIJudge("a-model", base_url=url)
    (answer,) = event_loop.submit(judge.answer([ASKED])).result(timeout=60)
    hint = f"base_url ends in the API's version as a rule: {url}/v1"
    assert answer.error == f"HTTP 404: the server does not know this model or address; {hint}"


def test_what_is_no_address_is_said() -> None:
    judge = OpenAIJudge("a-model", base_url="nowhere")
    (answer,) = event_loop.submit(judge.answer([ASKED])).result(timeout=60)
    assert answer.error == "'nowhere' is not the address of a server"


async def _hang(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(30)
    return web.Response()


async def _broken(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


@pytest.mark.parametrize(
    ("handler", "cause"),
    [
        (replying({"error": {"message": "no key"}}, 401), "HTTP 401: the server refused the key"),
        (replying({"choices": [{"logprobs": None}]}), "no log-probabilities"),
        (_hang, "did not answer within 0.3 s"),
        (_broken, "no connection to"),
        (None, "no connection to"),
    ],
)
def test_every_failure_leaves_the_reward_none_says_why_and_is_counted(
    server: Server, handler: Handler | None, cause: str
) -> None:
    url = "http://127.0.0.1:9/v1"  # nobody listens there
    if handler is not None:
        server.handler, url = handler, server.url
    items: list[dict[str, Any]] = [{"type": "soft:tone", "tone": tone} for tone in ("polite", "friendly")]
    items.append({"type": "length:words", "at_least": 1})
    judge = f"openai:a-model?base_url={url}&retries=1&timeout=0.3"
    result = verify("Hello.", items, prompt="Hi?", judge=judge)
    assert result.reward is None
    assert result.passed is None
    assert [verdict.passed for verdict in result.verdicts] == [None, None, True]
    assert all(cause in error for error in result.errors)
    assert len(result.errors) == 2
    assert (result.usage.asked, result.usage.failed) == (2, 2)
    assert verify("Hello.", items, prompt="Hi?", judge=judge, undecided=0.0).reward == 0.0  # only when asked for
    with pytest.raises(UndecidedReward, match="is undecided: "):
        verify("Hello.", items, prompt="Hi?", judge=judge, undecided="raise")


def test_a_reply_without_any_of_the_answers_is_an_error(server: Server) -> None:
    other = {"top_logprobs": [{"token": "Well", "logprob": -0.1}]}
    server.handler = replying({"choices": [{"logprobs": {"content": [other]}}]})
    assert answered(server).error == "the judge gave none of the answers a probability: yes, no"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_server_that_sends_us_elsewhere_is_not_followed(server: Server, status: int) -> None:
    elsewhere = replying(GOOD)
    server.handler = in_turn(replying("", status, Location=f"{server.url}/chat/completions"), elsewhere)
    answer = answered(server)
    assert answer.score is None
    assert f"HTTP {status}: the server sends us to another address" in (answer.error or "")
    assert len(server.bodies) == 1


def test_a_reply_without_end_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LARGEST_REPLY", 1 << 20)
    server.handler = replying({**GOOD, "more": "x" * (2 << 20)})
    assert answered(server).error == "the server's reply is larger than 1 MiB"


def test_the_key_is_in_no_error_and_no_representation(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.handler = replying({"error": {"message": "bad key"}}, 401)
    judge = OpenAIJudge("a-model", base_url=server.url)
    (answer,) = event_loop.submit(judge.answer([ASKED])).result(timeout=60)
    assert KEY not in f"{answer} {judge!r} {vars(judge)}"


def test_no_more_requests_are_in_flight_than_allowed(server: Server) -> None:
    now, most = 0, 0

    async def counted(_: web.Request) -> web.StreamResponse:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.02)
        now -= 1
        return web.json_response(GOOD)

    server.handler = counted
    judge = OpenAIJudge("a-model", base_url=server.url, concurrency=3)
    asked = [ASKED.model_copy(update={"response": str(n)}) for n in range(20)]
    assert len(event_loop.submit(judge.answer(asked)).result(timeout=60)) == 20
    assert most == 3


def test_reasoning_is_a_request_of_its_own_before_the_verdict(server: Server) -> None:
    thought = {"choices": [{"message": {"content": "It greets. So: no [[0]]."}}]}
    server.handler = in_turn(replying(thought), replying(GOOD))
    answer = answered(server, reasoning=True)
    assert (answer.choice, answer.reasoning) == ("yes", "It greets. So: no [[0]].")
    first, second = (body["messages"] for body in server.bodies)
    assert first[-1]["content"].endswith(f"\n{THINK}")
    assert server.bodies[0]["max_tokens"] == 1024
    assert "logprobs" not in server.bodies[0]
    assert second[-2:] == [
        {"role": "assistant", "content": "It greets. So: no [[0]]."},
        {"role": "user", "content": STATE},
    ]
    assert answer.decided_by.endswith("; reasoning<=1024; temperature 0")


@pytest.mark.parametrize(
    ("message", "thought"),
    [({"content": None, "reasoning_content": "It greets."}, "It greets."), ({"content": ""}, "")],
)
def test_reasoning_in_a_field_of_its_own_or_none_at_all(
    server: Server, message: dict[str, Any], thought: str
) -> None:
    server.handler = in_turn(replying({"choices": [{"message": message}]}), replying(GOOD))
    answer = answered(server, reasoning=True, max_reasoning_tokens=9)
    assert (answer.choice, answer.reasoning) == ("yes", thought)
    assert server.bodies[0]["max_tokens"] == 9
    assert len(server.bodies[1]["messages"]) == (4 if thought else 2)


def test_the_version_of_the_server_is_part_of_what_decided(server: Server) -> None:
    server.handler = replying({**GOOD, "system_fingerprint": "fp_1"})
    assert answered(server).decided_by.startswith("openai:a-model@fp_1; ")


def test_a_tokenizer_reads_one_token_and_does_not_reason() -> None:
    with pytest.raises(InvalidSpec, match="it does not go with 'reasoning'"):
        OpenAIJudge("m", tokenizer="gpt2", reasoning=True)


def test_with_a_tokenizer_all_questions_go_in_one_request_of_token_ids(server: Server, random_model: Path) -> None:
    choices = [
        {"index": place, "logprobs": {"top_logprobs": [{" yes": yes, "no": no}]}}
        for place, yes, no in ((1, -3.0, -0.1), (0, -0.4, -1.2))
    ]
    server.handler = replying({"choices": choices})
    asked = [ASKED, ASKED.model_copy(update={"question": "Is it rude?"})]
    judge = OpenAIJudge("a-model", base_url=server.url, tokenizer=str(random_model))
    answers = event_loop.submit(judge.answer(asked)).result(timeout=60)
    assert [answer.choice for answer in answers] == ["yes", "no"]
    assert len(server.bodies) == 1
    body = server.bodies[0]
    assert [len(prompt) for prompt in body.pop("prompt")] == [answer.prompt_tokens for answer in answers]
    assert body == {"model": "a-model", "max_tokens": 1, "temperature": 0, "logprobs": 20}
    assert {answer.completion_tokens for answer in answers} == {1}
    assert all(answer.decided_by.startswith("openai:a-model; ") for answer in answers)


SECOND = {"index": 1, "logprobs": {"top_logprobs": [{"yes": -0.1}]}}


@pytest.mark.parametrize(
    ("handler", "errors"),
    [
        (replying({}, 400), ["HTTP 400: the server refused the request"] * 2),
        (replying({"choices": "none"}), [NO_LOGPROBS] * 2),
        (
            replying({"choices": [{"index": 1, "logprobs": {"top_logprobs": [{"yes": -0.1}]}}]}),
            [NO_LOGPROBS, None],
        ),
    ],
)
def test_with_a_tokenizer_a_failure_is_that_of_its_questions(
    server: Server, random_model: Path, handler: Handler, errors: list[str | None]
) -> None:
    server.handler = handler
    judge = OpenAIJudge("a-model", base_url=server.url, tokenizer=str(random_model))
    asked = [ASKED, ASKED.model_copy(update={"question": "Is it rude?"})]
    answers = event_loop.submit(judge.answer(asked)).result(timeout=60)
    assert [answer.error for answer in answers] == errors


@pytest.mark.vllm
@pytest.mark.filterwarnings("ignore")
def test_vllms_own_server_gives_the_verdicts_of_the_engine_in_process(vllm_judge: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", vllm_judge.model]
    command += [
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--enforce-eager",
        "--max-model-len",
        "1024",
        "--served-model-name",
        "tiny",
    ]
    command += ["--gpu-memory-utilization", "0.3", "--max-logprobs", "20"]
    environment = {**os.environ, "VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_LOGGING_LEVEL": "ERROR"}
    serving = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/health", serving)
        asked = [
            Question(
                prompt="Reply.", response=text, question=f"Does the response follow this requirement? {wanted}"
            )
            for text in ("Thank you very much for your question about the new train.", "Get lost, you idiot!")
            for wanted in ("Write in a polite tone.", "Write in a rude tone.")
        ]
        judge = OpenAIJudge("tiny", base_url=f"http://127.0.0.1:{port}/v1")
        over_http = event_loop.submit(judge.answer(asked)).result(timeout=120)
        in_process = event_loop.submit(vllm_judge.answer(asked)).result(timeout=120)
        assert [answer.error for answer in over_http] == [None] * 4
        assert [answer.choice for answer in over_http] == [answer.choice for answer in in_process]
        batching = OpenAIJudge("tiny", base_url=f"http://127.0.0.1:{port}/v1", tokenizer=vllm_judge.model)
        together = event_loop.submit(batching.answer(asked)).result(timeout=120)
        assert [answer.choice for answer in together] == [answer.choice for answer in in_process]
        assert [answer.prompt_tokens for answer in together] == [answer.prompt_tokens for answer in in_process]
        wrong = OpenAIJudge("other", base_url=f"http://127.0.0.1:{port}/v1")
        (answer,) = event_loop.submit(wrong.answer(asked[:1])).result(timeout=60)
        assert "HTTP 404: the server does not know this model" in (answer.error or "")
    finally:
        serving.terminate()
        serving.wait(timeout=60)


def wait_for(url: str, serving: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert serving.poll() is None, "the server ended by itself"
        try:
            urllib.request.urlopen(url, timeout=1)
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise TimeoutError(url)
