"""Data cannot name a plugin: whatever a row holds, no module of its choice is imported."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from verif_sdk import Case, InvalidSpec, Registry
from verif_sdk.plugins.known import NAMED
from verif_sdk.rewards import RewardConfig, Rollout, Scorer

MODULE = "a_module_that_data_names"
FIELDS = ("plugins", "plugin", "modules", NAMED, "import", "module")
WORDS = {"type": "length:words", "at_most": 2}


@pytest.fixture
def proof(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a module that is on Python's path leaves a mark when it is imported."""
    mark = tmp_path / "proof"
    (tmp_path / f"{MODULE}.py").write_text(f"open({str(mark)!r}, 'w').close()\n")
    monkeypatch.syspath_prepend(tmp_path)
    return mark


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [MODULE, [MODULE]])
def test_no_field_of_a_case_or_a_constraint_is_a_plugin(proof: Path, field: str, value: Any) -> None:
    for case in (
        {"response": "a", "constraints": [{**WORDS, field: value}]},
        {"response": "a", "constraints": [{"type": "logic:not", "constraint": {**WORDS, field: value}}]},
        {"response": "a", "constraints": [WORDS], field: value},
    ):
        with pytest.raises(InvalidSpec, match="unknown field"):
            Case.of(**case)
    Case.of(response="a", constraints=[WORDS], metadata={field: value})
    assert not proof.exists()


@pytest.mark.parametrize("type", [MODULE, f"{MODULE}:Words", f"{MODULE}.Words", f"{MODULE}:"])
def test_no_type_is_looked_for_in_a_module_of_its_name(proof: Path, type: str) -> None:
    with pytest.raises(InvalidSpec, match="unknown constraint type"):
        Registry.installed().parse({"type": type})
    assert not proof.exists()


@pytest.mark.parametrize("field", FIELDS)
def test_no_column_of_a_trainers_data_is_a_plugin(proof: Path, field: str) -> None:
    columns = {"constraints": json.dumps([WORDS]), field: [MODULE]}
    (scored,) = Scorer(RewardConfig()).score([Rollout("p", "a", columns)])
    assert scored.reward == 1.0
    assert not proof.exists()
    assert MODULE not in sys.modules
