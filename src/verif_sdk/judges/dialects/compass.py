"""CompassVerifier (arXiv 2508.03686): a final answer against a reference, with and without reasoning."""

from __future__ import annotations

import re
from collections.abc import Mapping

from verif_sdk.dialect import Chosen, Meant, Written
from verif_sdk.judges.dialects.published import Published, by_letter
from verif_sdk.judges.dialects.template import Source
from verif_sdk.question import Question

_BOXED = re.compile(r"boxed\{([A-C])\}")
_STATED = re.compile(r"Final Judgment:\W*([A-C])\b")


class _Compass(Published):
    slots = frozenset({"question", "gold_answer", "llm_response"})
    types = ("soft:correctness", "soft:agreement")

    def values(self, question: Question) -> Mapping[str, str]:
        return {
            "question": self.needed(question, "prompt"),
            "gold_answer": self.needed(question, "reference"),
            "llm_response": question.response,
        }


class Compass(_Compass, Chosen):
    """CompassVerifier's prompt for one letter, read from probabilities: A correct, B incorrect, C invalid."""

    name = "compass"
    source = Source(
        "open-compass/CompassVerifier",
        "src/prompts.py",
        "CV_PROMPT",
        "aee9c27520639ca543f0b5077164dc32c1976be0f16c87bee7055f3b7ba45e72",
    )

    def choices(self, question: Question) -> Mapping[str, Meant]:
        return {letter: meant for letter in "ABC" if (meant := by_letter(question, letter))}


class CompassCot(_Compass, Written):
    """CompassVerifier's prompt for an analysis that ends in a boxed letter. The last boxed letter decides.

    Without one, a reply that is a letter alone, or the letter right behind the last `Final Judgment:`.
    The authors' code takes any capital A, B or C after that, also the first letter of a word.
    """

    name = "compass-cot"
    source = Source(
        "open-compass/CompassVerifier",
        "src/prompts.py",
        "CV_COT_PROMPT",
        "3d7456fb730b7517ca1f3bc1a28a3cc8847522ea6cc721a4d709f28bd07b4a10",
    )

    def read(self, question: Question, reply: str) -> Meant | None:
        found = _BOXED.findall(reply) or re.findall(r"\A\s*([A-C])\s*\Z", reply) or _STATED.findall(reply)
        return by_letter(question, found[-1]) if found else None
