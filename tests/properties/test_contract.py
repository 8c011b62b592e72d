"""Every registered type, native or of a plugin, keeps the contract on any text, hostile ones included."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.decidable import TYPES
from verif_sdk import Constraint, Registry, Text
from verif_sdk.testing import assert_contract


@pytest.mark.parametrize("name", TYPES)
def test_every_type_keeps_the_contract(name: str) -> None:
    assert_contract(TYPES[name])


@pytest.mark.parametrize("name", TYPES)
def test_every_example_shows_accepted_and_rejected_responses(name: str) -> None:
    assert all(example.accepts and example.rejects for example in TYPES[name].examples)


HOSTILE = """
import sys
from verif_sdk import Registry
from verif_sdk.testing import assert_survives
for name in sys.argv[1:]:
    cls = Registry.installed().constraints[name]
    for example in cls.examples:
        assert_survives(Registry.installed().parse({"type": name, **example.params}))
    print(name, flush=True)
"""


@pytest.mark.parametrize("name", [name for name in TYPES if TYPES[name].provider.startswith("verif-sdk ")])
def test_a_response_of_invisible_characters_fails_every_native_type(name: str) -> None:
    constraint = Registry.installed().parse({"type": name, **TYPES[name].examples[0].params})
    assert constraint.decide(Text("\u200b\ufeff"), []).passed is False


@pytest.mark.parametrize("family", sorted({name.partition(":")[0] for name in TYPES}))
def test_hostile_responses_end_in_a_verdict(family: str) -> None:
    names = [name for name in TYPES if name.startswith(f"{family}:")]
    # A process of its own, so that a check that hangs ends here and is named by what was not printed.
    done = subprocess.run(
        [sys.executable, "-c", HOSTILE, *names], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == names


@pytest.mark.parametrize("name", TYPES)
def test_a_constraint_is_frozen(name: str) -> None:
    constraint: Constraint = Registry.installed().parse({"type": name, **TYPES[name].examples[0].params})
    with pytest.raises(ValueError, match="frozen"):
        constraint.weight = 2.0  # type: ignore[misc]  # what the test is about
