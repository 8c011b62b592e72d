"""Steps that shape a reward before the trainer gets it, declared rather than coded."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from verif_sdk.any_constraint import AnyConstraint
from verif_sdk.text import Text
from verif_sdk.value import Value


class _Step(Value):
    """What all steps have in common."""


class Affine(_Step):
    """`scale * reward + offset`, such as 2 and -1 for rewards in [-1, 1]."""

    kind: Literal["affine"] = "affine"
    scale: Annotated[float, Field(allow_inf_nan=False)] = 1.0
    offset: Annotated[float, Field(allow_inf_nan=False)] = 0.0

    def shaped(self, reward: float, text: Text, tokens: int | None) -> float:
        """Return the reward after this step."""
        return self.scale * reward + self.offset


class Clip(_Step):
    """The reward, but not below `low` nor above `high`."""

    kind: Literal["clip"] = "clip"
    low: Annotated[float, Field(allow_inf_nan=False)]
    high: Annotated[float, Field(allow_inf_nan=False)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"clip: low ({self.low:g}) is above high ({self.high:g})")
        return self

    def shaped(self, reward: float, text: Text, tokens: int | None) -> float:
        """Return the reward after this step."""
        return min(max(reward, self.low), self.high)


class _ByLength(_Step):
    """A step that looks at the length of the response."""

    unit: Literal["tokens", "words", "characters"] = "tokens"
    """Tokens can be counted only if the trainer passes token ids (TRL); otherwise they are an error."""

    def _length(self, text: Text, tokens: int | None) -> int:
        if self.unit == "tokens" and tokens is None:
            kind = type(self).model_fields["kind"].default
            raise ValueError(f'{kind} counts tokens, which this trainer does not hand over; use unit = "words"')
        return {"tokens": tokens or 0, "words": len(text.words), "characters": text.characters}[self.unit]


class SoftLength(_ByLength):
    """A penalty that grows from 0 at `soft` units to `penalty` at `hard` units and stays there.

    Source: DAPO (arXiv 2503.14476), soft overlong punishment, where `soft` is the maximum less the
    buffer and `penalty` is 1.
    """

    kind: Literal["soft-length"] = "soft-length"
    soft: Annotated[int, Field(ge=0)]
    hard: Annotated[int, Field(ge=1)]
    penalty: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.soft >= self.hard:
            raise ValueError(f"soft-length: soft ({self.soft}) must be below hard ({self.hard})")
        return self

    def shaped(self, reward: float, text: Text, tokens: int | None) -> float:
        """Return the reward after this step.

        Raises:
            ValueError: `unit` is tokens, and the trainer did not say how many there are.
        """
        over = (self._length(text, tokens) - self.soft) / (self.hard - self.soft)
        return reward - self.penalty * min(max(over, 0.0), 1.0)


class CosineLength(_ByLength):
    """More for long responses that score well, less for long ones that do not.

    With c = (1 - cos(pi * length / most)) / 2, a reward s becomes 2 * s * c where s is at least `threshold`, and
    -c where it is not; from `most` units on it is `too_long`, whatever the reward.

    Source: the published reward of Light-IF (arXiv 2508.03178). Its 0 for a response without `</think>` needs no
    step: here such a response is blank and fails every constraint.
    """

    kind: Literal["cosine-length"] = "cosine-length"
    most: Annotated[int, Field(ge=1)]
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.2
    too_long: Annotated[float, Field(allow_inf_nan=False)] = -2.0

    def shaped(self, reward: float, text: Text, tokens: int | None) -> float:
        """Return the reward after this step.

        Raises:
            ValueError: `unit` is tokens, and the trainer did not say how many there are.
        """
        length = self._length(text, tokens)
        if length >= self.most:
            return self.too_long
        share = (1 - cos(pi * length / self.most)) / 2
        return 2 * reward * share if reward >= self.threshold else -share


class Gate(_Step):
    """The reward if a hard constraint holds, such as a format; else `otherwise`."""

    kind: Literal["gate"] = "gate"
    constraint: AnyConstraint
    otherwise: Annotated[float, Field(allow_inf_nan=False)] = 0.0

    @model_validator(mode="after")
    def _by_code(self) -> Self:
        if not self.constraint.hard:
            raise ValueError(f"gate: {self.constraint.type} asks a judge; a gate is a constraint by code")
        return self

    def shaped(self, reward: float, text: Text, tokens: int | None) -> float:
        """Return the reward after this step.

        Raises:
            ValueError: the constraint cannot be decided.
        """
        verdict = self.constraint.decide(text)
        if verdict.passed is None:
            raise ValueError(f"gate: {verdict.type} is undecided: {verdict.error}")
        return reward if verdict.passed else self.otherwise


Step = Annotated[Affine | Clip | SoftLength | CosineLength | Gate, Field(discriminator="kind")]
"""One step of shaping, as an object or as a dict with its `kind`."""


def shape(reward: float, steps: Sequence[Step], text: Text, tokens: int | None = None) -> float:
    """Return the reward after all steps, taken in order.

    Args:
        reward: in [0, 1], before shaping.
        steps: the steps to take.
        text: the response.
        tokens: the length of the response in tokens, if the trainer knows it.

    Raises:
        ValueError: a step cannot be taken; the message says which and why.
    """
    for step in steps:
        reward = step.shaped(reward, text, tokens)
    return reward
