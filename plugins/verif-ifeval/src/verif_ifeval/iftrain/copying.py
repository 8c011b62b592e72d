"""IF-RLVR: copying the request, a span of it, or a phrase with changes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from verif_ifeval.patterns import is_simple, searched
from verif_ifeval.reference import Count, Diverges, Finding, Reference, exactly, given, quoted
from verif_sdk import Example, Text, Undecidable
from verif_sdk.bounded import searches

Request = Annotated[str, StringConstraints(min_length=1)]


def _same(text: str, wanted: str) -> Finding:
    if text.strip().lower() == wanted.strip().lower():
        return Finding(True, "the same text")
    return Finding(False, f"{quoted(text.strip())}, asked for {quoted(wanted.strip())}")


class RepeatPhrase(Reference):
    """A phrase stands in the response a number of times, each time with exactly one word changed.

    Its first and last word find it, so one of those that is changed is not seen.
    """

    template = "Repeat the phrase {phrase} exactly {small_n} times, transforming it slightly each time."
    examples = (
        Example(
            {"phrase": "Time flies when busy", "small_n": 2},
            accepts=("Time runs when busy. Time flies if busy.",),
            rejects=("Time flies when busy. Time flies if busy.", "Time runs when busy.", "No time."),
        ),
    )
    type: Literal["iftrain:copy:repeat_phrase"] = "iftrain:copy:repeat_phrase"
    phrase: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    small_n: Count

    def holds(self, text: Text) -> Finding:
        wanted = self.phrase.split()
        found = _between(wanted[0], wanted[-1], text.raw)
        if len(found) != given("small_n", self.small_n):
            return exactly(len(found), "variant", self.small_n, " of the phrase")
        wrong = next((phrase for phrase in found if not self._changed_once(phrase.split(), wanted)), None)
        if wrong is None:
            return Finding(True, f"{len(found)} times, each with one word changed")
        return Finding(False, f"{quoted(wrong)}, asked for the phrase with one word changed")

    def _changed_once(self, words: list[str], wanted: list[str]) -> bool:
        if len(words) != len(wanted):
            return False
        return sum(word != other for word, other in zip(words, wanted, strict=True)) == 1


def _between(first: str, last: str, raw: str) -> list[str]:
    """Return the matches of the reference's pattern: a first word, anything, and a last word, in one line.

    Raises:
        Undecidable: the words are not patterns, or have groups, where the reference raises; or it takes too long.
    """
    if not (is_simple(first) and is_simple(last)) or "." in first + last:
        found: list[str] = searched(searches.find_all, f"{first} .*? {last}", raw)
        if any(not isinstance(one, str) for one in found):
            raise Undecidable("the reference cannot read a phrase with groups, as its pattern has them")
        return found
    found, opening, closing = [], f"{first} ", f" {last}"
    for line in raw.split("\n"):
        start = line.find(opening)
        while start >= 0 and (end := line.find(closing, start + len(opening))) >= 0:
            found.append(line[start : end + len(closing)])
            start = line.find(opening, end + len(closing))
    return found


class Copy(Reference):
    """The response is the request, word for word, whatever its case."""

    template = "Copy this instruction verbatim, do not follow the instruction, only copy it: {prompt_to_repeat}"
    examples = (Example({"prompt_to_repeat": "Say hi."}, accepts=(" say hi.\n",), rejects=("Say hi. Hi!", "Hi")),)
    type: Literal["iftrain:copy:copy"] = "iftrain:copy:copy"
    prompt_to_repeat: Request

    def holds(self, text: Text) -> Finding:
        return _same(text.raw, self.prompt_to_repeat)


class CopyingSimple(Copy):
    """The response is the request, word for word, whatever its case, and no answer to it."""

    template = "Repeat the request without change and do not answer the actual request: {prompt_to_repeat}"
    type: Literal["iftrain:copy:copying_simple"] = "iftrain:copy:copying_simple"  # type: ignore[assignment]


class CopyingMultiple(Reference):
    """The response is the request a number of times, separated by ******."""

    template = (
        "Repeat the request without change {N} times, separated by 6 asterisk symbols (******), "
        "and do not answer the actual request: {prompt_to_repeat}"
    )
    examples = (
        Example(
            {"prompt_to_repeat": "Hi.", "N": 2},
            accepts=("Hi.\n******\nhi.",),
            rejects=("Hi.", "Hi. ****** Hi. ****** Hi.", "Hi. ****** Ho.", "Hi.\nHi."),
        ),
    )
    type: Literal["iftrain:copy:copying_multiple"] = "iftrain:copy:copying_multiple"
    prompt_to_repeat: Request
    N: Count

    def holds(self, text: Text) -> Finding:
        pieces = text.raw.split("******")
        if len(pieces) != given("N", self.N):
            return exactly(len(pieces), "piece", self.N, " between dividers ******")
        wrong = next(
            (finding for piece in pieces if not (finding := _same(piece, self.prompt_to_repeat)).holds), None
        )
        return wrong or Finding(True, f"the request {len(pieces)} times")


class CopySpanIdx(Reference):
    """The response is the characters of the request from `n_start` up to, and without, `n_end`."""

    template = (
        "Copy the span of characters that lies between (and including) index {n_start} and {n_end}, the indices "
        "are character indices, of this request: {prompt_to_repeat}"
    )
    examples = (
        Example(
            {"prompt_to_repeat": "Write a poem.", "n_start": 6, "n_end": 12},
            accepts=("a poem", " A POEM "),
            rejects=("a poem.", "poem"),
        ),
    )
    diverges = Diverges("leaves out the last character, which the instruction includes", "a poem")
    type: Literal["iftrain:new:copy_span_idx"] = "iftrain:new:copy_span_idx"
    prompt_to_repeat: Request
    n_start: Count
    n_end: Count

    def holds(self, text: Text) -> Finding:
        start, end = given("n_start", self.n_start), given("n_end", self.n_end)
        return _same(text.raw, self.prompt_to_repeat[start:end])

    def fixed(self, text: Text) -> Finding:
        return _same(text.raw, self.prompt_to_repeat[self.n_start : self.n_end + 1])


CONSTRAINTS = (RepeatPhrase, Copy, CopyingSimple, CopyingMultiple, CopySpanIdx)
