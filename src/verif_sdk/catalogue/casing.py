"""Capital and small letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal

import regex

from verif_sdk.catalogue.support.bounds import Counted
from verif_sdk.constraint import Check, Example
from verif_sdk.demand import Demand
from verif_sdk.sentences import listed
from verif_sdk.text import Text
from verif_sdk.verdict import Verdict

# Words that style guides leave small inside a title.
MINOR = listed(
    "a an and as at but by for from if in into n nor of off on onto or out over per so than the to up v via vs"
    " with yet da das de del der des di dos du e el en et il la las le les los und van von y"
)
_MAYBE_NASAS = re.compile(r"'s(?<=[^\Wa-z_]'s)")  # what is common comes first, for the search
_CASED = regex.compile(r"[\p{Lu}\p{Ll}\p{Lt}]")


class Upper(Check):
    """Every letter of the response that has a case is a capital."""

    template = "Write in capital letters only."
    examples = (Example({}, accepts=("HELLO, WORLD 1!", "ÜBER"), rejects=("HELLO World", "123", "Straße")),)
    type: Literal["casing:upper"] = "casing:upper"

    def demands(self) -> Iterable[Demand]:
        return [Demand("the case of letters", value="upper"), Demand("the case of first letters", value="upper")]

    def check(self, text: Text) -> Verdict:
        return _all_cased(self, text, str.isupper, "capital")


class Lower(Check):
    """Every letter of the response that has a case is a small one."""

    template = "Write in lower-case letters only."
    examples = (Example({}, accepts=("hello, world 1!", "straße"), rejects=("hello World", "123")),)
    type: Literal["casing:lower"] = "casing:lower"

    def demands(self) -> Iterable[Demand]:
        return [Demand("the case of letters", value="lower"), Demand("the case of first letters", value="lower")]

    def check(self, text: Text) -> Verdict:
        return _all_cased(self, text, str.islower, "small")


class Title(Check):
    """Every word begins with a capital; small words inside a line, such as "of", may stay small."""

    template = "Write every word with a capital first letter, as in a title."
    examples = (
        Example(
            {},
            accepts=("The Lord of the Rings", "Don't Go", "The 3rd Way To Use an iPhone", "See www.example.com"),
            rejects=("The lord of the Rings", "of Mice and Men", "Never give Up"),
        ),
    )
    type: Literal["casing:title"] = "casing:title"

    def demands(self) -> Iterable[Demand]:
        return [Demand("the case of first letters", value="upper")]

    def check(self, text: Text) -> Verdict:
        words = [word for line in text.lines for word in _titled(text.part(line).words)]
        wrong = [word for word, good in words if not good]
        if not words:
            return self.verdict(False, "no word has letters with a case")
        reason = f'not capitalised: "{wrong[0]}"' if wrong else "every word is capitalised"
        return self.verdict(not wrong, reason, score=1 - len(wrong) / len(words))


class CapitalWords(Counted):
    """The response has a number of words all in capitals, two letters or more: "NASA" counts, "I" does not."""

    examples = (
        Example({"exactly": 2}, accepts=("NASA and ESA met.",), rejects=("NASA and I met.", "NASA, ESA, JAXA")),
    )
    type: Literal["casing:capital_words"] = "casing:capital_words"

    def instruction(self) -> str:
        return f"Use {self.amount('word')} in all capital letters."

    def check(self, text: Text) -> Verdict:
        possessive = (
            [word[:-2] for word in text.words if word[-2:] == "'s"] if _MAYBE_NASAS.search(text.plain) else []
        )
        capitals = [*filter(str.isupper, text.words), *filter(str.isupper, possessive)]
        words = [word for word in capitals if len(word) > 1 and len(_CASED.findall(word)) > 1]
        return self.bounded(len(words), "word in all capitals")


def _all_cased(check: Check, text: Text, right: Callable[[str], bool], name: str) -> Verdict:
    letters = _CASED.findall(text.shown)
    wanted = sum(right(letter) for letter in letters)
    if not letters:
        return check.verdict(False, "no letter has a case")
    reason = f"{wanted} of {len(letters)} letters are {name}"
    return check.verdict(wanted == len(letters), reason, score=wanted / len(letters))


def _titled(words: tuple[str, ...]) -> list[tuple[str, bool]]:
    """Return the words of one line that have a case, with whether each may stand so in a title."""
    cased = [word for word in words if _CASED.search(word)]
    last = len(cased) - 1
    return [(word, _capital(word) or (word in MINOR and 0 < place < last)) for place, word in enumerate(cased)]


def _capital(word: str) -> bool:
    """Return whether a word may open a title: "iPhone", "3rd" and an address may, "the" may not."""
    return not word.islower() or not word[0].isalpha() or "@" in word or "/" in word or word.startswith("www.")


CONSTRAINTS = (Upper, Lower, Title, CapitalWords)
