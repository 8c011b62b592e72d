"""IFBench: custom, each of which is about one prompt, and repeat."""

from __future__ import annotations

import csv
import io
import re
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from verif_ifeval.ifbench.units import EDGES, ascii_folded, bare
from verif_ifeval.punkt import sentences
from verif_ifeval.reference import Reference
from verif_sdk import Example, Text, Undecidable

_DIGITS = re.compile(r"\d+")
_QUESTION = re.compile(r"\n*(?:Question \d+[\.|\):;]?\s*)")
_OPTION = re.compile(r"^[A-Ea-e][\.|\)]\s*\w+")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_SPECIAL = re.compile(r'".*[^\d\w\s].*"')
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
_SHORT_MONTHS = frozenset({4, 6, 9, 11})


def _header(names: str, separator: str) -> re.Pattern[str]:
    return re.compile("^" + separator.join(f'(?:{name}|"{name}")' for name in names.split()) + "$")


_PRODUCTS = _header("ProductID Category Brand Price Stock", r",[ \t]*")
_STUDENTS = _header("StudentID Subject Grade Semester Score", "\\t *")


class Multiples(Reference):
    """The numbers of the response are 14, 21, 28, 35, 42 and 49, in this order, and no others."""

    template = "Count from 10 to 50 but only print multiples of 7."
    examples = (Example({}, accepts=("14,21,28,35,42,49",), rejects=("14 21 28 35 42", "7 14 21 28 35 42 49")),)
    type: Literal["ifbench:custom:multiples"] = "ifbench:custom:multiples"

    def holds(self, text: Text) -> bool:
        return _DIGITS.findall(text.raw.replace(",", ", ")) == ["14", "21", "28", "35", "42", "49"]


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

    def holds(self, text: Text) -> bool:
        if not text.raw.startswith("Question"):
            return False
        pieces = [piece.strip() for piece in _QUESTION.split(text.raw) if piece.strip()]
        if len(pieces) != 4:
            return False
        lengths = []
        for piece in pieces:
            asked: list[str] = []
            options = 0
            for line in map(str.strip, piece.split("\n")):
                if _OPTION.match(line):
                    options += 1
                elif not options:
                    asked.append(line)
            if options != 5:
                return False
            lengths.append(len(" ".join(asked)))
        return all(before < after for before, after in pairwise(lengths))


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

    def holds(self, text: Text) -> bool:
        lines = [line for line in (line.strip(EDGES) for line in text.raw.split("\n")) if line.strip()]
        start = next((place for place, line in enumerate(lines) if "Zimbabwe" in line), None)
        if start is None:
            return False
        folded = [ascii_folded(line) for line in lines[start:]]
        return len(folded) >= 52 and folded == sorted(folded, reverse=True)


class WordReverse(Reference):
    """The words of the response, in reverse order, say "bald eagle"."""

    template = (
        "What animal is the national symbol of the US? Respond to this query, but make your sentence in "
        "reverse order."
    )
    examples = (Example({}, accepts=("eagle bald the is It",), rejects=("It is the bald eagle.",)),)
    type: Literal["ifbench:custom:word_reverse"] = "ifbench:custom:word_reverse"

    def holds(self, text: Text) -> bool:
        turned = " ".join(bare(text.raw.lower().strip()).split()[::-1])
        return "bald eagle" in turned and turned in sentences(turned)


class CharacterReverse(Reference):
    """The letters of the response, in reverse order, say "bald eagle"."""

    template = (
        "What animal is the national symbol of the US? Respond to this query, but with the letters reversed."
    )
    examples = (Example({}, accepts=("elgae dlab ehT",), rejects=("The bald eagle",)),)
    type: Literal["ifbench:custom:character_reverse"] = "ifbench:custom:character_reverse"

    def holds(self, text: Text) -> bool:
        return "elgae dlab" in text.raw.lower()


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

    def holds(self, text: Text) -> bool:
        found = text.view(sentences)
        return len(found) == 26 and all(
            sentence.split()[0][0].lower() == chr(97 + place) for place, sentence in enumerate(found)
        )


class EuropeanCapitalsSort(Reference):
    """The response lists the European capitals above the 45th parallel, from north to south."""

    template = (
        "Give me the names of all capital cities of european countries whose latitude is higher than 45 degrees."
    )
    examples = (Example({}, accepts=(", ".join(_CAPITALS),), rejects=(", ".join(_CAPITALS[::-1]), "Oslo")),)
    type: Literal["ifbench:custom:european_capitals_sort"] = "ifbench:custom:european_capitals_sort"

    def holds(self, text: Text) -> bool:
        return [city.strip() for city in ascii_folded(text.raw).split(",") if city.strip()] == _CAPITALS


class CsvCity(Reference):
    """The response is CSV of eight rows with ID, Country, City, Year and Count."""

    template = (
        "Generate CSV data: The column names are ID, Country, City, Year, and Count, the data should be comma "
        "delimited."
    )
    examples = (
        Example(
            {},
            accepts=("ID,Country,City,Year,Count\n" + "\n".join(["1,a,b,2,3"] * 7),),
            rejects=("ID,Country,City,Year,Count\n1,a,b,2,3", "a,b"),
        ),
    )
    type: Literal["ifbench:custom:csv_city"] = "ifbench:custom:csv_city"

    def holds(self, text: Text) -> bool:
        rows = _csv(text.raw)
        header = ["ID", "Country", "City", "Year", "Count"]
        return len(rows) == 8 and rows[0] == header and all(len(row) == 5 for row in rows[1:])


