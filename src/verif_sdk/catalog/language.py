"""Which language the response is in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from verif_sdk.constraint import Check, Example
from verif_sdk.text import Text
from verif_sdk.verdict import Verdict


def _known(code: str) -> str:
    from verif_sdk.language import languages

    code = code.strip().lower()
    if code not in languages():
        raise ValueError(f"unknown language {code!r}; known ISO 639-1 codes: {', '.join(sorted(languages()))}")
    return code


class Is(Check):
    """The response is in a language, as langdetect sees it.

    A text without letters is in no language and fails. Texts under some twenty characters are
    guesses: give them room or another constraint.
    """

    template = "Write in the language with the ISO 639-1 code {language}."
    examples = (
        Example(
            {"language": "de"},
            accepts=("Das Wetter ist heute schön, und wir gehen in den Park.",),
            rejects=("The weather is fine today and we are going to the park.", "12345 67890"),
        ),
        Example(
            {"language": "zh"},
            accepts=("今天天气很好，我们去公园散步。",),
            rejects=("今日はとても良い天気です。",),
        ),
    )
    type: Literal["language:is"] = "language:is"
    language: Annotated[str, AfterValidator(_known)]

    def check(self, text: Text) -> Verdict:
        found = text.language
        reason = f"detected {found}, {self.language} wanted" if found else "no letters to tell a language by"
        return self.verdict(found == self.language, reason)


CONSTRAINTS = (Is,)
