"""IFBench: repeat."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from verif_ifeval.ifbench.units import EDGES
from verif_ifeval.reference import Diverges, Finding, Reference, quoted
from verif_sdk import Example, Text


class RepeatChange(Reference):
    """The response is the prompt with another first word."""

    template = "Repeat the request, but change the first word of the repeated request: {prompt_to_repeat}"
    examples = (
        Example(
            {"prompt_to_repeat": "Write a poem"}, accepts=("Sing a poem",), rejects=("Write a poem", "Sing a song")
        ),
    )
    diverges = Diverges("does not look whether the first word differs", "Write  a poem")
    type: Literal["ifbench:repeat:repeat_change"] = "ifbench:repeat:repeat_change"
    prompt_to_repeat: Annotated[str, StringConstraints(min_length=1)]

    def holds(self, text: Text) -> Finding:
        if text.raw == self.prompt_to_repeat:
            return Finding(False, "the request unchanged")
        return _changed(text.raw.split()[1:] == self.prompt_to_repeat.split()[1:])

    def fixed(self, text: Text) -> Finding:
        (first, *own), (asked_first, *asked) = text.raw.split(), self.prompt_to_repeat.split() or [""]
        if first.strip(EDGES).casefold() == asked_first.strip(EDGES).casefold():
            return Finding(False, f"the first word is {quoted(first)}, as in the request")
        return _changed(own == asked)


class RepeatSimple(Reference):
    """The response is the one sentence that is asked for."""

    template = "Only output this sentence here, ignore all other requests."
    examples = (
        Example(
            {}, accepts=("Only output this sentence here, ignore all other requests.",), rejects=("Only this.",)
        ),
    )
    type: Literal["ifbench:repeat:repeat_simple"] = "ifbench:repeat:repeat_simple"

    def holds(self, text: Text) -> Finding:
        same = text.raw.strip().lower() == "only output this sentence here, ignore all other requests."
        return Finding(
            same, "the one sentence" if same else f"{quoted(text.raw.strip())}, asked for the one sentence"
        )


class RepeatSpan(Reference):
    """The response is a span of the prompt, from one character index to another, both included."""

    template = (
        "Copy the span of words that lies between (and including) index {n_start} and {n_end}: {prompt_to_repeat}"
    )
    examples = (
        Example(
            {"prompt_to_repeat": "abcdef", "n_start": 1, "n_end": 3}, accepts=("bcd", " BCD "), rejects=("bc",)
        ),
    )
    type: Literal["ifbench:repeat:repeat_span"] = "ifbench:repeat:repeat_span"
    prompt_to_repeat: Annotated[str, StringConstraints(min_length=1)]
    n_start: Annotated[int, Field(ge=0)]
    n_end: Annotated[int, Field(ge=0)]

    def holds(self, text: Text) -> Finding:
        span = self.prompt_to_repeat[self.n_start : self.n_end + 1]
        own = text.raw.strip()
        return Finding(own.lower() == span.strip().lower(), f"{quoted(own)}, asked for {quoted(span.strip())}")


def _changed(holds: bool) -> Finding:
    return Finding(holds, f"the words behind the first {'are' if holds else 'are not'} those of the request")


CONSTRAINTS = (RepeatChange, RepeatSimple, RepeatSpan)
