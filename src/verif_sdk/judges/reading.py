"""How a verdict is read: from the probabilities of the allowed answers, never from text."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp

from verif_sdk.question import Answer, Question

SPELLINGS = ("{}", " {}")
"""The forms in which a model may begin an answer; each also with a capital and in capitals."""


def spellings(answer: str) -> list[str]:
    """Return the spellings that count as `answer`, the plain one first."""
    cases = dict.fromkeys((answer, answer.capitalize(), answer.upper()))
    return [form.format(case) for case in cases for form in SPELLINGS]


def read(question: Question, logprobs: Mapping[str, list[float]]) -> Answer:
    """Return the answer that the model's probabilities amount to.

    Args:
        question: with its answers and their scores.
        logprobs: for each answer the natural log-probabilities of its spellings, as far as known.

    The score is the expectation of the answers' scores over the probability of the answers; the
    rest of the model's probability is left out of it and reported as `1 - mass`.
    Source: the expectation over score tokens is that of Self-J and of G-Eval (arXiv 2303.16634).
    """
    masses = {answer: sum(exp(value) for value in logprobs.get(answer, ())) for answer, _ in question.answers}
    total = sum(masses.values())
    if total <= 0:
        listed = ", ".join(masses)
        return Answer(error=f"the judge gave none of the answers a probability: {listed}")
    score = sum(masses[answer] * value for answer, value in question.answers) / total
    choice = max(masses, key=lambda answer: masses[answer])
    return Answer(score=min(1.0, max(0.0, score)), choice=choice, mass=min(1.0, total))