class CsvSpecialCharacter(Reference):
    """The response is CSV of fifteen rows of products, one field of which is quoted for a special character."""

    template = (
        "Generate CSV data: The column names are ProductID, Category, Brand, Price, and Stock. Use quotes for "
        "a field."
    )
    examples = (
        Example(
            {},
            accepts=("ProductID,Category,Brand,Price,Stock\n" + "\n".join(['1,a,"b&c",2,3'] * 14),),
            rejects=("ProductID,Category,Brand,Price,Stock\n" + "\n".join(["1,a,b,2,3"] * 14), "x"),
        ),
    )
    type: Literal["ifbench:custom:csv_special_character"] = "ifbench:custom:csv_special_character"

    def holds(self, text: Text) -> bool:
        if not _PRODUCTS.match(text.raw.split("\n")[0].strip()):
            return False
        rows = _csv(text.raw.replace('"', '"""'))
        if len(rows) != 15:
            return False
        for row in rows[1:]:
            if len(row) != 5:
                return False
            if any(_SPECIAL.match(field) for field in row):
                return True
        return False


class CsvQuotes(Reference):
    """The response is four rows of tab-separated values, every field in double quotes."""

    template = (
        "Generate CSV data: StudentID, Subject, Grade, Semester, and Score, tab delimited, each field in "
        "double quotes."
    )
    examples = (
        Example(
            {},
            accepts=(
                "\n".join(
                    ["\t".join(f'"{f}"' for f in ["StudentID", "Subject", "Grade", "Semester", "Score"])]
                    + ['"1"\t"2"\t"3"\t"4"\t"5"'] * 3
                ),
            ),
            rejects=("StudentID\tSubject\tGrade\tSemester\tScore", "x"),
        ),
    )
    type: Literal["ifbench:custom:csv_quotes"] = "ifbench:custom:csv_quotes"

    def holds(self, text: Text) -> bool:
        if not _STUDENTS.match(text.raw.split("\n")[0].strip()):
            return False
        rows = _csv(text.raw.replace('"', '"""'), delimiter="\t")
        if len(rows) != 4:
            return False
        for row in rows:
            if len(row) != 5:
                return False
            if any(not field.strip() for field in row):
                raise Undecidable("the reference raises on an empty field")
            if not all(field.strip()[0] == field.strip()[-1] == '"' for field in row):
                return False
        return True


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
    type: Literal["ifbench:custom:date_format_list"] = "ifbench:custom:date_format_list"

    def holds(self, text: Text) -> bool:
        return all(_napoleonic(item.strip()) for item in text.raw.strip().split(","))


class RepeatChange(Reference):
    """The response is the prompt with another first word."""

    template = "Repeat the request, but change the first word of the repeated request: {prompt_to_repeat}"
    examples = (
        Example(
            {"prompt_to_repeat": "Write a poem"}, accepts=("Sing a poem",), rejects=("Write a poem", "Sing a song")
        ),
    )
    type: Literal["ifbench:repeat:repeat_change"] = "ifbench:repeat:repeat_change"
    prompt_to_repeat: Annotated[str, StringConstraints(min_length=1)]

    def holds(self, text: Text) -> bool:
        return text.raw != self.prompt_to_repeat and text.raw.split()[1:] == self.prompt_to_repeat.split()[1:]


class RepeatSimple(Reference):
    """The response is the one sentence that is asked for."""

    template = "Only output this sentence here, ignore all other requests."
    examples = (
        Example(
            {}, accepts=("Only output this sentence here, ignore all other requests.",), rejects=("Only this.",)
        ),
    )
    type: Literal["ifbench:repeat:repeat_simple"] = "ifbench:repeat:repeat_simple"

    def holds(self, text: Text) -> bool:
        return text.raw.strip().lower() == "only output this sentence here, ignore all other requests."


class RepeatSpan(Reference):
    """The response is a span of the prompt, from one character index to another, both included."""

    template = (
        "Copy the span of words that lies between (and including) index {n_start} and {n_end}: {prompt_to_repeat}"
    )
    examples = (
        Example(
            {"prompt_to_repeat": "abcdef", "n_start": 1, "n_end": 3}, accepts=("bcd", " BCD "), rejects=("bc",)
        ),
    )
    type: Literal["ifbench:repeat:repeat_span"] = "ifbench:repeat:repeat_span"
    prompt_to_repeat: Annotated[str, StringConstraints(min_length=1)]
    n_start: Annotated[int, Field(ge=0)]
    n_end: Annotated[int, Field(ge=0)]

    def holds(self, text: Text) -> bool:
        span = self.prompt_to_repeat[self.n_start : self.n_end + 1]
        return text.raw.strip().lower() == span.strip().lower()


def _csv(raw: str, delimiter: str = ",") -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(raw), delimiter=delimiter))
    except csv.Error as error:
        raise Undecidable(f"the reference raises on this CSV: {error}") from None


def _napoleonic(item: str) -> bool:
    if not _DATE.match(item):
        return False
    year, month, day = map(int, item.split("-"))
    longest = 29 if month == 2 else 30 if month in _SHORT_MONTHS else 31
    return 1769 <= year <= 1821 and month <= 12 and (month == 0 or day <= longest)


CONSTRAINTS = (
    Multiples,
    McqCountLength,
    ReverseNewline,
    WordReverse,
    CharacterReverse,
    SentenceAlphabet,
    EuropeanCapitalsSort,
    CsvCity,
    CsvSpecialCharacter,
    CsvQuotes,
    DateFormatList,
    RepeatChange,
    RepeatSimple,
    RepeatSpan,
)
