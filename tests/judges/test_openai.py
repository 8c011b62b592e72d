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
from typing import Any

import pytest

from verif_sdk import Answer, Question, event_loop, verify
from verif_sdk.errors import UndecidedReward
from verif_sdk.judges import http
from verif_sdk.judges.openai import OpenAIJudge

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
    assert (server.bodies[0]["temperature"], server.bodies[0]["max_tokens"]) == (0, 1)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_failure_is_tried_again(server: Server, status: int) -> None:
    server.handler = in_turn(replying("busy", status), replying(GOOD))
    assert answered(server).choice == "yes"
    assert len(server.bodies) == 2


@pytest.mark.parametrize(
    ("handler", "cause"),
    [
        (replying({"error": {"message": "boom"}}, 500), "HTTP 500: the server failed: boom (2 tries)"),
        (replying("slow down", 429), "HTTP 429: the server is over its rate limit (2 tries)"),
        (replying({"error": {"message": "no key"}}, 401), "HTTP 401: the server refused the key"),
        (replying({"error": {"message": "no such model"}}, 404), "HTTP 404: the server does not know this model"),
        (replying({"error": {"message": "context is 10 tokens"}}, 400), "context is 10 tokens"),
        (replying("<html>"), "the server's reply is not a JSON object"),
        (replying([]), "the server's reply is not a JSON object"),
        (replying({}), "no log-probabilities of the first token"),
        (replying({"choices": []}), "no log-probabilities of the first token"),
        (replying({"choices": [{"logprobs": None}]}), "no log-probabilities of the first token"),
    ],
)
def test_every_failure_is_an_error_in_words_and_never_a_score(
    server: Server, handler: Handler, cause: str
) -> None:
    server.handler = handler
    answer = answered(server, retries=1)
    assert answer.score is None
    assert cause in (answer.error or "")


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
        (replying({"error": {"message": "boom"}}, 500), "HTTP 500"),
        (replying("slow down", 429), "HTTP 429"),
        (replying({"error": {"message": "no key"}}, 401), "HTTP 401: the server refused the key"),
        (replying({"error": {"message": "no such model"}}, 404), "HTTP 404: the server does not know this model"),
        (replying({"error": {"message": "context is 10 tokens"}}, 400), "context is 10 tokens"),
        (replying("<html>"), "not a JSON object"),
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


def test_a_hanging_server_is_given_up(server: Server) -> None:
    async def hang(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    server.handler = hang
    assert answered(server, timeout=0.3).error == "the server did not answer within 0.3 s"


def test_no_server_is_an_error_that_names_the_address() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    judge = OpenAIJudge("a-model", base_url=url, retries=0)
    (answer,) = event_loop.submit(judge.answer([ASKED])).result(timeout=60)
    assert f"no connection to {url}" in (answer.error or "")


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
    assert server.bodies[1]["messages"][-2] == {"role": "assistant", "content": "It greets. So: no [[0]]."}


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
    assert [len(prompt) for prompt in server.bodies[0]["prompt"]] == [answer.prompt_tokens for answer in answers]


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
