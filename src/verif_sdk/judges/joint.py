"""Joint judging: all questions about one response in one call, answered by a JSON object under a grammar."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from verif_sdk.question import Answer, Question

TOKENS = 16
"""Room for one question's number and answer in the reply."""


def groups(questions: Sequence[Question]) -> list[list[int]]:
    """Return the places of the questions about each response, in order."""
    found: dict[tuple[str | None, str, str | None], list[int]] = {}
    for place, question in enumerate(questions):
        found.setdefault((question.prompt, question.response, question.reference), []).append(place)
    return list(found.values())


def grammar(questions: Sequence[Question]) -> str:
    """Return the pattern of the only JSON objects that a reply may be: one of its answers for every question."""
    answers = (
        f'"{number}": "({"|".join(re.escape(answer) for answer, _ in question.answers)})"'
        for number, question in enumerate(questions, 1)
    )
    return rf"\{{{', '.join(answers)}\}}"


def read(questions: Sequence[Question], reply: str) -> list[Answer]:
    """Return the answers in the model's reply; one that is not there is an error of its own.

    A reply holds no probabilities, so a score is that of the answer alone.
    """
    try:
        given = json.loads(reply)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        return [Answer(error="the judge's JSON was cut off before all questions were answered")] * len(questions)
    answers = []
    for number, question in enumerate(questions, 1):
        choice = given.get(str(number))
        scores = dict(question.answers)
        if choice in scores:
            answers.append(Answer(score=scores[choice], choice=choice))
        else:
            answers.append(Answer(error=f"the judge's JSON gives none of the answers to question {number}"))
    return answers
