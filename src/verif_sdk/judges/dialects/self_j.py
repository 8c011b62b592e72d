"""Self-J (arXiv 2409.00935): the quality of a response from 0 to 9, with and without a reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from verif_sdk.dialect import Chosen, Meant
from verif_sdk.judges.dialects.published import Published
from verif_sdk.judges.dialects.template import Source
from verif_sdk.question import Question


class SelfJ(Published, Chosen):
    """Self-J's prompt without a reference, continued as it is; the score is the expected digit, 0 to 9, over nine.

    It rates the response as a whole: what a `soft:scale` is about is not told.
    """

    name = "self-j"
    chat = False
    source = Source(
        "nusnlp/Self-J",
        "judge.py",
        "template_wo_ref",
        "3398313d3e38d9448b3bacbb7eb3e331e2434c82229fbbdead8dced1a758cd45",
    )
    slots = frozenset({"instruction", "input"})
    types: ClassVar[tuple[str, ...]] = ("soft:scale",)

    def values(self, question: Question) -> Mapping[str, str]:
        return {"instruction": self.needed(question, "prompt"), "input": question.response}

    def choices(self, question: Question) -> Mapping[str, Meant]:
        return {str(digit): (_nearest(question, digit / 9), digit / 9) for digit in range(10)}


class SelfJRef(SelfJ):
    """Self-J's prompt with a reference, read as `self-j` is."""

    name = "self-j-ref"
    source = Source(
        "nusnlp/Self-J",
        "judge.py",
        "template_w_ref",
        "1649d8eb3019a3cfa3faca2ed221726b28a805312cdf3ba80db387b44a4b49e3",
    )
    slots = frozenset({"instruction", "reference", "input"})
    types = ("soft:scale", "soft:agreement")

    def values(self, question: Question) -> Mapping[str, str]:
        return {**super().values(question), "reference": self.needed(question, "reference")}


def _nearest(question: Question, score: float) -> str:
    return min(question.answers, key=lambda answer: abs(answer[1] - score))[0]
