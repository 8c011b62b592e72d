"""The types keep the contract that verif_sdk relies on, and data can name them."""

from __future__ import annotations

import pytest
from acme import Questions, Voice

from verif_sdk import Constraint, verify
from verif_sdk.testing import assert_contract


@pytest.mark.parametrize("cls", [Questions, Voice])
def test_the_contract(cls: type[Constraint]) -> None:
    assert_contract(cls)


def test_data_names_the_check() -> None:
    one = {"type": "acme:questions", "at_most": 1}
    assert verify("Why not?", one).passed is True
    assert verify("Really? Why?", one).passed is False
