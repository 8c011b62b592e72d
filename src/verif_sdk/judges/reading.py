"""How a verdict is read: from the probabilities of the allowed answers, never from text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, isnan

from verif_sdk.question import Answer, Question

SPELLINGS = ("{}", " {}")
"""The forms in which a model may begin an answer; each also with a capital and in capitals."""


LEAST_MASS = 0.5
"""The least probability that a judge must give to the listed answers together: below one half it would rather have
said something else."""

_ROUNDING = 1e-3  # by which a log-probability may lie above 0, in half precision


def spellings(answer: str) -> list[str]:
    """Return the spellings that count as `answer`, the plain one first."""
    cases = dict.fromkeys((answer, answer.capitalize(), answer.upper()))
    return [form.format(case) for case in cases for form in SPELLINGS]


def read(question: Question, logprobs: Mapping[str, list[float]], least_mass: float = LEAST_MASS) -> Answer:
    """Return the answer that the model's probabilities express, or an error if they express none.

    Args:
        question: the question, with its answers and their scores.
        logprobs: for each answer, the known natural log-probabilities of its spellings.
        least_mass: the probability, in [0, 1], that the answers need together.

    The score is the expected score under the probabilities of the answers; the rest of the model's
    probability does not count and is reported as `1 - mass`.
    Source: the expectation over score tokens is that of Self-J and of G-Eval (arXiv 2303.16634).
    """
    weights = masses([answer for answer, _ in question.answers], logprobs, least_mass)
    if isinstance(weights, Answer):
        return weights
    total = sum(weights.values())
    score = sum(weights[answer] * value for answer, value in question.answers) / total
    choice = max(weights, key=lambda answer: weights[answer])
    return Answer(score=min(1.0, max(0.0, score)), choice=choice, mass=min(1.0, total))


def masses(
    answers: Sequence[str], logprobs: Mapping[str, list[float]], least_mass: float = LEAST_MASS
) -> dict[str, float] | Answer:
    """Return the probability of each answer, or an `Answer` whose error says why they are unusable."""
    listed = ", ".join(answers)
    for value in (value for values in logprobs.values() for value in values):
        if isnan(value) or value > _ROUNDING:
            return Answer(error=f"the judge gave a log-probability of {value:g}, not a number up to 0")
    weights = {answer: sum(exp(value) for value in logprobs.get(answer, ())) for answer in answers}
    total = sum(weights.values())
    if total <= 0:
        return Answer(error=f"the judge gave none of the answers a probability: {listed}")
    if total < least_mass:
        error = f"the judge gave {total:.2g} of its probability to the answers {listed}, less than {least_mass:g}"
        return Answer(error=f"{error}: it would rather begin its reply with something else", mass=total)
    return weights
