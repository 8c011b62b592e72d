"""Every endpoint that takes a body, as the server's own document lists them, answers hostile JSON in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .conftest import Server, call

MARK = "/tmp/strangers-mark"
DEEP = '{"type": "logic:not", "constraint": ' * 300 + '{"type": "length:words", "at_least": 1}' + "}" * 300
CONSTRAINTS: tuple[Any, ...] = (
    [{"type": "code:python", "source": "def check_following(i, r): return True", "trusted": True}],
    [{"type": "length:words", "at_least": 10**400}],
    [{"type": "format:regex", "pattern": "(?R)"}],
    [{"type": "format:json", "json_schema": {"$ref": f"file://{MARK}"}}],
    [{"type": "soft:tone", "tone": "polite", "judge": f"vllm:{MARK}"}],
    json.loads(DEEP),
    [{"type": "length:words", "at_least": 1}] * 1000,
    DEEP,
    {"type": "\x1b[2J\u202e"},
)


def bodies(constraints: Any) -> dict[str, Any]:
    """Return one body with the fields of every dialect, so that it fits whatever the endpoint is."""
    return {
        "cases": [{"response": "a", "constraints": constraints}],
        "query": ["a"],
        "prompts": [""],
        "labels": [json.dumps(constraints)],
        "response": {"output": [{"type": "message", "content": "a"}]},
        "verifier_metadata": {"constraints": constraints, "judge": MARK, "rows": MARK, "unsandboxed": True},
        "constraints": constraints,
        "instruction_id_list": constraints,
        "kwargs": constraints,
        "questions": [{"response": "a", "question": MARK, "judge": MARK}],
        "judge": f"vllm:{MARK}",
        "config": MARK,
    }


def test_no_endpoint_fails_on_hostile_json(start: Callable[..., Server]) -> None:
    server = start("--undecided", "0")
    _, document = call(server, "/openapi.json")
    fields = {
        path: set(_fields(document, path)) for path, methods in document["paths"].items() if "post" in methods
    }
    assert {"/v1/verify", "/verify", "/get_reward", "/v1/judge"} <= set(fields)
    for path, known in fields.items():
        for constraints in CONSTRAINTS:
            whole = bodies(constraints)
            for body in (whole, {name: whole[name] for name in whole if not known or name in known}):
                status, reply = call(server, path, body)
                assert status in (200, 413, 422, 503), (path, status, reply)
                assert status != 503 or "judge" in reply["error"]["message"], (path, reply)
    assert call(server, "/healthz")[0] == 200


def _fields(document: dict[str, Any], path: str) -> list[str]:
    schema = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return [*schema.get("properties", {})]
