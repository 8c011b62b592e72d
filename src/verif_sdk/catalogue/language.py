"""Which language the response is in."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from verif_sdk.constraint import Check, Example
from verif_sdk.demand import Demand
from verif_sdk.errors import LONGEST, Undecidable, did_you_mean
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
    """The response is in a language.

    The question is whether the response could be in this language, not which language a detector would name. A
    text too short to tell is undecided: "Gift" may be German or English. Code, web and mail addresses, and names
    inside sentences have no say, nor have quotations where they are the smaller part. A text without letters is
    in no language and fails.
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
        Example(
            {"language": "en", "share_at_least": 0.4},
            accepts=(
                "The shop opens at nine in the morning, and we look forward to your visit every day.\n\n"
                "Le magasin ouvre à neuf heures du matin, et nous attendons votre visite tous les jours.",
            ),
            rejects=("Le magasin ouvre à neuf heures du matin, et nous attendons votre visite.",),
        ),
    )
    type: Literal["language:is"] = "language:is"
    language: Annotated[
        str, AfterValidator(_known), Field(description=f"An ISO 639-1 code, one of: {', '.join(NAMES)}.")
    ]
    share_at_least: float = Field(
        0.8, gt=0, le=1, description="The lowest share of the response's letters, in (0, 1], that passes."
    )

    def demands(self) -> Iterable[Demand]:
        return [Demand("the language", value=self.language)] if self.share_at_least > 0.5 else []

    def instruction(self) -> str:
        return f"Write in {NAMES[self.language]}."

    def check(self, text: Text) -> Verdict:
        from verif_sdk.language.share import share

        found = share(text.raw, self.language)
        if found is None:
            return self.verdict(False, "no letters to tell a language by")
        name, rival = NAMES[self.language], NAMES.get(found.rival, "another language")
        if found.least >= self.share_at_least:
            return self.verdict(True, f"{found.least:.0%} of its letters are in {name}")
        if found.most >= self.share_at_least:
            raise Undecidable(f"too little text to tell {name} from {rival}")
        reason = f"{1 - found.most:.0%} of its letters are not in {name}: likelier {rival}"
        return self.verdict(False, reason, score=found.most / self.share_at_least)


CONSTRAINTS = (Is,)
