"""Joint judging: all questions about one response in one call, answered by a JSON object under a grammar."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from verif_sdk.question import Answer, Question

TOKENS = 16
"""Tokens for one question's number and answer in the reply."""


def groups(questions: Sequence[Question]) -> list[list[int]]:
    """Return the places of the questions about each response, in order."""
    by_response: dict[tuple[str | None, str, str | None], list[int]] = {}
    for place, question in enumerate(questions):
        by_response.setdefault((question.prompt, question.response, question.reference), []).append(place)
    return list(by_response.values())


def grammar(questions: Sequence[Question]) -> str:
    """Return the pattern of the JSON objects that a reply may be: for every question, one of its answers."""
    answers = (
        f'"{number}": "({"|".join(re.escape(answer) for answer, _ in question.answers)})"'
        for number, question in enumerate(questions, 1)
    )
    return rf"\{{{', '.join(answers)}\}}"


def read(questions: Sequence[Question], reply: str) -> list[Answer]:
    """Return the answers in the model's reply; a missing one has an error of its own.

    A reply holds no probabilities, so each score is simply that of the chosen answer.
    """
    try:
        choices = json.loads(reply)
    except ValueError:
        choices = None
    if not isinstance(choices, dict):
        return [Answer(error="the judge's JSON was cut off before all questions were answered")] * len(questions)
    answers = []
    for number, question in enumerate(questions, 1):
        choice = choices.get(str(number))
        scores = dict(question.answers)
        if choice in scores:
            answers.append(Answer(score=scores[choice], choice=choice))
        else:
            answers.append(Answer(error=f"the judge's JSON gives none of the answers to question {number}"))
    return answers
