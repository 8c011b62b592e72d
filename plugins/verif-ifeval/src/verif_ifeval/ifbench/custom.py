"""IFBench: custom, each of which is about one prompt; tables are in `tables`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Literal

from verif_ifeval.ifbench.units import EDGES, ascii_folded, bare
from verif_ifeval.punkt import sentences
from verif_ifeval.reference import Diverges, Finding, Reference, at_least, exactly, quoted
from verif_sdk import Example, Text

_DIGITS = re.compile(r"\d+")
_MULTIPLES = ["14", "21", "28", "35", "42", "49"]
_QUESTION = re.compile(r"\n*(?:Question \d+[\.|\):;]?\s*)")
_OPTION = re.compile(r"^[A-Ea-e][\.|\)]\s*\w+")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_CAPITALS = [
    "Reykjavik",
    "Helsinki",
    "Oslo",
    "Tallinn",
    "Stockholm",
    "Riga",
    "Moscow",
    "Copenhagen",
    "Vilnius",
    "Minsk",
    "Dublin",
    "Berlin",
    "Amsterdam",
    "Warsaw",
    "London",
    "Brussels",
    "Prague",
    "Luxembourg",
    "Paris",
    "Vienna",
    "Bratislava",
    "Budapest",
    "Vaduz",
    "Chisinau",
    "Bern",
    "Ljubljana",
    "Zagreb",
]
_ABOVE_45 = [*_CAPITALS[:16], "Kyiv", *_CAPITALS[16:]]
_SHORT_MONTHS = frozenset({4, 6, 9, 11})


class Multiples(Reference):
    """The numbers of the response are 14, 21, 28, 35, 42 and 49, in this order, and no others."""

    template = "Count from 10 to 50 but only print multiples of 7."
    examples = (Example({}, accepts=("14,21,28,35,42,49",), rejects=("14 21 28 35 42", "7 14 21 28 35 42 49")),)
    type: Literal["ifbench:custom:multiples"] = "ifbench:custom:multiples"

    def holds(self, text: Text) -> Finding:
        found = _DIGITS.findall(text.raw.replace(",", ", "))
        return Finding(found == _MULTIPLES, f"{quoted(' '.join(found))}, asked for '{' '.join(_MULTIPLES)}'")


class McqCountLength(Reference):
    """Four questions with five options each, each question longer than the one before."""

    template = (
        "Generate 4 multiple choice questions with 5 options each. Each question should be longer than the "
        "previous one. Label them Question 1, Question 2 and so on, and the options A to E."
    )
    examples = (
        Example(
            {},
            accepts=("\n".join(f"Question {n}\n{'q' * n}?\nA) a\nB) b\nC) c\nD) d\nE) e" for n in (1, 2, 3, 4)),),
            rejects=(
                "\n".join(f"Question {n}\nq?\nA) a\nB) b\nC) c\nD) d\nE) e" for n in (1, 2, 3, 4)),
                "Question 1",
            ),
        ),
    )
    type: Literal["ifbench:custom:mcq_count_length"] = "ifbench:custom:mcq_count_length"

    def holds(self, text: Text) -> Finding:
        if not text.raw.startswith("Question"):
            return Finding(False, "does not begin with 'Question'")
        pieces = [piece.strip() for piece in _QUESTION.split(text.raw) if piece.strip()]
        if len(pieces) != 4:
            return exactly(len(pieces), "question", 4)
        lengths = []
        for number, piece in enumerate(pieces, 1):
            asked: list[str] = []
            options = 0
            for line in map(str.strip, piece.split("\n")):
                if _OPTION.match(line):
                    options += 1
                elif not options:
                    asked.append(line)
            if options != 5:
                return exactly(options, "option", 5, f" for question {number}")
            lengths.append(len(" ".join(asked)))
        longer = all(before < after for before, after in pairwise(lengths))
        return Finding(
            longer, f"questions of {', '.join(map(str, lengths))} characters, asked for longer and longer ones"
        )


class ReverseNewline(Reference):
    """From the line with Zimbabwe on there are 52 lines or more, in reverse alphabetical order."""

    template = "List the countries of Africa in reverse alphabetical order, each on a new line."
    examples = (
        Example(
            {},
            accepts=("Zimbabwe\n" + "\n".join(f"A{n}" for n in range(99, 48, -1)),),
            rejects=("Zimbabwe\nAngola", "Angola\n" * 60),
        ),
    )
    type: Literal["ifbench:custom:reverse_newline"] = "ifbench:custom:reverse_newline"

    def holds(self, text: Text) -> Finding:
        lines = [line for line in (line.strip(EDGES) for line in text.raw.split("\n")) if line.strip()]
        start = next((place for place, line in enumerate(lines) if "Zimbabwe" in line), None)
        if start is None:
            return Finding(False, "no line with Zimbabwe")
        folded = [ascii_folded(line) for line in lines[start:]]
        if len(folded) < 52:
            return at_least(len(folded), "line", 52, " from Zimbabwe on")
        ordered = folded == sorted(folded, reverse=True)
        return Finding(
            ordered, f"{len(folded)} lines from Zimbabwe on{'' if ordered else ', not in reverse order'}"
        )


class WordReverse(Reference):
    """The words of the response, in reverse order, say "bald eagle"."""

    template = (
        "What animal is the national symbol of the US? Respond to this query, but make your sentence in "
        "reverse order."
    )
    examples = (Example({}, accepts=("eagle bald the is It",), rejects=("It is the bald eagle.",)),)
    type: Literal["ifbench:custom:word_reverse"] = "ifbench:custom:word_reverse"

    def holds(self, text: Text) -> Finding:
        turned = " ".join(bare(text.raw.lower().strip()).split()[::-1])
        if "bald eagle" not in turned:
            return Finding(False, "no 'bald eagle' when its words are reversed")
        one = turned in sentences(turned)
        return Finding(one, f"{'one sentence' if one else 'more than one sentence'} when its words are reversed")


class CharacterReverse(Reference):
    """The letters of the response, in reverse order, say "bald eagle"."""

    template = (
        "What animal is the national symbol of the US? Respond to this query, but with the letters reversed."
    )
    examples = (Example({}, accepts=("elgae dlab ehT",), rejects=("The bald eagle",)),)
    type: Literal["ifbench:custom:character_reverse"] = "ifbench:custom:character_reverse"

    def holds(self, text: Text) -> Finding:
        there = "elgae dlab" in text.raw.lower()
        return Finding(there, f"{'says' if there else 'does not say'} 'elgae dlab'")


class SentenceAlphabet(Reference):
    """The response has 26 sentences, which begin with the letters of the alphabet, in order."""

    template = (
        "Tell me a 26-sentence story where each sentence's first word starts with the letters of the alphabet "
        "in order."
    )
    examples = (
        Example(
            {},
            accepts=(" ".join(f"{chr(c)}b is here." for c in range(65, 91)),),
            rejects=("A is here. B is.", "Z is here."),
        ),
    )
    type: Literal["ifbench:custom:sentence_alphabet"] = "ifbench:custom:sentence_alphabet"

    def holds(self, text: Text) -> Finding:
        found = text.view(sentences)
        if len(found) != 26:
            return exactly(len(found), "sentence", 26)
        for place, sentence in enumerate(found):
            if sentence.split()[0][0].lower() != chr(97 + place):
                return Finding(
                    False,
                    f"sentence {place + 1} begins with {quoted(sentence.split()[0])}, asked for {chr(97 + place)}",
                )
        return Finding(True, "26 sentences from a to z")


class EuropeanCapitalsSort(Reference):
    """The response lists the European capitals above the 45th parallel, from north to south."""

    template = (
        "Give me the names of all capital cities of european countries whose latitude is higher than 45 degrees."
    )
    examples = (Example({}, accepts=(", ".join(_CAPITALS),), rejects=(", ".join(_CAPITALS[::-1]), "Oslo")),)
    diverges = Diverges(
        "does not know Kyiv",
        "Reykjavik, Helsinki, Oslo, Tallinn, Stockholm, Riga, Moscow, Copenhagen, Vilnius, Minsk, Dublin, Berlin, "
        "Amsterdam, Warsaw, London, Brussels, Kyiv, Prague, Luxembourg, Paris, Vienna, Bratislava, Budapest, "
        "Vaduz, Chisinau, Bern, Ljubljana, Zagreb",
    )
    type: Literal["ifbench:custom:european_capitals_sort"] = "ifbench:custom:european_capitals_sort"

    def holds(self, text: Text) -> Finding:
        return _listed([city.strip() for city in ascii_folded(text.raw).split(",") if city.strip()], _CAPITALS)

    def fixed(self, text: Text) -> Finding:
        return _listed([city.strip(" \n.") for city in ascii_folded(text.raw).split(",")], _ABOVE_45)


class DateFormatList(Reference):
    """The response is a list of dates as YYYY-MM-DD, from 1769 to 1821."""

    template = (
        "List the start dates of all the battles Napoleon fought separated by commas, use the format YYYY-MM-DD."
    )
    examples = (
        Example(
            {}, accepts=("1796-04-12, 1805-12-02", "1800-00-00"), rejects=("1768-01-01", "1800-13-01", "May 1800")
        ),
    )
    diverges = Diverges("takes days for dates that no calendar has", "1800-00-00")
    type: Literal["ifbench:custom:date_format_list"] = "ifbench:custom:date_format_list"

    def holds(self, text: Text) -> Finding:
        return _dates(text.raw, _napoleonic)

    def fixed(self, text: Text) -> Finding:
        return _dates(text.raw, lambda item: _is_day(item) and _napoleonic(item))


def _listed(cities: list[str], wanted: list[str]) -> Finding:
    for place, (city, right) in enumerate(zip(cities, wanted, strict=False), 1):
        if city != right:
            return Finding(False, f"city {place} is {quoted(city)}, asked for {right}")
    return exactly(len(cities), "city name", len(wanted))


def _dates(raw: str, right: Callable[[str], bool]) -> Finding:
    items = [item.strip() for item in raw.strip().split(",")]
    wrong = next((item for item in items if not right(item)), None)
    if wrong is None:
        return Finding(True, "dates from 1769 to 1821 as YYYY-MM-DD")
    return Finding(False, f"{quoted(wrong)}, asked for dates from 1769 to 1821 as YYYY-MM-DD")


def _napoleonic(item: str) -> bool:
    if not _DATE.match(item):
        return False
    year, month, day = map(int, item.split("-"))
    longest = 29 if month == 2 else 30 if month in _SHORT_MONTHS else 31
    return 1769 <= year <= 1821 and month <= 12 and (month == 0 or day <= longest)


def _is_day(item: str) -> bool:
    try:
        date.fromisoformat(item)
    except ValueError:
        return False
    return True


CONSTRAINTS = (
    Multiples,
    McqCountLength,
    ReverseNewline,
    WordReverse,
    CharacterReverse,
    SentenceAlphabet,
    EuropeanCapitalsSort,
    DateFormatList,
)
