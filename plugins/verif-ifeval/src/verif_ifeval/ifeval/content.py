"""IFEval: detectable content, starts and ends, punctuation, combinations."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import StringConstraints

from verif_ifeval.patterns import is_simple, searched
from verif_ifeval.reference import Count, Diverges, Finding, Reference, absent, at_least, exactly, quoted
from verif_sdk import Example, Text
from verif_sdk.bounded import searches

_REAL_PLACEHOLDER = re.compile(r"\[[^\[\]\n]+\](?!\()")  # not empty, and no link
_AFTER_PHRASE = ' \n\t*_"”»'
_QUOTES = {('"', '"'), ("“", "”"), ("„", "“"), ("«", "»")}
_COMMAS = set(",，、،﹐，")
# Without the reference's spaces before and its rest of the line behind, which are always there to be found.
_POSTSCRIPTS = {"P.P.S": r"p\.\s?p\.\s?s", "P.S.": r"p\.\s?s\."}


_FIXED_POSTSCRIPTS = {"P.P.S": r"p\.\s?p\.\s?s\.?", "P.S": r"p\.\s?s\.?"}
_SIX_STARS = re.compile(r"(?<!\*)\*{6}(?!\*)")


class NumberPlaceholders(Reference):
    """The response has at least a number of [placeholders], empty ones and markdown links included."""

    template = "The response must contain at least {num_placeholders} placeholders represented by square brackets."
    examples = (Example({"num_placeholders": 2}, accepts=("[a] []",), rejects=("[a]", "[a\n] [b]")),)
    diverges = Diverges("counts links and empty brackets", "[a link](http://a.b)", {"num_placeholders": 1})
    type: Literal["ifeval:detectable_content:number_placeholders"] = (
        "ifeval:detectable_content:number_placeholders"
    )
    num_placeholders: Count

    def holds(self, text: Text) -> Finding:
        return at_least(sum(map(_placeholders, text.raw.split("\n"))), "placeholder", self.num_placeholders)

    def fixed(self, text: Text) -> Finding:
        return at_least(len(_REAL_PLACEHOLDER.findall(text.raw)), "placeholder", self.num_placeholders)


class Postscript(Reference):
    """The marker of a postscript is found, in the middle of a word too."""

    template = "At the end of your response, please explicitly add a postscript starting with {postscript_marker}"
    examples = (
        Example({"postscript_marker": "P.S."}, accepts=("Bye.\np. s. x", "The U.P.S. store"), rejects=("PS: x",)),
    )
    diverges = Diverges("finds the marker in the middle of a word", "The U.P.S. store")
    type: Literal["ifeval:detectable_content:postscript"] = "ifeval:detectable_content:postscript"
    postscript_marker: Annotated[str, StringConstraints(strip_whitespace=True)]

    def holds(self, text: Text) -> Finding:
        raw, marker = text.raw.lower(), self.postscript_marker.lower()
        if known := _POSTSCRIPTS.get(self.postscript_marker):
            return self._postscript(re.search(known, raw) is not None)
        if is_simple(marker):
            return self._postscript(re.search(marker, raw) is not None)
        return self._postscript(bool(searched(searches.count, rf"\s*{marker}.*$", raw, re.MULTILINE)))

    def fixed(self, text: Text) -> Finding:
        marker = self.postscript_marker
        wanted = _FIXED_POSTSCRIPTS.get(marker.strip(".").upper(), re.escape(marker))
        # Behind it stands what is added; before it no letter and no full stop, as in "U.P.S.".
        found = re.search(rf"(?<![\w.]){wanted}(?!\w)\W*\w", text.raw, re.IGNORECASE)
        return self._postscript(found is not None)

    def _postscript(self, found: bool) -> Finding:
        return Finding(found, f"{'a' if found else 'no'} postscript {quoted(self.postscript_marker)}")


class TwoResponses(Reference):
    """The response holds two different texts, separated by ******."""

    template = (
        "Give two different responses. Responses and only responses should be separated by 6 asterisks: ******."
    )
    examples = (Example({}, accepts=("a\n******\nb",), rejects=("a", "a******a", "a************b")),)
    diverges = Diverges("takes the first six of more asterisks for the separator", "a\n*******\nb")
    type: Literal["ifeval:combination:two_responses"] = "ifeval:combination:two_responses"

    def holds(self, text: Text) -> Finding:
        pieces = text.raw.split("******")
        if any(not piece.strip() for piece in pieces[1:-1]):
            return Finding(False, "a blank response between two dividers ******")
        return _two_different([piece.strip() for piece in pieces if piece.strip()])

    def fixed(self, text: Text) -> Finding:
        pieces = [piece.strip() for piece in _SIX_STARS.split(text.raw)]
        if not all(pieces[1:-1]):
            return Finding(False, "a blank response between two dividers ******")
        return _two_different([piece for piece in pieces if piece])


class RepeatPrompt(Reference):
    """The response begins with the prompt, whatever its case."""

    template = "First repeat the request word for word without change, then give your answer: {prompt_to_repeat}"
    examples = (Example({"prompt_to_repeat": "Say hi."}, accepts=("say hi. Hi!",), rejects=("Hi!",)),)
    type: Literal["ifeval:combination:repeat_prompt"] = "ifeval:combination:repeat_prompt"
    prompt_to_repeat: Annotated[str, StringConstraints(min_length=1)]

    def holds(self, text: Text) -> Finding:
        repeats = text.raw.strip().lower().startswith(self.prompt_to_repeat.strip().lower())
        return Finding(repeats, f"the response {'begins' if repeats else 'does not begin'} with the request")


class EndChecker(Reference):
    """The response ends with the phrase, whatever its case and straight quotes at the end."""

    template = (
        "Finish your response with this exact phrase {end_phrase}. No other words should follow this phrase."
    )
    examples = (Example({"end_phrase": "Bye."}, accepts=('"So, bye."',), rejects=("Bye. So.", "**Bye.**")),)
    diverges = Diverges("minds markdown behind the phrase", "**Bye.**")
    type: Literal["ifeval:startend:end_checker"] = "ifeval:startend:end_checker"
    end_phrase: Annotated[str, StringConstraints(strip_whitespace=True)]

    def holds(self, text: Text) -> Finding:
        return _ending(text.raw.strip().strip('"'), self.end_phrase, str.lower)

    def fixed(self, text: Text) -> Finding:
        return _ending(text.raw.rstrip(_AFTER_PHRASE), self.end_phrase.rstrip(_AFTER_PHRASE), str.casefold)


class Quotation(Reference):
    """The response begins and ends with a straight double quote."""

    template = "Wrap your entire response with double quotation marks."
    examples = (Example({}, accepts=('"a"', '"a" b "c"'), rejects=('"', "“a”", '"a')),)
    diverges = Diverges("looks at the first and the last character alone", '"a" and "b"')
    type: Literal["ifeval:startend:quotation"] = "ifeval:startend:quotation"

    def holds(self, text: Text) -> Finding:
        body = text.raw.strip()
        return _wrapped(body, len(body) > 1 and body[0] == '"' and body[-1] == '"')

    def fixed(self, text: Text) -> Finding:
        body = text.raw.strip()
        inside = body[1:-1]
        paired = len(body) > 1 and (body[0], body[-1]) in _QUOTES
        return _wrapped(body, paired and not {body[0], body[-1]} & set(inside))


class NoComma(Reference):
    """The response has no ASCII comma."""

    template = "In your entire response, refrain from the use of any commas."
    examples = (Example({}, accepts=("a; b、c",), rejects=("a, b",)),)
    diverges = Diverges("knows the ASCII comma alone", "你好，世界")
    type: Literal["ifeval:punctuation:no_comma"] = "ifeval:punctuation:no_comma"

    def holds(self, text: Text) -> Finding:
        return absent(text.raw.find(","), "comma")

    def fixed(self, text: Text) -> Finding:
        return absent(next((place for place, mark in enumerate(text.raw) if mark in _COMMAS), -1), "comma")


def _two_different(responses: list[str]) -> Finding:
    if len(responses) != 2:
        return exactly(len(responses), "response", 2, " between dividers ******")
    different = responses[0] != responses[1]
    return Finding(different, "two responses that differ" if different else "two responses that are the same")


def _ending(body: str, phrase: str, folded: Callable[[str], str]) -> Finding:
    if folded(body).endswith(folded(phrase)):
        return Finding(True, f"ends with {quoted(phrase)}")
    return Finding(False, f"ends with {quoted(body[-len(phrase) :])}, asked for {quoted(phrase)}")


def _wrapped(body: str, holds: bool) -> Finding:
    if holds:
        return Finding(True, "wrapped in double quotation marks")
    return Finding(False, f"from {quoted(body[0])} to {quoted(body[-1])}, asked for one pair of quotation marks")


def _placeholders(line: str) -> int:
    """Return how many matches the pattern `\\[.*?\\]` of the reference has in a line."""
    count, start = 0, line.find("[")
    while start >= 0 and (end := line.find("]", start)) >= 0:
        count += 1
        start = line.find("[", end)
    return count


CONSTRAINTS = (NumberPlaceholders, Postscript, TwoResponses, RepeatPrompt, EndChecker, Quotation, NoComma)
