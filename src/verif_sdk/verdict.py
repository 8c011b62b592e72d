"""The output: one `Verdict` per constraint, one `Result` per response."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, PrivateAttr, model_validator

from verif_sdk.value import Value
from verif_sdk.visible import visible

SHOWN = 8
"""Verdicts that the short form of a result names."""

Unit = Annotated[float, Field(ge=0.0, le=1.0)]


class Verdict(Value):
    """The outcome of one constraint: decided, undecided with an error, or skipped.

    Exactly one of three holds: `passed` and `score` are set (decided); `error` is set
    (undecided: a failure of the checking, never of the response); `skipped` is true (no judge
    was asked, because the answer could not have changed the reward).
    """

    type: str
    """The type of the constraint, such as `length:words`."""
    passed: bool | None = None
    score: Unit | None = None
    """In [0, 1]. 1.0 for every check that passed; for a judged constraint the judge's score."""
    reason: str = ""
    """One sentence for a person, such as "12 words, at least 50 wanted"."""
    label: str | None = None
    """The outcome that the judge chose, if the type has more outcomes than pass and fail, such as `invalid`."""
    error: str | None = None
    """Why the verdict is undecided, in words."""
    skipped: bool = False
    hard: bool = True
    """Whether code alone decided it; a soft constraint is one that asks a judge."""
    weight: float = 1.0
    evidence: tuple[tuple[int, int], ...] = ()
    """(start, end) character offsets of the passages in the checked text that the verdict rests on."""
    parts: tuple[Verdict, ...] = ()
    """The verdicts of the parts of a combinator or a rubric, in order."""
    decided_by: str = ""
    """What reproduces the verdict. For a check: the distribution and its version. For a judged constraint: the
    judge, its model and revision, the prompt version and the sampling. For a combination: the distribution that
    combined the parts and whatever decided each part, joined by " + ". Empty if the verdict is not decided."""

    @model_validator(mode="after")
    def _one_outcome(self) -> Self:
        decided = self.passed is not None
        if decided != (self.score is not None):
            raise ValueError("passed and score are given together")
        if decided + (self.error is not None) + self.skipped != 1:
            raise ValueError("a verdict is either decided, undecided with an error, or skipped")
        return self

    @property
    def decided(self) -> bool:
        """Whether there is an outcome."""
        return self.passed is not None

    def __repr__(self) -> str:
        score = "" if self.score is None else f" {self.score:.2f}"
        return f"<Verdict {self.mark}{score} {self.type}: {(self.error or self.reason)[:80]!r}>"

    @property
    def mark(self) -> str:
        """The outcome in four letters: "pass", "FAIL", "skip", or "????" if it is undecided."""
        return {True: "pass", False: "FAIL", None: "skip" if self.skipped else "????"}[self.passed]

    def __str__(self) -> str:
        score = "    " if self.score is None else f"{self.score:.2f}"
        return visible(f"{self.mark}  {score}  {self.type}: {self.error or self.reason}".rstrip(": "))


class Usage(Value):
    """What a result cost: questions and tokens of the judge.

    `asked` questions went to the judge, whose cache answered `kept` of them; `shared` were answered by an
    identical question of the same batch; `saved` were not asked because they could not change the
    reward; `failed` came back without a verdict. Token counts cover only `asked`.
    """

    asked: int = 0
    kept: int = 0
    shared: int = 0
    saved: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        mine, theirs = self.model_dump(), other.model_dump()
        return Usage(**{name: mine[name] + theirs[name] for name in mine})


class Result(Value):
    """The reward of one response and the verdicts behind it."""

    reward: Unit | None
    """In [0, 1]; None when a verdict is undecided and `undecided` gives no number."""
    verdicts: tuple[Verdict, ...]
    """One per constraint, in the order of the constraints."""
    usage: Usage = Usage()
    id: str | None = None
    """The id of the case, if it has one."""
    _text: str = PrivateAttr("")

    def about(self, text: str) -> Self:
        """Remember the checked text, for a notebook to show, and return this result."""
        self._text = text
        return self

    @property
    def passed(self) -> bool | None:
        """True if every constraint passed, False if one failed, None if that is not known."""
        outcomes = [verdict.passed for verdict in self.verdicts]
        if False in outcomes:
            return False
        return None if None in outcomes else True

    @property
    def errors(self) -> tuple[str, ...]:
        """The causes of the undecided verdicts, in order."""
        return tuple(verdict.error for verdict in self.verdicts if verdict.error is not None)

    def __eq__(self, other: object) -> bool:
        # The text serves display only: a result read from JSON equals the one that was written.
        return isinstance(other, Result) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((self.reward, self.verdicts, self.usage, self.id))

    def __repr__(self) -> str:
        reward = "undecided" if self.reward is None else f"{self.reward:.3f}"
        verdicts = [f"{verdict.mark} {verdict.type}" for verdict in self.verdicts]
        rest = f", and {len(verdicts) - SHOWN} more" if len(verdicts) > SHOWN else ""
        return f"<Result reward {reward}: {', '.join(verdicts[:SHOWN])}{rest}>"

    def _repr_html_(self) -> str:
        from verif_sdk.notebook import html

        return html(self, self._text)

    def __str__(self) -> str:
        reward = "undecided" if self.reward is None else f"{self.reward:.3f}"
        return "\n".join([f"reward {reward}", *(f"  {verdict}" for verdict in self.verdicts)])
