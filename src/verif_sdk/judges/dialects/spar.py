"""SPaR's judge (arXiv 2412.11605): whether a response follows its prompt."""

from __future__ import annotations

import re
from collections.abc import Mapping

from verif_sdk.dialect import Meant, Written
from verif_sdk.judges.dialects.published import Published, yes_or_no
from verif_sdk.judges.dialects.template import Source
from verif_sdk.question import ALL, Question

_FORM = re.compile(r"\(\s*Yes or No\s*\)")
_VERDICT = re.compile(r"\b(Yes|No)\b")


class Spar(Published, Written):
    """SPaR's prompt: a check of each constraint that the prompt holds, then one verdict. SPaR takes five votes.

    It sees no requirement of ours, only the prompt. The first Yes or No behind the last `Final Judgement` decides.
    SPaR's code goes by the first `Final Judgement`, and takes the No that begins Not or None too.
    """

    name = "spar"
    source = Source(
        "thu-coai/SPaR",
        "src/tasks/prompts.py",
        "judge_template",
        "347b9d596f30836964b2329f6afec8a067e6d116c5d0dc6bb910364b3f36eea8",
    )
    slots = frozenset({"0", "1"})
    types = ("soft:relevance", ALL)

    def values(self, question: Question) -> Mapping[str, str]:
        return {"0": self.needed(question, "prompt"), "1": question.response}

    def read(self, question: Question, reply: str) -> Meant | None:
        _, stated, rest = _FORM.sub("", reply).rpartition("Final Judgement")
        found = _VERDICT.search(rest) if stated else None
        return yes_or_no(question, found[1] == "Yes") if found else None
