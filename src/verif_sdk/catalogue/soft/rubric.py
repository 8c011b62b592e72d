"""Judgements with more than one bit: a graded scale, and a weighted list of criteria."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from verif_sdk.catalogue.soft.qualities import Words
from verif_sdk.constraint import Constraint, Example, Judged
from verif_sdk.question import Answer, Question
from verif_sdk.text import Text
from verif_sdk.value import Value
from verif_sdk.verdict import Verdict


class Scale(Judged):
    """The response reaches a level of quality on a scale from 1 to `levels`.

    The score is the expectation of the level over the judge's probabilities, spread evenly over
    [0, 1]: level 1 is 0.0, the highest 1.0. It passes from `at_least` on. The verdict's label is the level that
    the judge found most probable.
    Source: a score as the expectation over score tokens, as in G-Eval (arXiv 2303.16634).
    """

    examples = (
        Example(
            {"criterion": "clarity", "levels": 5, "at_least": 4},
            accepts=("Press the red button, then wait for the light.",),
            rejects=("The thing has to be done with that other thing, sort of.",),
        ),
    )
    type: Literal["soft:scale"] = "soft:scale"
    criterion: Words
    # One token must tell the levels apart, so there are nine at most.
    levels: Annotated[int, Field(ge=2, le=9)] = 5
    at_least: Annotated[int, Field(ge=1)] = 4
    meanings: tuple[Words, ...] = Field((), description="What each level means, from 1 up; all levels or none.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.at_least > self.levels:
            raise ValueError(f"at_least ({self.at_least}) is above levels ({self.levels})")
        if self.meanings and len(self.meanings) != self.levels:
            raise ValueError(f"meanings has {len(self.meanings)} entries for {self.levels} levels")
        return self

    def instruction(self) -> str:
        return f"Reach level {self.at_least} of {self.levels} or better on this: {self.criterion}."

    def question(self, text: Text) -> str:
        meanings = "".join(f"\n{level}: {meaning}" for level, meaning in enumerate(self.meanings, 1))
        ends = "" if meanings else f", where 1 is the worst and {self.levels} the best"
        scale = f"a scale from 1 to {self.levels}{ends}"
        return f"Which level does the response reach on {scale}: {self.criterion}?{meanings}"

    def questions(self, text: Text) -> tuple[Question, ...]:
        steps = self.levels - 1
        answers = tuple((str(level), (level - 1) / steps) for level in range(1, self.levels + 1))
        return tuple(question.model_copy(update={"answers": answers}) for question in super().questions(text))

    def decide(self, text: Text, answers: Sequence[Answer | None] = ()) -> Verdict:
        verdict = super().decide(text, answers)
        label = answers[0].choice if verdict.decided and answers and answers[0] is not None else None
        return verdict if label is None else verdict.model_copy(update={"label": label})

    def passes(self, score: float) -> bool:
        # An expectation of exactly the wanted level may come out a rounding error below it.
        return score >= (self.at_least - 1) / (self.levels - 1) - 1e-9


class Item(Value):
    """One line of a rubric."""

    criterion: Words
    weight: float = Field(
        1.0, allow_inf_nan=False, description="Below 0 for a pitfall: meeting the criterion costs points."
    )


class Rubric(Constraint):
    """The response meets a weighted list of criteria; each is asked by itself and has its own verdict.

    The score is clip(sum of w * met / sum of the positive w, 0, 1), with `met` the judge's score of
    each criterion. It passes from `at_least` on. One criterion without a verdict leaves the rubric without one.
    Source: the rubric score of HealthBench (arXiv 2505.08775), with probabilities in the place of 0 and 1.
    """

    examples = (
        Example(
            {
                "items": [
                    {"criterion": "Names the dose.", "weight": 2},
                    {"criterion": "Tells the reader to stop taking other medicine.", "weight": -1},
                ]
            },
            accepts=("Take 200 mg twice a day with water.",),
            rejects=("Stop your other pills and rest.",),
        ),
    )
    type: Literal["soft:rubric"] = "soft:rubric"
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    at_least: Annotated[float, Field(gt=0, le=1)] = 0.5

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if not any(item.weight > 0 for item in self.items):
            raise ValueError("at least one item needs a weight above 0, or no response can score")
        return self

    @property
    def hard(self) -> bool:
        return False

    def instruction(self) -> str:
        wanted = " ".join(_sentence(item.criterion) for item in self.items if item.weight > 0)
        avoided = " ".join(_sentence(item.criterion) for item in self.items if item.weight < 0)
        return f"Meet these criteria: {wanted}" + (f" Avoid these: {avoided}" if avoided else "")

    def questions(self, text: Text) -> tuple[Question, ...]:
        if text.blank:
            return ()
        return tuple(
            Question(
                prompt=text.prompt,
                response=text.raw,
                question=f"Is this true of the response? {_sentence(item.criterion)}",
                type=self.type,
                requirements=(_sentence(item.criterion),),
            )
            for item in self.items
        )

    def decide(self, text: Text, answers: Sequence[Answer | None] = ()) -> Verdict:
        if text.blank:
            return self.blank()
        parts = tuple(self._part(item, answer) for item, answer in zip(self.items, answers, strict=True))
        if error := next((part.error for part in parts if part.error), None):
            return self.undecided(error, parts=parts)
        if any(part.skipped for part in parts):
            return self.skipped(parts=parts)
        earned = sum(item.weight * (part.score or 0.0) for item, part in zip(self.items, parts, strict=True))
        score = min(1.0, max(0.0, earned / sum(max(0.0, item.weight) for item in self.items)))
        met = sum(bool(part.passed) for part in parts)
        return self.verdict(
            score >= self.at_least,
            f"{met} of {len(parts)} criteria met, score {score:.2f}, at least {self.at_least:g} wanted",
            score=score,
            parts=parts,
        )

    def _part(self, item: Item, answer: Answer | None) -> Verdict:
        name = f"{self.type}: {item.criterion}"
        if answer is None:
            return Verdict(type=name, skipped=True, hard=False)
        if answer.score is None:
            return Verdict(type=name, error=answer.error or "the judge gave no answer", hard=False)
        return Verdict(
            type=name,
            passed=answer.score >= 0.5,
            score=answer.score,
            reason=answer.reason,
            hard=False,
            decided_by=answer.decided_by,
        )


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."


CONSTRAINTS = (Scale, Rubric)
