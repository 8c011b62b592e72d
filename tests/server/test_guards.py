"""No request lets a program out of the sandbox."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Server, call

PROGRAM = (
    "import re\nre.enum.sys.modules['os'].system('touch {}')\n"
    "def check_following(instruction, response):\n    return True\n"
)


@pytest.mark.parametrize("path", ["/v1/verify", "/verify", "/get_reward"])
def test_no_endpoint_lowers_the_guard(start: Callable[..., Server], tmp_path: Path, path: str) -> None:
    proof = tmp_path / "proof"
    check = {"type": "code:python", "trusted": True, "source": PROGRAM.format(proof)}
    bodies: dict[str, Any] = {
        "/v1/verify": {"cases": [{"response": "a", "constraints": [check]}]},
        "/verify": {
            "response": {"output": [{"type": "message", "content": "a"}]},
            "constraints": [check],
            "unsandboxed": True,
        },
        "/get_reward": {"query": ["a"], "prompts": [""], "labels": [json.dumps([check])]},
    }
    call(start("--undecided", "0"), path, bodies[path])
    assert not proof.exists()


def test_a_server_whose_host_chose_it_says_so_at_start(start: Callable[..., Server], tmp_path: Path) -> None:
    proof, config = tmp_path / "proof", tmp_path / "reward.toml"
    config.write_text("unsandboxed = true\n")
    for options in (["--unsandboxed"], ["--config", str(config)]):
        server = start(*options)
        check = {"type": "code:python", "source": PROGRAM.format(proof)}
        status, reply = call(server, "/v1/verify", {"cases": [{"response": "a", "constraints": [check]}]})
        assert (status, reply["results"][0]["reward"], proof.exists()) == (200, 1.0, True)
        assert "warning: programs of the data run without a sandbox" in server.log.read_text()
        proof.unlink()
