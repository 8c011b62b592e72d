"""What stands where: at the start, at the end, or as a certain word."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Annotated, Literal

import regex
from pydantic import AfterValidator, Field

from verif_sdk.catalogue.keywords import CaseSensitive, Phrase
from verif_sdk.catalogue.support.matching import PARTICLES
from verif_sdk.constraint import Check, Example
from verif_sdk.demand import Demand
from verif_sdk.errors import Undecidable
from verif_sdk.folding import fold
from verif_sdk.segment import unspaced
from verif_sdk.text import Text
from verif_sdk.verdict import Verdict

Scope = Annotated[
    Literal["response", "paragraph", "sentence", "line"],
    Field(description="Whether the whole response is meant, or every paragraph, sentence or line of it."),
]
# Typographic wrapping that a reader does not take for part of the words, and what stands before a line.
_WRAPPING = " \t\r\n\"'*_“”„‘’‚«»‹›「」『』《》【】¡¿()[]`"
_CLOSING = _WRAPPING + ".!?…,;:。！？"
_MARK = regex.compile(r"(?:\s*+(?:#{1,6}|>|[-*+•]|\(?\d{1,3}[.)])(?=\s))++\s*+")


_BLANK_LINE = regex.compile(r"\n[^\S\n]*\n")
_FURTHER = regex.compile(r"\W*P[.\s\-]*P[.\s\-]*(?:P[.\s\-]*)*S", regex.IGNORECASE)
# Scripts that leave no space between words: a phrase may end anywhere.
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_WORD_END = regex.compile(r"\w++")


def _lettered(marker: str) -> str:
    if not any(map(str.isalnum, marker)):
        raise ValueError(f"a marker has a letter or a digit, got {marker!r}")
    return marker


class Positioned(Check):
    """A check on the start, the end or one word of the response or of every part of it."""

    scope: Scope = "response"
    case_sensitive: CaseSensitive = False

    def where(self, place: str) -> str:
        """Return the place in words: "the response", or "every sentence"."""
        return f"{place} {'the response' if self.scope == 'response' else f'every {self.scope}'}"

    def every(self, text: Text, right: Callable[[str], bool], wanted: str) -> Verdict:
        """Return the verdict where each part has to be `right`; the score is the share that is."""
        parts = (text.shown,) if self.scope == "response" else text.units(self.scope)
        wrong = [part for part in parts if not right(part)]
        if not parts:
            return self.verdict(False, f"it has no {self.scope}")
        where = "" if self.scope == "response" else f" in {len(wrong)} of {len(parts)} {self.scope}s"
        reason = f"not {wanted}{where}: {wrong[0][:60]!r:.60}" if wrong else wanted
        return self.verdict(not wrong, reason, score=1 - len(wrong) / len(parts))

    def folded(self, words: str) -> str:
        """Return words as they are compared: in one spelling, and without case unless it counts."""
        return fold(words, case_sensitive=self.case_sensitive)


class StartsWith(Positioned):
    """The response, or every part of it, begins with a phrase.

    Quotes and markdown before it are passed over: emphasis, the mark of a heading, a quote or a list item.
    """

    examples = (
        Example({"phrase": "Dear"}, accepts=("Dear all,", '"**Dear** all"', "# Dear all"), rejects=("Oh dear",)),
        Example(
            {"phrase": "I", "scope": "sentence"},
            accepts=("I came. I saw.",),
            rejects=("I came. We saw.", "It rained."),
        ),
    )
    type: Literal["position:starts_with"] = "position:starts_with"
    phrase: Phrase

    def demands(self) -> Iterable[Demand]:
        phrase = fold(self.phrase).lstrip(_WRAPPING)
        return [Demand("the beginning", value=phrase, longer=True)] if self.scope == "response" else ()

    def instruction(self) -> str:
        return f'{self.where("Begin")} with "{self.phrase}".'

    def check(self, text: Text) -> Verdict:
        wanted = self.folded(self.phrase)

        def right(part: str) -> bool:
            forms = [self.folded(form) for form in _openings(part, 4 * len(wanted) + 100)]
            return any(_leads(form, wanted) or _leads_with_ending(form, wanted) for form in forms)

        return self.every(text, right, f'beginning with "{self.phrase}"')


class EndsWith(Positioned):
    """The response, or every part of it, ends with a phrase.

    Quotes, markdown and end marks after it are passed over.
    """

    examples = (
        Example(
            {"phrase": "Any questions?"},
            accepts=("Done. Any questions?", "Done. *Any questions?*"),
            rejects=("Any questions? No.",),
        ),
        Example({"phrase": "the end"}, accepts=("It is the end.",), rejects=("The end is near.", "Breathe end")),
    )
    type: Literal["position:ends_with"] = "position:ends_with"
    phrase: Phrase

    def demands(self) -> Iterable[Demand]:
        phrase = fold(self.phrase).rstrip(_CLOSING)
        backwards = Demand("the end, read backwards,", value=phrase[::-1], longer=True)
        return [backwards] if self.scope == "response" else ()

    def instruction(self) -> str:
        return f'{self.where("End")} with "{self.phrase}" and nothing after it.'

    def check(self, text: Text) -> Verdict:
        wanted = self.folded(self.phrase)[::-1]
        length = 4 * len(wanted) + 100

        def right(part: str) -> bool:
            end = self.folded(part.rstrip()[-length:])
            return any(_leads(form[::-1], wanted) for form in (end, end.rstrip(_WRAPPING), end.rstrip(_CLOSING)))

        return self.every(text, right, f'ending with "{self.phrase}"')


class WordAt(Positioned):
    """A check on one word of the response or of every part of it."""

    word: Phrase

    def word_at(self, text: Text, part: str, place: int) -> bool:
        """Return whether the wanted word stands at an index of a part; negative counts from the end.

        Raises:
            Undecidable: the word there is written together with its neighbours, as in Thai.
        """
        words = text.words if part is text.shown else text.part(part).words
        if not -len(words) <= place < len(words):
            return False
        wanted = text.part(self.word).words or (self.word,)
        start = place if place >= 0 else len(words) + place + 1 - len(wanted)
        if [*map(self.folded, words[max(start, 0) : start + len(wanted)])] == [*map(self.folded, wanted)]:
            return True
        if unspaced(words[place])[1]:
            raise Undecidable("words that are written without spaces cannot be told apart")
        return False


class FirstWord(WordAt):
    """The first word of the response, or of every part of it, is the given one."""

    examples = (
        Example({"word": "so"}, accepts=("So, it begins.", "*So* it is"), rejects=("Sorry.", "And so on")),
    )
    type: Literal["position:first_word"] = "position:first_word"

    def instruction(self) -> str:
        return f'{self.where("Make the first word of")} "{self.word}".'

    def check(self, text: Text) -> Verdict:
        return self.every(text, lambda part: self.word_at(text, part, 0), f'having "{self.word}" as first word')


class LastWord(WordAt):
    """The last word of the response, or of every part of it, is the given one, end marks aside."""

    examples = (Example({"word": "peace"}, accepts=("We want peace.",), rejects=("Peace now!",)),)
    type: Literal["position:last_word"] = "position:last_word"

    def instruction(self) -> str:
        return f'{self.where("Make the last word of")} "{self.word}".'

    def check(self, text: Text) -> Verdict:
        return self.every(text, lambda part: self.word_at(text, part, -1), f'having "{self.word}" as last word')


class NthWord(WordAt):
    """The n-th word of the response, or of every part of it, is the given one; 1 is the first."""

    examples = (
        Example({"word": "is", "n": 2}, accepts=("This is it.",), rejects=("It was.", "Is")),
        Example(
            {"word": "you", "n": 1, "scope": "line"}, accepts=("You go.\nyou stay",), rejects=("You go.\nI stay",)
        ),
    )
    type: Literal["position:nth_word"] = "position:nth_word"
    n: Annotated[int, Field(ge=1)]

    def instruction(self) -> str:
        return f'{self.where(f"Make word number {self.n} of")} "{self.word}".'

    def check(self, text: Text) -> Verdict:
        wanted = f'having "{self.word}" as word {self.n}'
        return self.every(text, lambda part: self.word_at(text, part, self.n - 1), wanted)


class Postscript(Check):
    """The response ends with a postscript: a line that begins with the marker, and says something.

    Dots and case in the marker do not count, so "PS:" is read as "P.S.". One more block, such as a signature, and
    further postscripts may follow.
    """

    template = 'Add a postscript at the end, beginning with "{marker}".'
    examples = (
        Example(
            {},
            accepts=("Bye.\n\nP.S. Call me.", "Bye.\nPS: bring cake", "Bye.\n**P.S.**\nCall me."),
            rejects=(
                "Bye.",
                "The U.P.S. store",
                "Bye.\n\nP.S.",
                "P.S. Call me.",
                "Bye.\nPsst, listen.",
                "Hi,\n\nP.S. I am late.\n\nIt rains.\n\nBye.",
            ),
        ),
        Example({"marker": "P.P.S."}, accepts=("Bye.\nP.S. One.\nP.P.S. Two.",), rejects=("Bye.\nP.S. One.",)),
        Example(
            {"marker": "Post scriptum:"}, accepts=("Bye.\nPost scriptum: One.",), rejects=("Bye.\nPost One.",)
        ),
    )
    type: Literal["position:postscript"] = "position:postscript"
    marker: Annotated[Phrase, AfterValidator(_lettered)] = "P.S."

    def check(self, text: Text) -> Verdict:
        places = [found.span() for found in _postscript(self.marker).finditer(text.shown)]
        last = [end for start, end in places if _opens_line(text.shown, start)][
            -2:
        ]  # the very last may say nothing
        if any(_says_it_last(text.shown[end:]) for end in last):
            return self.verdict(True, "a postscript stands at the end")
        reason = f'no line at the end begins with "{self.marker}" and says something'
        return self.verdict(False, reason)


@lru_cache(maxsize=256)
def _postscript(marker: str) -> regex.Pattern[str]:
    """Return a pattern for a marker dots and spaces in it optional."""
    letters = r"[.\s\-]*".join(regex.escape(letter) for letter in marker if letter.isalnum())
    return regex.compile(rf"(?<![\p{{L}}\p{{N}}]){letters}(?![\p{{L}}\p{{N}}])", regex.IGNORECASE)


def _opens_line(text: str, place: int) -> bool:
    """Return whether a line, not the first, begins at a place; marks may stand before it."""
    head, line, marks = text[max(0, place - 20) : place].rpartition("\n")
    return (
        bool(line)
        and not any(map(str.isalnum, marks))
        and bool(head.strip() or text[: max(0, place - 20)].strip())
    )


def _says_it_last(rest: str) -> bool:
    """Return whether what follows a marker says something, and is not the letter itself: two blocks at most."""
    own, *more = [block for block in _BLANK_LINE.split(rest) if any(map(str.isalnum, block))] or [""]
    return bool(own) and sum(not _FURTHER.match(block) for block in more) <= 1


def _openings(part: str, length: int) -> Iterator[str]:
    """Yield the first `length` characters of a part as it is, and without the marks that a reader passes over."""
    mark = _MARK.match(part)
    for start in (part, part[mark.end() :] if mark else part):
        for opening in (start.lstrip()[:length], start.lstrip(_WRAPPING)[:length]):
            yield opening
            if "**" in opening:
                yield opening.replace("**", "")


def _leads_with_ending(body: str, phrase: str) -> bool:
    """Return whether `body` begins with `phrase` and an ending that is written together with it."""
    word = _WORD_END.match(body, len(phrase)) if body.startswith(phrase) else None
    return word is not None and PARTICLES.fullmatch(word[0]) is not None


def _leads(body: str, phrase: str) -> bool:
    """Return whether `body` begins with `phrase`, and not in the middle of a word."""
    if not body.startswith(phrase):
        return False
    after = body[len(phrase) : len(phrase) + 1]
    if _UNSPACED.match(after) or _UNSPACED.match(phrase[-1:]):
        return unicodedata.combining(after or " ") == 0
    inside = after.isalnum() or unicodedata.combining(after or " ") > 0
    return not (phrase[-1:].isalnum() and inside)


CONSTRAINTS = (StartsWith, EndsWith, FirstWord, LastWord, NthWord, Postscript)
