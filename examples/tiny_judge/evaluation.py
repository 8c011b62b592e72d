"""How often the tiny judge is right about held-out sentences, asked the way verif_sdk asks."""

from __future__ import annotations

import random
from collections import defaultdict

from examples.tiny_judge.questions import labelled
from verif_sdk import Judge, Question, event_loop


def accuracy(judge: Judge, *, responses: int = 250, seed: int = 3) -> dict[str, float]:
    """Return the share of right answers by requirement, in [0, 1], and over all of them under "total".

    Args:
        judge: the judge to measure.
        responses: how many held-out responses, each with eight questions.
        seed: of the responses.
    """
    chance = random.Random(seed)
    asked = [pair for _ in range(responses) for pair in labelled(chance, held_out=True)]
    answers = event_loop.submit(_choices(judge, [question for question, _ in asked])).result()
    hits: dict[str, list[bool]] = defaultdict(list)
    for (question, truth), choice in zip(asked, answers, strict=True):
        hit = choice == ("yes" if truth else "no")
        hits[question.question.partition("? ")[2]].append(hit)
        hits["total"].append(hit)
    return {name: sum(found) / len(found) for name, found in sorted(hits.items())}


async def _choices(judge: Judge, questions: list[Question]) -> list[str | None]:
    return [answer.choice for answer in await judge.answer(questions)]
