"""IF-Verifier-7B and the other judges of VerIF (arXiv 2506.09942)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from verif_sdk.dialect import Meant, Written
from verif_sdk.judges.dialects.published import Published, yes_or_no
from verif_sdk.judges.dialects.template import Source
from verif_sdk.question import ALL, Question

_MARKER = re.compile(r"\[\[(\d+)\]\]")


class IfVerifier(Published, Written):
    """VerIF's prompt: whether a response follows what an instruction requires, as `[[1]]` or `[[0]]`.

    With `joint=all` the requirements are put as VerIF's reward puts them: a Python list, each with its tag.
    The last marker behind the thoughts decides. VerIF's code takes the first anywhere, and 0 where there is none.
    """

    name = "if-verifier"
    source = Source(
        "THU-KEG/VerIF",
        "verl/utils/reward_score/local_server/llm_call.py",
        "llm_score.prompt",
        "fe23b5c2e07fdcb0b1b871e5886ea1249d57eb57ddb906b82bcef357ca3fe36b",
    )
    slots = frozenset({"instruction", "response", "checkers"})
    types = ("what a response must do, without a reference",)
    room = 4096

    def asks(self, question: Question) -> bool:
        return bool(question.requirements) and question.reference is None and len(question.answers) == 2

    def values(self, question: Question) -> Mapping[str, str]:
        required = question.requirements
        listed = str([f"[llm] {each}" for each in required]) if question.type == ALL else "\n".join(required)
        instruction = self.needed(question, "prompt")
        return {"instruction": instruction, "response": question.response, "checkers": listed}

    def read(self, question: Question, reply: str) -> Meant | None:
        *_, last = ("", *_MARKER.findall(reply))
        return yes_or_no(question, last == "1") if last in ("0", "1") else None
