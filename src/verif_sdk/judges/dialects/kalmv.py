"""KALMV (arXiv 2310.12836): whether an answer, and the knowledge that it was made from, hold."""

from __future__ import annotations

from collections.abc import Mapping

from verif_sdk.dialect import Chosen, Meant
from verif_sdk.judges.dialects.published import Published
from verif_sdk.judges.dialects.template import Source
from verif_sdk.question import Question

_LETTERS = {"A": "C", "B": "B", "C": "A"}
"""KALMV's letters, retrieval error, grounding error and correct, as those of `soft:grounding`."""


class Kalmv(Published, Chosen):
    """KALMV's five wordings about a passage, continued as they are; the letters' probabilities are averaged."""

    name = "kalmv"
    chat = False
    source = Source(
        "JinheonBaek/KALMV",
        "models/verifiers.py",
        "INSTRUCTIONS_Wiki",
        "eebf49d2df51e4bc5a2e9e23795178dfe36ca396cfa11604bd0b324eaedba85a",
    )
    slots = frozenset({"question", "passage", "answer"})
    types = ("soft:grounding",)

    def values(self, question: Question) -> Mapping[str, str]:
        return {
            "question": self.needed(question, "prompt"),
            "passage": self.needed(question, "reference"),
            "answer": question.response,
        }

    def choices(self, question: Question) -> Mapping[str, Meant]:
        scores = dict(question.answers)
        return {theirs: (ours, scores[ours]) for theirs, ours in _LETTERS.items()}
