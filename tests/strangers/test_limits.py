"""Constraints that are too many, too deep, too long or too large are refused, and the field is named."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from verif_sdk import Case, InvalidSpec, Registry, limits, verify
from verif_sdk.spec import distinct

WORDS = {"type": "length:words", "at_least": 1}


def nested(levels: int) -> dict[str, Any]:
    return reduce(lambda inner, _: {"type": "logic:not", "constraint": inner}, range(levels), WORDS)


TOO_MUCH: list[tuple[Any, str]] = [
    (nested(400), "nested at most 32 levels deep"),
    (nested(30_000), "nested at most 32 levels deep"),
    ([WORDS] * 257, "at most 256 constraints"),
    (
        {"type": "logic:any_of", "of": [{"type": "logic:all_of", "of": [WORDS] * 20}] * 20},
        "at most 256 constraints",
    ),
    ({"type": "keywords:include", "keywords": ["a"] * 30_000}, "at most 20,000 values"),
    (
        {"type": "soft:rubric", "items": [{"criterion": "c", "weight": 1e308}] * 2},
        r"items.0.weight.*number is finite",
    ),
    ({**WORDS, "weight": float("nan")}, "weight'.*number is finite"),
    ({**WORDS, "at_least": 10**400}, "at_least'.*number is finite"),
    ({**WORDS, "weight": 10**16}, "weight'.*number is finite"),
    ({"type": "format:template", "form": "{a}" + "b" * 200_000}, "form'.*at most 100,000 characters"),
    ({"type": "x" * 200_000}, "type'.*at most 100,000 characters"),
    ({"type": "format:json", "json_schema": {"items": nested(40)}}, "nested at most 32"),
    ("[" * 100_000, "not JSON"),
]


@pytest.mark.parametrize(("constraints", "sentence"), TOO_MUCH, ids=range(len(TOO_MUCH)))
def test_what_is_too_much_is_refused(constraints: Any, sentence: str) -> None:
    with pytest.raises(InvalidSpec, match=sentence) as refusal:
        verify("a", constraints)
    assert len(str(refusal.value)) < 1000
    if isinstance(constraints, dict):
        with pytest.raises(InvalidSpec, match=sentence):
            Registry.installed().parse(constraints)


def test_what_is_allowed_is_allowed() -> None:
    assert verify("a", nested(15)).reward in (0.0, 1.0)
    assert verify("a", [WORDS] * 256).reward == 1.0
    schema = {"properties": {f"p{n}": {"type": "string"} for n in range(300)}}
    assert verify("{}", {"type": "format:json", "json_schema": schema}).reward == 1.0
    assert verify("a", {"type": "length:characters", "at_most": limits.NUMBER}).reward == 1.0


def test_json_text_inside_a_spec_keeps_the_limits_too() -> None:
    inner = json.dumps({"type": "length:words", "at_least": 10**300})
    with pytest.raises(InvalidSpec, match="number is finite"):
        verify("a", [{"type": "logic:not", "constraint": inner}])


def test_a_loose_reading_inside_a_loose_one_is_refused() -> None:
    pytest.importorskip("verif_ifeval")
    loose = {"type": "ifeval:loose", "constraint": {"type": "ifeval:punctuation:no_comma"}}
    for inner in (loose, {"type": "logic:all_of", "of": [{"type": "logic:not", "constraint": loose}]}):
        with pytest.raises(InvalidSpec, match="loose reading inside a loose one"):
            verify("a", {"type": "ifeval:loose", "constraint": inner})


def test_keyword_arguments_of_a_row_cannot_name_another_type() -> None:
    pytest.importorskip("verif_ifeval")
    row = {"response": "a", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [WORDS]}
    with pytest.raises(InvalidSpec, match="'kwargs' has a 'type'"):
        Registry.installed().row_format("ifeval")(row)


def test_the_rows_around_a_refused_one_are_scored(tmp_path: Path) -> None:
    source, out = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    honest = json.dumps({"response": "a", "constraints": [WORDS]})
    hostile = [json.dumps({"response": "a", "constraints": one}) for one, _ in TOO_MUCH[2:]]
    hostile.append(
        '{"response": "a", "constraints": ' + '{"type": "logic:not", "constraint": ' * 5000 + "}" * 5001
    )
    source.write_text("\n".join([honest, *hostile, honest]) + "\n")
    command = [sys.executable, "-m", "verif_sdk.cli", "score", str(source), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    rewards = [json.loads(line)["reward"] for line in out.read_text().splitlines()]
    assert done.returncode == 3, done.stderr
    assert rewards == [1.0, *[None] * len(hostile), 1.0]


def test_a_case_of_the_host_is_counted_like_any_other() -> None:
    with pytest.raises(InvalidSpec, match="at most 256 constraints"):
        Case.of(response="a", constraints=[WORDS] * 300)


class Compared(str):
    """A key that counts how often it is compared with another."""

    times = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Compared.times += 1
        return str.__eq__(self, other)


def test_a_key_that_stands_twice_among_many_is_found_in_one_pass() -> None:
    keys = [Compared(number) for number in range(3000)]
    with pytest.raises(InvalidSpec, match="the key '2999' occurs twice"):
        distinct([(key, 1) for key in [*keys, Compared(2999)]])
    assert Compared.times < 10 * len(keys)
