"""The transformers judge with a real model: right and wrong answers, the same in any batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.tiny_judge import CHECKPOINT
from verif_sdk import Question, event_loop, verify
from verif_sdk.judges.hf import HfJudge

pytest.importorskip("transformers")
TONE = {"type": "soft:tone", "tone": "polite"}


def test_its_verdicts_are_right() -> None:
    judge = HfJudge(str(CHECKPOINT))
    polite = verify(
        "Thank you very much for your question about the lovely soup.", TONE, prompt="Reply.", judge=judge
    )
    rude = verify("Who cares about the awful soup, you idiot?", TONE, prompt="Reply.", judge=judge)
    assert (polite.reward, rude.reward) == (1.0, 0.0)
    assert "hf:" in polite.verdicts[0].decided_by


def test_an_answer_is_the_same_alone_and_in_any_batch(random_model: Path) -> None:
    asked = [Question(prompt=None, response="word " * n, question="Is it long?") for n in range(1, 20)]
    for size in (1, 5, 19):
        judge = HfJudge(str(random_model), batch_size=size, least_mass=0)
        scores = [answer.score for answer in event_loop.submit(judge.answer(asked)).result(timeout=60)]
        alone = HfJudge(str(random_model), least_mass=0)
        found = [answer.score for answer in event_loop.submit(alone.answer(asked)).result(timeout=60)]
        assert scores == pytest.approx(found, abs=1e-4)


def test_a_question_longer_than_the_context_fails_alone(random_model: Path) -> None:
    asked = [Question(prompt=None, response=text, question="Is it long?") for text in ("a", "a " * 5000, "b")]
    answers = event_loop.submit(HfJudge(str(random_model), least_mass=0).answer(asked)).result(timeout=60)
    assert [answer.error is None for answer in answers] == [True, False, True]
    assert "the judge's context holds 2048" in (answers[1].error or "")
