"""The verdict sets of published verifier models: labels beyond yes and no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from verif_sdk.constraint import Example, Judged
from verif_sdk.question import Answer, Question
from verif_sdk.text import Text
from verif_sdk.verdict import Verdict

_LETTERS = "ABCDE"


class _Labelled(Judged):
    """A judgement with named outcomes, each a letter to the judge, of which the first passes."""

    labels: ClassVar[Mapping[str, str]]
    """Each outcome's name with its meaning; the score is the probability of the first one."""
    asks: ClassVar[str]
    needs = "reference"

    def question(self, text: Text) -> str:
        meanings = "".join(
            f"\n{letter}: {meaning}" for letter, meaning in zip(_LETTERS, self.labels.values(), strict=False)
        )
        return f"{self.asks}{meanings}"

    def questions(self, text: Text) -> tuple[Question, ...]:
        answers = tuple((letter, float(letter == "A")) for letter, _ in zip(_LETTERS, self.labels, strict=False))
        return tuple(question.model_copy(update={"answers": answers}) for question in super().questions(text))

    def decide(self, text: Text, answers: Sequence[Answer | None] = ()) -> Verdict:
        verdict = super().decide(text, answers)
        if not verdict.decided or not answers or answers[0] is None:
            return verdict
        label = dict(zip(_LETTERS, self.labels, strict=False)).get(answers[0].choice or "", answers[0].choice)
        return verdict.model_copy(update={"reason": f"the judge found it {label}"})


class Correctness(_Labelled):
    """The final answer of the response is that of the reference: correct, incorrect or invalid.

    Invalid is a response that is cut off, repeats itself, or refuses; it fails too, and the reason says so.
    Source: CompassVerifier (arXiv 2508.03686).
    """

    template = "Give the answer of the reference."
    examples = (Example({}, accepts=("So it is 42.",), rejects=("So it is 41.",), reference="42"),)
    type: Literal["soft:correctness"] = "soft:correctness"
    labels: ClassVar[Mapping[str, str]] = {
        "correct": "its final answer says the same as the reference",
        "incorrect": "its final answer differs from the reference",
        "invalid": "it has no final answer: it is cut off, repeats itself, or refuses",
    }
    asks = "What is the response, compared with the reference answer?"


class Grounding(_Labelled):
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
        "a grounding error": "the reference holds what the prompt needs, but the response does not say it",
        "a retrieval error": "the reference does not hold what the prompt needs",
    }
    asks = "How do prompt, reference (the knowledge that was retrieved) and response fit together?"


CONSTRAINTS = (Correctness, Grounding)
