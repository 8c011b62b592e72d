"""What a judge is asked, and what it answers."""

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
    """What the response answers to, as plain text."""
    response: str
    question: str
    answers: tuple[tuple[str, float], ...] = YES_NO
    """Each allowed answer with its score in [0, 1]: the constrained choices, the parser and the scale."""
    reference: str | None = None
    type: str = ""
    """Of the constraint that asks, such as "soft:tone". Ours tell a dialect what is asked; no judge reads it."""
    requirements: tuple[str, ...] = ()
    """What the response must do, in the words of the instruction, where that is what is asked."""


class Answer(Value):
    """A judge's answer to one question: a score, or the error that kept it from one."""

    score: float | None = None
    """In [0, 1]: the probability-weighted mean of the answers' scores."""
    choice: str | None = None
    """The most probable of the question's answers."""
    mass: float | None = None
    """The probability, in [0, 1], that the model gave to the listed answers together."""
    reasoning: str = ""
    error: str | None = None
    votes: tuple[float, ...] = ()
    """The scores that the answer was made of, where several judges or samples voted."""
    kept: bool = False
    """Whether it came out of a cache."""
    decided_by: str = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0

    @property
    def reason(self) -> str:
        """What the judge said: its reasoning, or its answer in a sentence; of a vote, how far the votes lie apart.

        A judge that hardly considered the answers is told of.
        """
        doubt = f", with {self.mass:.0%} of its probability" if self.mass is not None and self.mass < 0.5 else ""
        said = self.reasoning or f"the judge answered {self.choice!r}{doubt}"
        if not self.votes:
            return said
        listed = ", ".join(f"{vote:.2f}" for vote in self.votes)
        return f"votes {listed}, {max(self.votes) - min(self.votes):.2f} apart; nearest to them: {said}"


@runtime_checkable
class Judge(Protocol):
    """Anything that answers a batch of questions, on an event loop that stays the same.

    It is handed the questions of each response as soon as they are known; a judge whose attribute `whole_batch`
    is true, such as one that divides a budget, gets those of all responses at once. A judge whose attribute
    `shares_loop` is true runs on the one background loop of all such judges, which it must not block; any other
    has a loop and a thread of its own.
    """

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        """Return one answer per question, in order; a failed question gets an `Answer.error`."""
        ...


JudgeFactory: TypeAlias = Callable[..., Judge]
"""Called with what follows the scheme of a judge spec, and its options as keyword arguments."""
