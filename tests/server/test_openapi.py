"""Whatever fits the server's OpenAPI document, or does not, gets an answer that is no server error."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the server's packages are not installed")
pytest.importorskip("schemathesis", reason="schemathesis is not installed")

import schemathesis
from hypothesis import HealthCheck, settings

from verif_sdk.rewards.config import RewardConfig
from verif_sdk.server.app import make
from verif_sdk.server.settings import Settings

pytestmark = pytest.mark.filterwarnings("ignore")  # schemathesis's own
application = make(Settings(reward=RewardConfig(undecided=0.0)))
LOCAL = {"Host": "localhost"}
schema = schemathesis.openapi.from_asgi("/openapi.json", application, headers=LOCAL)


@schema.parametrize()
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_no_request_is_a_server_error(case: Any) -> None:
    answer = case.call(headers=LOCAL)
    # Without a judge the judge's endpoint has nobody to ask, and says so.
    allowed = answer.status_code == 503 and "judge" in answer.text
    assert answer.status_code < 500 or allowed, (answer.status_code, answer.text[:300])


def test_the_document_names_every_endpoint() -> None:
    import json

    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/openapi.json", "headers": [], "query_string": b""}
    asyncio.run(application({**scope, "root_path": "", "scheme": "http", "server": ("x", 80)}, receive, send))
    document = json.loads(sent[1]["body"])
    paths = {"/", "/v1/verify", "/v1/judge", "/get_reward", "/verify", "/healthz", "/readyz", "/metrics"}
    assert paths == set(document["paths"])
