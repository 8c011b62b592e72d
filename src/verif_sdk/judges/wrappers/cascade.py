"""A cascade: a fast judge, and a slow one for the questions that the fast one leaves in doubt."""

from __future__ import annotations

from collections.abc import Sequence

from verif_sdk.errors import InvalidSpec
from verif_sdk.judges.asking import ask
from verif_sdk.judges.starting import start
from verif_sdk.question import TOKEN_COUNTS, Answer, Judge, Question

_ROUND = 8  # questions between two checks of the tokens spent


class CascadeJudge:
    """Asks a fast judge, and a slow one about the questions that the fast one leaves in doubt.

    Args:
        fast: answers every question first.
        slow: answers again those that score between `low` and `high`, such as the same model with reasoning.
        low: the fast judge decides scores up to this one.
        high: the fast judge decides scores from this one on.
        budget: how many questions per batch the slow judge gets, the most doubtful first; None for no limit.
        tokens: after how many tokens per batch, read and written, to stop asking the slow judge. It is asked in
            rounds of eight, so the last round may exceed the limit. None for no limit.

    `decided_by` says which of the two decided. If the slow judge fails, the answer is its error: the fast
    judge's doubt is not a verdict.
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
    return slow.model_copy(update={name: getattr(fast, name) + getattr(slow, name) for name in TOKEN_COUNTS})
