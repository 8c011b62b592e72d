"""A vote: several judges answer the same question."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from statistics import fmean
from typing import Literal

from verif_sdk.errors import InvalidSpec
from verif_sdk.judges.asking import ask
from verif_sdk.judges.starting import start
from verif_sdk.question import TOKEN_COUNTS, Answer, Judge, Question


class VotingJudge:
    """Asks several judges the same questions and combines their answers.

    Args:
        judges: two or more, such as one model sampled with several seeds.
        rule: "mean" takes the mean of the scores, "majority" the share of judges that score 0.5 or more.

    If one judge cannot answer a question, it is undecided: a vote of fewer judges would be another measure.
    """

    shares_loop = True

    def __init__(self, judges: Sequence[Judge], rule: Literal["mean", "majority"] = "mean") -> None:
        if len(judges) < 2:
            raise InvalidSpec(f"votes: a vote needs two judges or more, got {len(judges)}")
        if rule not in ("mean", "majority"):
            raise InvalidSpec(f"rule is 'mean' or 'majority', got {rule!r}")
        self._judges, self._rule = list(judges), rule

    async def start(self) -> None:
        """Start every judge of the vote."""
        await start(*self._judges)

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        """Return one answer per question; `votes` has the scores, in the order of the judges."""
        panels = await asyncio.gather(*(ask(judge, questions) for judge in self._judges))
        return [self._one(question, ballot) for question, *ballot in zip(questions, *panels, strict=True)]

    def _one(self, question: Question, ballot: Sequence[Answer]) -> Answer:
        failed = next((answer for answer in ballot if answer.score is None), None)
        votes = [answer.score for answer in ballot if answer.score is not None]
        spent = {name: sum(getattr(answer, name) for answer in ballot) for name in TOKEN_COUNTS}
        if failed is not None:
            return failed.model_copy(update=spent)
        score = fmean(votes) if self._rule == "mean" else fmean(float(vote >= 0.5) for vote in votes)
        choice = min(question.answers, key=lambda answer: abs(answer[1] - score))[0]
        decided_by = f"{self._rule} of {len(ballot)}: {ballot[0].decided_by}"
        nearest = min(ballot, key=lambda answer: abs((answer.score or 0.0) - score))
        combined = {"score": score, "choice": choice, "votes": tuple(votes), "decided_by": decided_by}
        return nearest.model_copy(update={**combined, **spent})
