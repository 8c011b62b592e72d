"""The verdict sets of published verifier models: labels beyond yes and no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from verif_sdk.constraint import Example, Judged
from verif_sdk.question import Answer, Question
from verif_sdk.text import Text
from verif_sdk.verdict import Verdict

_LETTERS = "ABCDE"
_KINDS = frozenset({"incomplete", "repetitive", "refusal"})


class Labelled(Judged):
    """A judgement with named outcomes, each a letter to the judge, of which the first passes."""

    labels: ClassVar[Mapping[str, str]]
    """Each outcome that a verdict's `label` can name, with its meaning; the first's probability is the score."""
    asks: ClassVar[str]
    needs = "reference"

    @property
    def outcomes(self) -> Mapping[str, str]:
        """The labels that this constraint asks for, with their meanings."""
        return self.labels

    @property
    def _letters(self) -> Mapping[str, str]:
        """What each label is called towards the judge: the letters with the labels that they stand for."""
        return dict(zip(_LETTERS, self.outcomes, strict=False))

    def question(self, text: Text) -> str:
        meanings = "".join(f"\n{letter}: {self.outcomes[label]}" for letter, label in self._letters.items())
        return f"{self.asks}{meanings}"

    def questions(self, text: Text) -> tuple[Question, ...]:
        answers = tuple((letter, float(letter == "A")) for letter in self._letters)
        return tuple(question.model_copy(update={"answers": answers}) for question in super().questions(text))

    def decide(self, text: Text, answers: Sequence[Answer | None] = ()) -> Verdict:
        verdict = super().decide(text, answers)
        if not verdict.decided or not answers or answers[0] is None:
            return verdict
        label = self._letters.get(answers[0].choice or "")
        reason = f"the judge found it {_in_words(label or str(answers[0].choice))}"
        return verdict.model_copy(update={"reason": reason, "label": label})


def _in_words(label: str) -> str:
    return f"a {label.replace('_', ' ')}" if label.endswith(("_error", "refusal")) else label


class Correctness(Labelled):
    """The final answer of the response is that of the reference: correct, incorrect or invalid.

    Invalid is a response that is cut off, repeats itself, or refuses; `kinds` tells these apart. It fails too,
    unless `invalid` leaves it out: then the verdict is undecided, and a broken rollout does not count as a wrong
    answer.
    Source: CompassVerifier (arXiv 2508.03686).
    """

    template = "Give the answer of the reference."
    examples = (Example({}, accepts=("So it is 42.",), rejects=("So it is 41.",), reference="42"),)
    type: Literal["soft:correctness"] = "soft:correctness"
    invalid: Literal["fail", "leave_out"] = Field("fail", description="What an invalid response comes to.")
    kinds: bool = Field(False, description="Whether to tell incomplete, repetitive and refused responses apart.")
    labels: ClassVar[Mapping[str, str]] = {
        "correct": "its final answer says the same as the reference",
        "incorrect": "its final answer differs from the reference",
        "invalid": "it has no final answer: it is cut off, repeats itself, or refuses",
        "incomplete": "it has no final answer: it is cut off",
        "repetitive": "it has no final answer: it repeats itself",
        "refusal": "it has no final answer: it refuses",
    }
    asks = "What is the response, compared with the reference answer?"

    @property
    def outcomes(self) -> Mapping[str, str]:
        left_out = {"invalid"} if self.kinds else _KINDS
        return {label: meaning for label, meaning in self.labels.items() if label not in left_out}

    def decide(self, text: Text, answers: Sequence[Answer | None] = ()) -> Verdict:
        verdict = super().decide(text, answers)
        if self.invalid == "fail" or verdict.label not in {"invalid", *_KINDS}:
            return verdict
        undecided = self.undecided(f"{verdict.reason}, and invalid responses are left out")
        return undecided.model_copy(update={"label": verdict.label})


class Grounding(Labelled):
    """The response rests on the knowledge in the reference: correct, a retrieval error or a grounding error.

    A retrieval error is a reference that does not hold what the prompt needs; a grounding error is a response
    that does not say what the reference holds. Both fail, and the reason tells them apart.
    Source: KALMV (arXiv 2310.12836).
    """

    template = "Answer from the knowledge in the reference alone."
    examples = (
        Example(
            {},
            accepts=("It opened in 1889.",),
            rejects=("It opened in 1925.",),
            prompt="When did the tower open?",
            reference="The tower opened in 1889.",
        ),
    )
    type: Literal["soft:grounding"] = "soft:grounding"
    labels: ClassVar[Mapping[str, str]] = {
        "correct": "the reference holds what the prompt needs, and the response says it",
        "grounding_error": "the reference holds what the prompt needs, but the response does not say it",
        "retrieval_error": "the reference does not hold what the prompt needs",
    }
    asks = "How do prompt, reference (the knowledge that was retrieved) and response fit together?"


CONSTRAINTS = (Correctness, Grounding)
