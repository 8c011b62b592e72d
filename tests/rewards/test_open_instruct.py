"""open-instruct's verifier class, on a stand-in for its base classes: open-instruct is on no package index."""

from __future__ import annotations

import asyncio
import dataclasses
import importlib
import json
import pickle
import sys
from types import ModuleType
from typing import Any

import pytest

from verif_sdk import UndecidedReward

WORDS = json.dumps([{"type": "length:words", "at_most": 2}])


@dataclasses.dataclass
class VerificationResult:
    """As in open_instruct/ground_truth_utils.py."""

    score: float
    cost: float = 0.0
    reasoning: str | None = None


class VerifierFunction:
    """As in open_instruct/ground_truth_utils.py."""

    def __init__(self, name: str, weight: float = 1.0, verifier_config: Any = None) -> None:
        self.name, self.weight, self.verifier_config = name, weight, verifier_config


@pytest.fixture
def verifier(monkeypatch: pytest.MonkeyPatch) -> Any:
    package, module = ModuleType("open_instruct"), ModuleType("open_instruct.ground_truth_utils")
    module.VerificationResult, module.VerifierFunction = VerificationResult, VerifierFunction  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "open_instruct", package)
    monkeypatch.setitem(sys.modules, "open_instruct.ground_truth_utils", module)
    monkeypatch.delitem(sys.modules, "verif_sdk.rewards.open_instruct", raising=False)
    made = importlib.import_module("verif_sdk.rewards.open_instruct")
    assert made.VerifVerifier in VerifierFunction.__subclasses__()
    return made.VerifVerifier()


def test_on_a_stand_in_predictions_get_scores_in_both_forms(verifier: Any) -> None:
    assert verifier.name == "verif"
    assert verifier([1, 2], "one two", WORDS, "p").score == 1.0
    result = asyncio.run(verifier.async_call([1], "one two three", WORDS))
    assert (result.score, "length:words" in result.reasoning) == (0.0, True)
    assert verifier([1], "<think>many words in here</think>one two", WORDS).score == 1.0
    assert pickle.loads(pickle.dumps(verifier))([1], "one", WORDS).score == 1.0


def test_on_a_stand_in_an_undecided_reward_is_an_error(verifier: Any) -> None:
    with pytest.raises(UndecidedReward, match="not JSON"):
        verifier([1], "one", "{")
