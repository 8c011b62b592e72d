"""What types import on first use does not collide: fresh processes that begin with everything at once."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from verif_sdk import Constraint, Registry
from verif_sdk.files.scoring import WINDOW

VERIF = Path(sys.executable).with_name("verif")
RULE = "def check_following(instruction, response):\n    return 'good' in response\n"


def examples() -> Iterator[tuple[type[Constraint], Mapping[str, Any], str, bool]]:
    """Yield every example response of every type that code decides, with the parameters and the outcome."""
    for cls in Registry.installed().constraints.values():
        for example in cls.examples:
            if Registry.installed().parse({"type": cls.model_fields["type"].default, **example.params}).hard:
                yield from ((cls, example.params, response, True) for response in example.accepts)
                yield from ((cls, example.params, response, False) for response in example.rejects)


def of_benchmark(family: tuple[str, ...]) -> list[tuple[dict[str, Any], bool]]:
    """Return rows as the public benchmarks write them; an id means the first family that has it."""
    types = Registry.installed().constraints
    rows = []
    for cls, params, response, passes in examples():
        own, _, name = cls.model_fields["type"].default.partition(":")
        first = next((place for place in ("ifeval", "ifbench", "iftrain") if f"{place}:{name}" in types), None)
        if own in family and own == first and name != "loose":
            rows.append(({"instruction_id_list": [name], "kwargs": [params], "response": response}, passes))
    return rows


def training(rows: list[tuple[dict[str, Any], bool]]) -> list[tuple[dict[str, Any], bool]]:
    return [
        (
            {
                "messages": [{"role": "user", "content": "Write."}],
                "response": row["response"],
                "ground_truth": [{"instruction_id": row["instruction_id_list"], "kwargs": row["kwargs"]}],
            },
            passes,
        )
        for row, passes in rows
    ]


def native() -> list[tuple[dict[str, Any], bool]]:
    return [
        ({"response": response, "constraints": [{"type": cls.model_fields["type"].default, **params}]}, passes)
        for cls, params, response, passes in examples()
    ]


def verinstruct() -> list[tuple[dict[str, Any], bool]]:
    row = {"prompt": "Write.", "checkers": ["[rule] Be good."], "functions": [RULE]}
    return [({**row, "response": word}, word == "good") for word in ("good", "bad")]


def rows_of(name: str) -> list[tuple[dict[str, Any], bool]]:
    if name in {"native", "verinstruct"}:
        return native() if name == "native" else verinstruct()
    rows = of_benchmark(("ifeval", "ifbench", "iftrain"))
    return training(rows) if name.startswith("ifrlvr") else rows


def scored(rows: list[dict[str, Any]], name: str, folder: Path) -> list[bool | None]:
    """Return which rows pass, as the installed command finds in a process of its own."""
    source, out = folder / "rows.jsonl", folder / "out.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = list(map(str, (VERIF, "score", source, "--rows", name, "--out", out)))
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    results = [json.loads(line)["passed"] for line in out.read_text().splitlines()]
    assert len(results) == len(rows), done.stderr
    return results


@pytest.mark.parametrize("name", sorted(Registry.installed().rows))
def test_the_first_windows_of_a_fresh_process_are_scored_side_by_side(name: str, tmp_path: Path) -> None:
    shuffled = random.Random(name)
    rows = [row for _ in range(4) for row in shuffled.sample(rows_of(name), len(rows_of(name)))]
    for (row, passes), verdict in zip(rows, scored([row for row, _ in rows], name, tmp_path), strict=True):
        undecided = verdict is None and name in {"native", "verinstruct"}  # needs bubblewrap
        assert undecided or verdict == passes or (name.endswith("-loose") and verdict), row


def test_windows_that_enter_nltk_at_different_places_do_not_collide(tmp_path: Path) -> None:
    pytest.importorskip("verif_ifeval", reason="the plugin is not installed")
    first, second = (
        [{"instruction_id_list": [name], "kwargs": [params], "response": "It is here. It was there now."}] * WINDOW
        for name, params in (("ratio:stop_words", {"percentage": 100}), ("sentence:increment", {"small_n": 1}))
    )
    assert scored([*first, *second], "ifbench", tmp_path) == [True] * 2 * WINDOW


EVERY_TYPE_AT_ONCE = """
import json, sys, threading
from concurrent.futures import ThreadPoolExecutor
sys.setswitchinterval(1e-5)
rows = json.load(sys.stdin)
barrier = threading.Barrier(16)
def work(place):
    barrier.wait()
    from verif_sdk import verify
    return [verify(**row).passed for row in rows[place::16]]
with ThreadPoolExecutor(16) as pool:
    print(json.dumps(list(pool.map(work, range(16)))))
"""


def test_sixteen_threads_that_begin_together_agree_with_the_examples() -> None:
    rows = random.Random(0).sample(native(), len(native()))
    done = subprocess.run(
        [sys.executable, "-c", EVERY_TYPE_AT_ONCE],
        input=json.dumps([row for row, _ in rows]),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for place, verdicts in enumerate(json.loads(done.stdout)):
        for (row, passes), verdict in zip(rows[place::16], verdicts, strict=True):
            assert verdict in {passes, None}, row
