"""What a stranger's JSON can make every registered type and row format do, plugins' too: nothing but decide."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from verif_sdk import Case, InvalidSpec, Registry

REGISTRY = Registry.installed()
TYPES = REGISTRY.constraints
HOST = ("judge", "path", "file", "url", "base_url", "plugin", "cache", "calibration", "env", "timeout", "provider")
"""What only the host names, and what a constraint has as a class and not as a field."""
MARK = "strangers-mark"
VALUES: tuple[Any, ...] = (
    f"/tmp/{MARK}",
    f"file:///{MARK}",
    f"http://127.0.0.1:9/{MARK}",
    f"vllm:{MARK}",
    f"{{0.__class__}}{MARK}",
    f"%s%n{MARK}",
    f"__import__('os').system('{MARK}')",
    "",
    "\x00\ud800",
    -1,
    10**14,
    1e-320,
    True,
    [],
    [[[[]]]],
    {},
    {"$ref": f"http://127.0.0.1:9/{MARK}"},
    {"type": "length:words", "at_least": 1},
)
WATCHED = """
import json, sys
from verif_sdk import InvalidSpec, Registry, Text
from verif_sdk.verdict import Verdict

MARK, seen = sys.argv[1], []

def watch(event, args):
    outside = event.split(".")[0] in ("socket", "subprocess", "os", "shutil", "ctypes", "urllib", "http")
    if (outside or event in ("open", "import", "exec", "compile")) and MARK in repr(args):
        seen.append((event, repr(args)[:200]))

parse, text = Registry.installed().parse, Text("One. Two [a] *b*.\\n\\n- c", prompt="p", reference="r")
sys.addaudithook(watch)
decided = 0
for line in sys.stdin:
    spec = json.loads(line)
    try:
        constraint = parse(spec)
    except InvalidSpec:
        continue
    verdict = constraint.decide(text, [None] * len(constraint.questions(text)))
    assert isinstance(verdict, Verdict), spec
    assert constraint.instruction() is not None
    decided += 1
print(json.dumps([decided, seen]))
"""


def changed(value: Any, replacement: Any) -> Iterator[Any]:
    """Yield `value` with each of its leaves, one at a time, replaced."""
    if isinstance(value, dict) and value:
        for name, part in value.items():
            if name != "type":
                yield from ({**value, name: other} for other in changed(part, replacement))
    elif isinstance(value, (list, tuple)) and value:
        for place, part in enumerate(value):
            yield from ([*value[:place], other, *value[place + 1 :]] for other in changed(part, replacement))
    else:
        yield replacement


def specs(name: str) -> Iterator[dict[str, Any]]:
    """Yield the examples of a type, as they are and with hostile values in the place of each parameter."""
    for example in TYPES[name].examples:
        spec = {"type": name, **example.params}
        yield spec
        yield from (other for value in VALUES for other in changed(spec, value) if isinstance(other, dict))


@pytest.mark.parametrize("family", sorted({name.partition(":")[0] for name in TYPES}))
def test_hostile_parameters_are_refused_or_decided_and_touch_nothing_outside(family: str) -> None:
    names = [name for name in TYPES if name.startswith(f"{family}:") and name != "code:python"]
    if not names:
        pytest.skip("programs have tests of their own, in tests/sandbox")
    lines = "".join(json.dumps(spec) + "\n" for name in names for spec in specs(name))
    command = [sys.executable, "-c", WATCHED, MARK]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    decided, seen = json.loads(done.stdout)
    assert decided >= len(names)
    assert seen == []


@pytest.mark.parametrize("name", TYPES)
def test_no_type_has_a_field_for_what_the_host_decides(name: str) -> None:
    spec = {"type": name, **TYPES[name].examples[0].params}
    for field in HOST:
        with pytest.raises(InvalidSpec):
            REGISTRY.parse({**spec, field: f"/tmp/{MARK}"})


FIELDS = (
    "response", "prompt", "messages", "constraints", "id", "key", "reference", "metadata", "instruction_id_list",
    "kwargs", "ground_truth", "checkers", "functions", "reward_model",
)  # fmt: skip


@pytest.mark.parametrize("name", REGISTRY.rows)
def test_a_hostile_row_is_refused_or_read(name: str) -> None:
    read = REGISTRY.row_format(name)
    for values in (VALUES, [json.dumps(value) for value in VALUES], [[value] for value in VALUES]):
        for value in values:
            rest: Any
            for rest in ("a", [], None):
                for field in FIELDS:
                    row = {**dict.fromkeys(FIELDS, rest), field: value}
                    with suppress(InvalidSpec):
                        assert isinstance(read(row), Case)
