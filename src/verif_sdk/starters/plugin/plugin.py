"""Constraint types for verif_sdk."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from verif_sdk import Check, Constraint, Example, Judged, Text, Verdict, hookimpl


class Questions(Check):
    """The response asks at most a number of questions."""

    type: Literal["acme:questions"] = "acme:questions"
    template = "Ask at most {at_most} questions."
    examples = (Example({"at_most": 1}, accepts=("Fine.", "Why?"), rejects=("Why? When?",)),)
    at_most: Annotated[int, Field(ge=0)] = 0

    def check(self, text: Text) -> Verdict:
        count = sum(sentence.endswith("?") for sentence in text.sentences)
        return self.verdict(count <= self.at_most, f"questions: {count}, asked for at most {self.at_most}")


class Voice(Judged):
    """The response is written in a voice, such as "dry" or "playful"."""

    type: Literal["acme:voice"] = "acme:voice"
    template = "Write in a {voice} voice."
    examples = (Example({"voice": "dry"}, accepts=("It rains.",), rejects=("Hooray, it rains!",)),)
    voice: str


@hookimpl
def verif_constraints() -> list[type[Constraint]]:
    return [Questions, Voice]
