"""Judges made of judges: a vote, one question for all requirements, a fast one whose doubts go to a slow one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from statistics import fmean
from typing import Literal

from verif_sdk.errors import InvalidSpec
from verif_sdk.judges import joint
from verif_sdk.judges.asking import ask
from verif_sdk.judges.starting import start
from verif_sdk.prompt import all_in_one
from verif_sdk.question import YES_NO, Answer, Judge, Question

_ROUND = 8  # questions between two looks at the tokens that were spent
_SPENT = ("prompt_tokens", "cached_tokens", "completion_tokens")


class VotingJudge:
    """Asks several judges the same and puts their answers together.

    Args:
        judges: two or more, such as one model sampled with several seeds.
        rule: "mean" takes the mean of the scores, "majority" the share of judges that score 0.5 or more.

    A question that one of them cannot answer is undecided: a vote of fewer would be another measure.
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
        spent = {name: sum(getattr(answer, name) for answer in ballot) for name in _SPENT}
        if failed is not None:
            return failed.model_copy(update=spent)
        score = fmean(votes) if self._rule == "mean" else fmean(float(vote >= 0.5) for vote in votes)
        choice = min(question.answers, key=lambda answer: abs(answer[1] - score))[0]
        made = f"{self._rule} of {len(ballot)}: {ballot[0].decided_by}"
        nearest = min(ballot, key=lambda answer: abs((answer.score or 0.0) - score))
        told = {"score": score, "choice": choice, "votes": tuple(votes), "decided_by": made}
        return nearest.model_copy(update={**told, **spent})


class AllInOneJudge:
    """Asks one question about all requirements of a response together: 1 if it meets them all, 0 if not.

    Source: VerIF (arXiv 2506.09942), whose judge gives one verdict to all soft constraints of a response. Every
    one of them gets that verdict; which of them failed is not told.

    Args:
        judge: who answers, in one call per response.
    """

    shares_loop = True

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    async def start(self) -> None:
        """Start the judge that answers."""
        await start(self._judge)

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        """Return one answer per question, in order; those with other answers than yes and no are refused."""
        places = [
            [place for place in group if questions[place].answers == YES_NO] for group in joint.groups(questions)
        ]
        asked = [group for group in places if group]
        replies = await ask(self._judge, [all_in_one([questions[place] for place in group]) for group in asked])
        answers = [Answer(error="joint=all is for questions of yes and no")] * len(questions)
        for group, reply in zip(asked, replies, strict=True):
            choice = None if reply.score is None else "yes" if reply.score >= 0.5 else "no"
            made = {"choice": choice, "decided_by": f"all in one: {reply.decided_by}"}
            answers[group[0]] = reply.model_copy(update=made)
            for place in group[1:]:  # the call is paid for once
                answers[place] = reply.model_copy(update={**made, **dict.fromkeys(_SPENT, 0)})
        return answers


class CascadeJudge:
    """Asks a fast judge, and a slow one about what the fast one leaves in doubt.

    Args:
        fast: asked everything.
        slow: asked what scores between `low` and `high`, such as the same model with reasoning.
        low: scores up to here are the fast judge's to decide.
        high: scores from here on too.
        budget: questions per batch that the slow judge may be asked, the most doubtful first; None for no limit.
        tokens: tokens per batch, read and written, after which the slow judge is asked no more; it is asked in
            rounds of eight, so the last one may go over. None for no limit.

    `decided_by` says which of the two decided. Where the slow judge fails, the answer is its error: the fast
    one's doubt is no verdict.
    """

    shares_loop = True
    whole_batch = True
    """The composer hands it all questions of a batch at once."""

    def __init__(
        self,
        fast: Judge,
        slow: Judge,
        *,
        low: float = 0.2,
        high: float = 0.8,
        budget: int | None = None,
        tokens: int | None = None,
    ) -> None:
        if not 0 <= low <= high <= 1:
            raise InvalidSpec(f"cascade: 0 <= low <= high <= 1, got low {low:g} and high {high:g}")
        for name, limit in (("budget", budget), ("tokens", tokens)):
            if limit is not None and limit < 0:
                raise InvalidSpec(f"cascade: {name} is a whole number from 0, got {limit}")
        self._fast, self._slow, self._low, self._high = fast, slow, low, high
        self._budget, self._tokens = budget, tokens

    async def start(self) -> None:
        """Start both judges."""
        await start(self._fast, self._slow)

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        """Return one answer per question."""
        answers = [_by("fast", answer) for answer in await ask(self._fast, questions)]
        middle = (self._low + self._high) / 2
        doubtful = [
            place
            for place, answer in enumerate(answers)
            if answer.score is not None and self._low < answer.score < self._high
        ]
        doubtful.sort(key=lambda place: abs((answers[place].score or 0.0) - middle))
        allowed = doubtful[: self._budget]
        size = len(allowed) if self._tokens is None else _ROUND
        spent = 0
        while allowed and (self._tokens is None or spent < self._tokens):
            asked, allowed = allowed[:size], allowed[size:]
            for place, answer in zip(asked, await ask(self._slow, [questions[p] for p in asked]), strict=True):
                answers[place] = _both(answers[place], _by("slow", answer))
                spent += answer.prompt_tokens + answer.completion_tokens
        return answers


def _by(path: str, answer: Answer) -> Answer:
    return answer.model_copy(update={"decided_by": f"cascade, {path}: {answer.decided_by}"})


def _both(fast: Answer, slow: Answer) -> Answer:
    """Return the slow judge's answer at the price of both."""
    return slow.model_copy(update={name: getattr(fast, name) + getattr(slow, name) for name in _SPENT})
