"""A judge without a model, for tests of whatever uses judges."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from verif_sdk.question import Answer, Question


class ScriptedJudge:
    """Answers by a function of the question, and keeps what it was asked, in order.

    Args:
        script: the answer to a question: a score in [0, 1], or an `Answer`, such as one with an error.
    """

    def __init__(self, script: Callable[[Question], float | Answer]) -> None:
        self._script = script
        self.asked: list[Question] = []

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        """Return the script's answers, in order."""
        self.asked.extend(questions)
        return [self._answered(question) for question in questions]

    def _answered(self, question: Question) -> Answer:
        said = self._script(question)
        if isinstance(said, Answer):
            return said
        choice = min(question.answers, key=lambda answer: abs(answer[1] - said))[0]
        return Answer(score=said, choice=choice, decided_by="scripted")
