"""Which language the response is in."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from verif_sdk.constraint import Check, Example
from verif_sdk.demand import Demand
from verif_sdk.errors import LONGEST, did_you_mean
from verif_sdk.text import Text
from verif_sdk.verdict import Verdict

NAMES = {
    "af": "Afrikaans",
    "ar": "Arabic",
    "bg": "Bulgarian",
    "bn": "Bengali",
    "ca": "Catalan",
    "cs": "Czech",
    "cy": "Welsh",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "gu": "Gujarati",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "kn": "Kannada",
    "ko": "Korean",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "mk": "Macedonian",
    "ml": "Malayalam",
    "mr": "Marathi",
    "ne": "Nepali",
    "nl": "Dutch",
    "no": "Norwegian",
    "pa": "Punjabi",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "so": "Somali",
    "sq": "Albanian",
    "sv": "Swedish",
    "sw": "Swahili",
    "ta": "Tamil",
    "te": "Telugu",
    "th": "Thai",
    "tl": "Tagalog",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
"""The languages that langdetect tells apart, by ISO 639-1 code."""


def _known(code: str) -> str:
    known = code.strip().lower()
    if known in NAMES:
        return known
    by_name = {name.lower(): one for one, name in NAMES.items()}
    near = [by_name[name] for name in get_close_matches(known, by_name, n=1)]
    hint = (
        did_you_mean(near)
        if near
        else "it takes an ISO 639-1 code, such as 'en'; `verif show language:is` has all"
    )
    raise ValueError(f"unknown language {code[:LONGEST]!r}; {hint}")


class Is(Check):
    """The response is in a language, as langdetect sees it.

    A text without letters is in no language and fails. Texts under some twenty characters are
    guesses: give them room or another constraint.
    """

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
    language: Annotated[
        str, AfterValidator(_known), Field(description=f"An ISO 639-1 code, one of: {', '.join(NAMES)}.")
    ]

    def demands(self) -> Iterable[Demand]:
        return [Demand("the language", value=self.language)]

    def instruction(self) -> str:
        return f"Write in {NAMES[self.language]}."

    def check(self, text: Text) -> Verdict:
        found = text.language
        reason = f"detected {found}, {self.language} wanted" if found else "no letters to tell a language by"
        return self.verdict(found == self.language, reason)


CONSTRAINTS = (Is,)
