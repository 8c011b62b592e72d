"""Judgements part by part: the steps of a solution, the sentences of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from verif_sdk.constraint import AND, Constraint, Example
from verif_sdk.fence import quoted
from verif_sdk.question import Answer, Question
from verif_sdk.segment import blocks, statements
from verif_sdk.text import Text, Unit
from verif_sdk.verdict import Verdict

MOST = 64
"""Parts of a response that are judged one by one; a response of more is undecided."""


class _ByParts(Constraint):
    """A judgement of the response part by part; the first part that fails is named."""

    stages: ClassVar[tuple[str, ...]] = ()
    """What each of several questions about a part is about, for the reason."""

    @property
    def hard(self) -> bool:
        return False

    def pieces(self, text: Text) -> tuple[str, ...]:
        """Return the parts that are judged, in order."""
        raise NotImplementedError

    def about(self, number: int, piece: str) -> tuple[str, ...]:
        """Return the questions about the part of this number, from 1; all must be answered with yes.

        Args:
            number: of the part, from 1.
            piece: the part as a question may quote it, between fences.
        """
        raise NotImplementedError

    def questions(self, text: Text) -> tuple[Question, ...]:
        if text.blank or self.lacking(text) or len(self.pieces(text)) > MOST:
            return ()
        return tuple(
            Question(
                prompt=text.prompt, response=text.raw, question=asked, reference=text.reference, type=self.type
            )
            for number, piece in enumerate(self.pieces(text), 1)
            for asked in self.about(number, quoted(piece, text.raw))
        )

    def decide(self, text: Text, answers: Sequence[Answer | None] = ()) -> Verdict:
        if text.blank:
            return self.blank()
        if lacking := self.lacking(text):
            return lacking
        pieces = self.pieces(text)
        if not pieces:
            return self.verdict(False, "the response has no part to judge")
        if len(pieces) > MOST:
            return self.undecided(f"{len(pieces)} parts, at most {MOST} are judged one by one")
        rest = iter(answers)
        parts = tuple(
            self._part(number, piece, [next(rest) for _ in self.about(number, piece)])
            for number, piece in enumerate(pieces, 1)
        )
        if error := next((part.error for part in parts if part.error), None):
            return self.undecided(error, parts=parts)
        if any(part.skipped for part in parts):
            return self.skipped(parts=parts)
        wrong = next((part for part in parts if not part.passed), None)
        right = parts.index(wrong) if wrong else len(parts)
        reason = (
            f"all {len(parts)} hold" if wrong is None else f"{wrong.type} is the first that fails: {wrong.reason}"
        )
        score = right / len(parts)
        return self.verdict(wrong is None, reason, score=score, parts=parts)

    def _part(self, number: int, piece: str, answers: Sequence[Answer | None]) -> Verdict:
        name = f"{self.type} {number}"
        for answer in answers:
            if answer is None:
                return Verdict(type=name, skipped=True, hard=False)
            if answer.score is None:
                return Verdict(type=name, error=answer.error or "the judge gave no answer", hard=False)
        scores = [answer.score or 0.0 for answer in answers if answer is not None]
        failed = next((place for place, score in enumerate(scores) if score < 0.5), None)
        stage = "" if failed is None or len(scores) == 1 else f"{self.stages[failed]}: "
        return Verdict(
            type=name,
            passed=failed is None,
            score=min(scores),
            reason=f"{stage}{piece[:80]!r}",
            hard=False,
            decided_by=AND.join(dict.fromkeys(answer.decided_by for answer in answers if answer is not None)),
        )


class Steps(_ByParts):
    """Every step of a solution is right, given the steps before it; the first wrong one is named.

    The score is the share of steps before the first wrong one.
    Source: step by step verification (arXiv 2305.20050).
    """

    template = "Solve it step by step, each step a {unit}, every step right."
    examples = (
        Example(
            {"unit": "line"},
            accepts=("2 + 3 = 5\n5 * 2 = 10",),
            rejects=("2 + 3 = 6\n6 * 2 = 12",),
            prompt="What is twice the sum of 2 and 3?",
        ),
    )
    type: Literal["soft:steps"] = "soft:steps"
    unit: Annotated[Unit, Field(description="What a step is.")] = "paragraph"

    def pieces(self, text: Text) -> tuple[str, ...]:
        # A wrong step in a code block or a table is a wrong step.
        match self.unit:
            case "paragraph":
                return text.view(blocks)
            case "sentence":
                return text.view(statements)
            case "line":
                return text.lines

    def about(self, number: int, piece: str) -> tuple[str, ...]:
        return (f"Is step {number} of the response right, given the steps before it? Step {number} is: {piece}",)


class FaithfulSentences(_ByParts):
    """Every sentence is faithful to the reference, and correct; the first that is not is named, and how it fails.

    Faithfulness is asked first and by itself, so that a true sentence that the reference does not support is told
    from a false one. The score is the share of sentences before the first that fails.
    Source: TRM (arXiv 2509.25409).
    """

    template = "Say only what the reference supports, and nothing wrong."
    examples = (
        Example(
            {},
            accepts=("The tower opened in 1889.",),
            rejects=("The tower opened in 1889. It is made of wood.",),
            reference="The iron tower opened in 1889.",
        ),
    )
    type: Literal["soft:faithful_sentences"] = "soft:faithful_sentences"
    needs = "reference"
    stages = ("not faithful to the reference", "not correct")

    def pieces(self, text: Text) -> tuple[str, ...]:
        return text.view(statements)

    def about(self, number: int, piece: str) -> tuple[str, ...]:
        return (
            f"Does the reference support sentence {number} of the response? It is: {piece}",
            f"Is sentence {number} of the response a correct answer to the prompt, or part of one? It is: {piece}",
        )


CONSTRAINTS = (Steps, FaithfulSentences)
