"""General-Reasoner's verifier (arXiv 2505.14652): a final answer against a reference."""

from __future__ import annotations

import re
from collections.abc import Mapping

from verif_sdk.dialect import Meant, Written
from verif_sdk.judges.dialects.published import Published, by_letter
from verif_sdk.judges.dialects.template import Source
from verif_sdk.question import Question

_DECISION = re.compile(r"Final Decision: (Yes|No)\b")
_ANSWER = re.compile(r"(?:answer(?: is)?|solution(?: is)?):[ \t]*([^\n]+)", re.IGNORECASE)


class GeneralVerifier(Published, Written):
    """general-verifier's prompt, continued as it is, without a chat template. The last `Final Decision:` decides.

    It is shown the final answer alone: what stands in the last box, else behind the last `Answer:` or `Solution:`,
    else the whole response, where General-Reasoner's code shows the word None. Its penalty for length is left out.
    """

    name = "general-verifier"
    chat = False
    source = Source(
        "TIGER-AI-Lab/General-Reasoner",
        "verifier.py",
        "VERIFIER_PROMPT_TEMPLATE",
        "5db841af5eef8a3f80ec8f463873ac4a77737e4205331b064d937313d505425a",
    )
    slots = frozenset({"question", "ground_truth", "student_answer"})
    types = ("soft:correctness", "soft:agreement")

    def values(self, question: Question) -> Mapping[str, str]:
        return {
            "question": self.needed(question, "prompt"),
            "ground_truth": self.needed(question, "reference"),
            "student_answer": final_answer(question.response),
        }

    def read(self, question: Question, reply: str) -> Meant | None:
        found = _DECISION.findall(reply)
        return by_letter(question, "A" if found[-1] == "Yes" else "B") if found else None


def final_answer(response: str) -> str:
    """Return the final answer in a response, or the response where none is marked."""
    box = response.rfind("\\boxed{")
    if box >= 0 and (inside := _closed(response[box + len("\\boxed{") :])):
        return inside
    found = _ANSWER.findall(response)
    return found[-1].strip() if found else response


def _closed(text: str) -> str:
    """Return what stands before the brace that closes one opened before the text; nothing where none does."""
    depth = 1
    for place, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return text[:place]
    return ""
