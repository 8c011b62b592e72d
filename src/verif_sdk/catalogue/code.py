"""Requirements that a program checks, written by whoever wrote the data set."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from verif_sdk.constraint import Check, Example
from verif_sdk.text import Text
from verif_sdk.verdict import Verdict

_SHORT = "def check_following(instruction, response):\n    return len(response) < 20\n"


class Python(Check):
    """A Python program accepts the response.

    The program defines `check_following(instruction, response)` and returns True or False; anything
    else, an exception included, leaves the verdict undecided. `instruction` is the prompt of the case,
    empty without one. The program runs in a sandbox without files, network or other processes;
    see the explanation of the sandbox in the docs.

    Source: the checkers of VerInstruct (arXiv 2506.09942), which that paper's code runs in the trainer.
    """

    template = "{requirement}"
    runs_program = True
    examples = (
        Example(
            {"source": _SHORT, "requirement": "Stay below 20 characters."},
            accepts=("Short enough.",),
            rejects=("This one is longer than that.",),
        ),
    )
    type: Literal["code:python"] = "code:python"
    source: Annotated[str, StringConstraints(min_length=1, max_length=100_000)] = Field(
        description="Python source that defines check_following(instruction, response)."
    )
    requirement: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)] = Field(
        default="Satisfy the program that checks the response.",
        description="What the program checks, in words for the model.",
    )

    def check(self, text: Text) -> Verdict:
        from verif_sdk.sandbox.choice import is_unsandboxed
        from verif_sdk.sandbox.pool import shared

        passed = shared(unsandboxed=is_unsandboxed()).run(self.source, text.prompt or "", text.raw)
        return self.verdict(passed, f"check_following returned {passed}")


CONSTRAINTS = (Python,)
