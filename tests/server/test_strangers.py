"""Every endpoint that takes a body, as the server's own document lists them, answers hostile JSON in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .conftest import Server, call

MARK = "/tmp/strangers-mark"
PLUGIN = "a_module_that_a_request_names"
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
        "verifier_metadata": {
            "constraints": constraints,
            "judge": MARK,
            "rows": MARK,
            "unsandboxed": True,
            "plugins": [PLUGIN],
        },
        "constraints": constraints,
        "instruction_id_list": constraints,
        "kwargs": constraints,
        "questions": [{"response": "a", "question": MARK, "judge": MARK}],
        "judge": f"vllm:{MARK}",
        "config": MARK,
        "plugins": [PLUGIN],
        "plugin": PLUGIN,
    }


def test_no_endpoint_fails_on_hostile_json(start: Callable[..., Server], tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    (tmp_path / f"{PLUGIN}.py").write_text(f"open({str(proof)!r}, 'w').close()\n")
    server = start("--undecided", "0", PYTHONPATH=str(tmp_path))
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
    assert not proof.exists(), "a request named a plugin"


def test_a_server_uses_the_modules_that_its_host_names(start: Callable[..., Server], tmp_path: Path) -> None:
    (tmp_path / "served_types.py").write_text(
        "from typing import Literal\nfrom verif_sdk import Check, hookimpl\n"
        "class Calm(Check):\n    'No exclamation mark.'\n"
        "    type: Literal['served:calm'] = 'served:calm'\n    template = 'Be calm.'\n"
        "    def check(self, text):\n        return self.verdict('!' not in text.raw)\n"
        "@hookimpl\ndef verif_constraints():\n    return [Calm]\n"
    )
    server = start("--undecided", "0", PYTHONPATH=str(tmp_path), VERIF_SDK_PLUGINS="served_types")
    cases = [{"response": response, "constraints": {"type": "served:calm"}} for response in ("a", "a!")]
    status, reply = call(server, "/v1/verify", {"cases": cases})
    assert (status, [result["reward"] for result in reply["results"]]) == (200, [1.0, 0.0])


def _fields(document: dict[str, Any], path: str) -> list[str]:
    schema = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return [*schema.get("properties", {})]
