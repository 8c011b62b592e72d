"""Every example that the catalogue shows holds: accepted responses pass, rejected ones fail with a reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.decidable import TYPES
from verif_sdk import Example, Registry, Text


def examples(*, accepted: bool) -> Iterator[object]:
    for name, cls in TYPES.items():
        for number, example in enumerate(cls.examples):
            for response in example.accepts if accepted else example.rejects:
                if Registry.installed().parse({"type": name, **example.params}).hard:
                    yield pytest.param(name, example, response, id=f"{name}-{number}-{response[:30]!r}")


def decided(name: str, example: Example, response: str) -> tuple[bool | None, float | None, str]:
    text = Text(response, prompt=example.prompt, reference=example.reference)
    verdict = Registry.installed().parse({"type": name, **example.params}).decide(text)
    return verdict.passed, verdict.score, verdict.reason or verdict.error or ""


@pytest.mark.parametrize(("name", "example", "response"), list(examples(accepted=True)))
def test_accepted_responses_pass(name: str, example: Example, response: str) -> None:
    passed, score, reason = decided(name, example, response)
    assert passed is True, reason
    assert score == 1.0


@pytest.mark.parametrize(("name", "example", "response"), list(examples(accepted=False)))
def test_rejected_responses_fail_with_a_reason(name: str, example: Example, response: str) -> None:
    passed, score, reason = decided(name, example, response)
    assert passed is False, reason
    assert score is not None
    assert score < 1.0
    assert reason


@pytest.mark.parametrize("name", TYPES)
def test_every_type_shows_accepted_and_rejected_responses(name: str) -> None:
    examples = TYPES[name].examples
    assert examples
    assert all(example.accepts and example.rejects for example in examples)
    for example in examples:
        assert Registry.installed().parse({"type": name, **example.params}).instruction().strip()
