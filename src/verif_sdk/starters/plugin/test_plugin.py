"""The types keep the contract that verif_sdk relies on, and data can name them."""

from __future__ import annotations

import pytest
from acme import Questions, Voice

from verif_sdk import Constraint, verify
from verif_sdk.testing import ScriptedJudge, assert_contract


@pytest.mark.parametrize("cls", [Questions, Voice])
def test_the_contract(cls: type[Constraint]) -> None:
    assert_contract(cls)


def test_data_names_the_check() -> None:
    one = {"type": "acme:questions", "at_most": 1}
    assert verify("Why not?", one).passed is True
    assert verify("Really? Why?", one).passed is False


def test_a_judge_decides_the_voice() -> None:
    dry = {"type": "acme:voice", "voice": "dry"}
    assert verify("It rains.", dry, judge=ScriptedJudge(lambda question: 0.9)).passed is True
    assert verify("Hooray!", dry, judge=ScriptedJudge(lambda question: 0.1)).passed is False
