"""The large shape of a response: the prompt repeated first, several responses in one."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from verif_sdk.catalogue.support.bounds import Counted
from verif_sdk.constraint import Check, Example
from verif_sdk.errors import Undecidable
from verif_sdk.folding import fold
from verif_sdk.segment import says_something
from verif_sdk.shown import shown
from verif_sdk.text import Text
from verif_sdk.verdict import Verdict

_ENDS = " .!…*_\"'"
_MARKS = " \"'*_>#-"


class RepeatsPrompt(Check):
    """The response begins with the prompt, word for word, and then goes on.

    Case, whitespace, and quotes or emphasis around it do not count. The text to repeat is given here, or is the
    case's prompt.
    """

    template = "First repeat the request word for word, then answer it."
    examples = (
        Example(
            {"prompt": "Name a colour."},
            accepts=("Name a colour.\n\nBlue.", "name  a COLOUR. Red", "> **Name a colour.**\n\nBlue."),
            rejects=("Blue.", "Name a colour.", "“Name a colour.”", "You asked: Name a colour. Blue."),
        ),
    )
    type: Literal["structure:repeats_prompt"] = "structure:repeats_prompt"
    prompt: Annotated[str, StringConstraints(min_length=1)] | None = None

    def check(self, text: Text) -> Verdict:
        prompt = self.prompt if self.prompt is not None else text.prompt
        if prompt is None:
            raise Undecidable("structure:repeats_prompt needs the prompt: give it as a parameter or in the case")
        wanted, given = fold(shown(prompt)), fold(text.shown)
        if not wanted:
            raise Undecidable("structure:repeats_prompt needs a prompt that is not blank")
        if not given.startswith(wanted):
            given, wanted = given.lstrip(_MARKS), wanted.lstrip(_MARKS)
        if not wanted or not given.startswith(wanted):
            return self.verdict(False, "it does not begin with the prompt")
        rest = given[len(wanted) :]
        if wanted[-1].isalnum() and rest[:1].isalnum():
            return self.verdict(False, "its first words go on where the prompt ends")
        answered = says_something(rest)
        return self.verdict(answered, "the prompt, then an answer" if answered else "nothing follows the prompt")


class Responses(Counted):
    """The response holds a number of different responses, split by a separator."""

    examples = (
        Example(
            {"exactly": 2, "separator": "******"},
            accepts=("Yes.\n******\nNo.",),
            rejects=("Yes.", "Yes.\n******\nyes.\u200b", "Yes.\n******\n", "Yes.******No.******Yes."),
        ),
    )
    type: Literal["structure:responses"] = "structure:responses"
    separator: Annotated[str, StringConstraints(min_length=1)] = Field("******")

    def instruction(self) -> str:
        return f'Give {self.amount("different response")}, separated by "{self.separator}".'

    def check(self, text: Text) -> Verdict:
        parts = [fold(piece).strip(_ENDS) for piece in text.shown.split(self.separator) if says_something(piece)]
        if len(set(parts)) < len(parts):
            return self.verdict(False, "two of the responses are the same", score=0.0)
        return self.bounded(len(parts), "different response")


CONSTRAINTS = (RepeatsPrompt, Responses)
