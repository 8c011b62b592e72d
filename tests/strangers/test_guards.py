"""Data cannot lower a guard: no field of a row, at any depth, lets a program out of the sandbox."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from verif_sdk import Case, InvalidSpec, Registry
from verif_sdk.rewards import RewardConfig, Rollout, Scorer

TYPES = Registry.installed().constraints
GUARDS = ("trusted", "unsandboxed")


def verif(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from verif_sdk.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def escaping(proof: Path, **fields: Any) -> dict[str, Any]:
    """Return a program that leaves a proof on the host when nothing holds it back."""
    source = (
        "import re\n"
        f"re.enum.sys.modules['os'].system('touch {proof}')\n"
        "def check_following(instruction, response):\n    return True\n"
    )
    return {"type": "code:python", "source": source, **fields}


def guarded(spec: dict[str, Any], guard: str) -> Iterator[dict[str, Any]]:
    """Yield `spec` with the field `guard` in itself, and in each constraint inside it."""
    yield {**spec, guard: True}
    for name, value in spec.items():
        if isinstance(value, dict) and "type" in value:
            yield from ({**spec, name: inner} for inner in guarded(value, guard))
        elif isinstance(value, (list, tuple)):
            for place, item in enumerate(value):
                if isinstance(item, dict) and "type" in item:
                    rest = [*value[:place]], [*value[place + 1 :]]
                    yield from ({**spec, name: [*rest[0], inner, *rest[1]]} for inner in guarded(item, guard))


@pytest.mark.parametrize("name", TYPES)
def test_every_type_refuses_the_fields_by_name_at_every_depth(name: str) -> None:
    for example in TYPES[name].examples:
        for guard in GUARDS:
            for spec in guarded({"type": name, **example.params}, guard):
                with pytest.raises(InvalidSpec, match=rf"{guard}.*choose it for your own process"):
                    Registry.installed().parse(spec)


def test_a_scored_row_that_asks_for_the_host_is_refused_and_its_neighbours_are_scored(tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    honest = {"response": "a b", "constraints": [{"type": "length:words", "at_most": 2}]}
    hostile = [
        escaping(proof, trusted=True),
        escaping(proof, trusted="true"),
        {"type": "logic:all_of", "of": [{"type": "logic:not", "constraint": escaping(proof, trusted=True)}]},
    ]
    rows: list[dict[str, Any]] = [honest, *({"response": "a", "constraints": [one]} for one in hostile), honest]
    rows.insert(2, {"response": "a", "constraints": [escaping(proof)], "unsandboxed": True})
    source, out = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert verif("score", str(source), "--out", str(out)).returncode == 3
    scored = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["reward"] for row in scored] == [1.0, None, None, None, None, 1.0]
    assert all("data does not choose how its programs run" in row["error"] for row in scored[1:5])
    assert not proof.exists()
    checked = verif("check-dataset", str(source), "--json")
    assert checked.returncode == 1
    assert [json.loads(line)["line"] for line in checked.stdout.splitlines()] == [2, 3, 4, 5]


@pytest.mark.parametrize("guard", GUARDS)
def test_a_trainers_column_cannot_ask_for_the_host(tmp_path: Path, guard: str) -> None:
    proof = tmp_path / "proof"
    columns = {"constraints": json.dumps([escaping(proof, **{guard: True})]), guard: True}
    (scored,) = Scorer(RewardConfig()).score([Rollout("p", "a", columns)])
    assert scored.reward is None
    assert guard in scored.causes[0]
    assert not proof.exists()


def test_the_host_may_choose_it_and_is_warned(tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    done = verif("verify", "a", "-c", json.dumps(escaping(proof)), "--unsandboxed")
    assert (done.returncode, proof.exists()) == (0, True), done.stderr
    assert "warning: programs of the data run without a sandbox" in done.stderr
    proof.unlink()
    config = RewardConfig(unsandboxed=True)
    (scored,) = Scorer(config).score([Rollout("p", "a", {"constraints": escaping(proof)})])
    assert (scored.reward, proof.exists()) == (1.0, True)


def test_a_field_of_a_row_named_like_an_argument_of_ours_is_an_unknown_field() -> None:
    with pytest.raises(InvalidSpec, match="unknown field 'cls'"):
        Case.of(response="a", constraints={"type": "length:words", "at_most": 2}, cls=1)
