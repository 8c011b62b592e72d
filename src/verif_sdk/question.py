"""`Question`, `Answer` and `Judge`: what a judge is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias, runtime_checkable

from verif_sdk.value import Value

YES_NO = (("yes", 1.0), ("no", 0.0))
TOKEN_COUNTS = ("prompt_tokens", "cached_tokens", "completion_tokens")
"""The fields of an answer that say what it cost."""
ALL = "joint=all"
"""The type of a question about all requirements of a response together."""


class Question(Value):
    """One question about one response, with the answers that it can have.

    Frozen, so equal questions are equal keys and are asked once.
    """

    prompt: str | None
    """What the response answers, as plain text."""
    response: str
    question: str
    answers: tuple[tuple[str, float], ...] = YES_NO
    """Each allowed answer with its score in [0, 1]: at once the constrained choices, the parser and the scale."""
    reference: str | None = None
    type: str = ""
    """The type of the constraint that asks, such as "soft:tone". It guides a dialect; no judge reads it."""
    requirements: tuple[str, ...] = ()
    """What the response must do, in the words of the instruction, if the question asks about that."""


class Answer(Value):
    """A judge's answer to one question: a score, or the error that prevented one."""

    score: float | None = None
    """In [0, 1]: the probability-weighted mean of the answers' scores."""
    choice: str | None = None
    """The most probable of the question's answers."""
    mass: float | None = None
    """The probability, in [0, 1], that the model gave to the listed answers together."""
    reasoning: str = ""
    error: str | None = None
    votes: tuple[float, ...] = ()
    """The single scores, if several judges or samples voted."""
    kept: bool = False
    """Whether it came from a cache."""
    decided_by: str = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0

    @property
    def reason(self) -> str:
        """The judge's reasoning, or its answer in a sentence; for a vote, also how far apart the votes lie.

        It mentions when the listed answers got less than half of the probability.
        """
        doubt = f", with {self.mass:.0%} of its probability" if self.mass is not None and self.mass < 0.5 else ""
        reason = self.reasoning or f"the judge answered {self.choice!r}{doubt}"
        if not self.votes:
            return reason
        listed = ", ".join(f"{vote:.2f}" for vote in self.votes)
        return f"votes {listed}, {max(self.votes) - min(self.votes):.2f} apart; nearest to them: {reason}"


@runtime_checkable
class Judge(Protocol):
    """Anything that answers a batch of questions. All its calls run on one event loop.

    It gets the questions of each response as soon as they are known; if its attribute `whole_batch` is true, as
    for a judge that divides a budget, it gets those of all responses at once. If its attribute `shares_loop` is
    true, it runs on the background loop that all such judges share, and must not block it; any other judge has a
    loop and a thread of its own.
    """

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        """Return one answer per question, in order; a failed question gets an `Answer.error`."""
        ...


JudgeFactory: TypeAlias = Callable[..., Judge]
"""Called with what follows the scheme of a judge spec, and its options as keyword arguments."""
