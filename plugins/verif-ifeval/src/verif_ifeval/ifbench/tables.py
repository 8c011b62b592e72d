"""IFBench: custom tables, each of which is about one prompt."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Literal

from verif_ifeval.reference import Diverges, Finding, Reference, exactly, quoted
from verif_sdk import Example, Text, Undecidable

_SPECIAL = re.compile(r'".*[^\d\w\s].*"')


def _header(names: str, separator: str) -> re.Pattern[str]:
    return re.compile("^" + separator.join(f'(?:{name}|"{name}")' for name in names.split()) + "$")


_CITIES = ["ID", "Country", "City", "Year", "Count"]
_PRODUCTS = _header("ProductID Category Brand Price Stock", r",[ \t]*")
_STUDENTS = _header("StudentID Subject Grade Semester Score", "\\t *")


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
    diverges = Diverges(
        "minds a space behind a comma of the header", "ID, Country, City, Year, Count\n" + "1, a, b, 2, 3\n" * 7
    )
    type: Literal["ifbench:custom:csv_city"] = "ifbench:custom:csv_city"

    def holds(self, text: Text) -> Finding:
        return _cities(_csv(text.raw), lambda names: names)

    def fixed(self, text: Text) -> Finding:
        return _cities(_csv(_lines(text.raw)), lambda names: [name.strip() for name in names])


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
    diverges = Diverges(
        "reads no further than the first special character",
        'ProductID,Category,Brand,Price,Stock\n1,a,"b&c",2,3\n' + "x\n" * 13,
    )
    type: Literal["ifbench:custom:csv_special_character"] = "ifbench:custom:csv_special_character"

    def holds(self, text: Text) -> Finding:
        if not _PRODUCTS.match(text.raw.split("\n")[0].strip()):
            return _wrong_header(text.raw)
        rows = _csv(text.raw.replace('"', '"""'))
        if len(rows) != 15:
            return exactly(len(rows), "row", 15)
        for number, row in enumerate(rows[1:], 2):
            if len(row) != 5:
                return exactly(len(row), "field", 5, f" in row {number}")
            if any(_SPECIAL.match(field) for field in row):
                return Finding(True, f"15 rows, a quoted field with a special character in row {number}")
        return _NO_SPECIAL

    def fixed(self, text: Text) -> Finding:
        rows = _csv(_lines(text.raw).replace('"', '"""'))
        if not _PRODUCTS.match(text.raw.strip().splitlines()[0].strip()):
            return _wrong_header(text.raw)
        if problem := _misshapen(rows, 15):
            return problem
        special = any(_SPECIAL.match(field.strip()) for row in rows[1:] for field in row)
        return Finding(True, "15 rows with a quoted special character") if special else _NO_SPECIAL


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
    diverges = Diverges(
        "raises on an empty field, so there is no verdict",
        '"StudentID"\t"Subject"\t"Grade"\t"Semester"\t"Score"\n' + '"1"\t\t"3"\t"4"\t"5"\n' * 3,
    )
    type: Literal["ifbench:custom:csv_quotes"] = "ifbench:custom:csv_quotes"

    def holds(self, text: Text) -> Finding:
        if not _STUDENTS.match(text.raw.split("\n")[0].strip()):
            return _wrong_header(text.raw)
        rows = _csv(text.raw.replace('"', '"""'), delimiter="\t")
        if len(rows) != 4:
            return exactly(len(rows), "row", 4)
        for number, row in enumerate(rows, 1):
            if len(row) != 5:
                return exactly(len(row), "field", 5, f" in row {number}")
            if any(not field.strip() for field in row):
                raise Undecidable("the reference raises on an empty field")
            if bare := next((field for field in row if not _is_quoted(field.strip())), None):
                return _unquoted(bare)
        return Finding(True, "4 rows with every field in double quotes")

    def fixed(self, text: Text) -> Finding:
        rows = _csv(_lines(text.raw).replace('"', '"""'), delimiter="\t")
        if not _STUDENTS.match(text.raw.strip().splitlines()[0].strip()):
            return _wrong_header(text.raw)
        if problem := _misshapen(rows, 4):
            return problem
        for field in (field.strip() for row in rows for field in row):
            if len(field) < 2 or not _is_quoted(field):
                return _unquoted(field)
        return Finding(True, "4 rows with every field in double quotes")


_NO_SPECIAL = Finding(False, "no quoted field with a special character")


def _cities(rows: list[list[str]], read: Callable[[list[str]], list[str]]) -> Finding:
    if len(rows) == 8 and read(rows[0]) != _CITIES:
        return Finding(False, f"the header is {quoted(','.join(rows[0]))}, asked for {','.join(_CITIES)}")
    return _misshapen(rows, 8) or Finding(True, "8 rows of 5 fields")


def _misshapen(rows: list[list[str]], wanted: int) -> Finding | None:
    """Return what is wrong with the number of rows, or of fields behind the header."""
    if len(rows) != wanted:
        return exactly(len(rows), "row", wanted)
    wrong = next((place for place, row in enumerate(rows) if len(row) != 5), None)
    return None if wrong is None else exactly(len(rows[wrong]), "field", 5, f" in row {wrong + 1}")


def _wrong_header(raw: str) -> Finding:
    return Finding(False, f"the header is {quoted(raw.strip().splitlines()[0])}, which is not the one asked for")


def _is_quoted(field: str) -> bool:
    return field[0] == field[-1] == '"'


def _unquoted(field: str) -> Finding:
    return Finding(False, f"{quoted(field)} is not in double quotes")


def _lines(raw: str) -> str:
    """Return the lines that are not blank, whatever ends them."""
    return "\n".join(line for line in raw.splitlines() if line.strip())


def _csv(raw: str, delimiter: str = ",") -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(raw), delimiter=delimiter))
    except csv.Error as error:
        raise Undecidable(f"this cannot be read as CSV, and the reference raises: {error}") from None


CONSTRAINTS = (CsvCity, CsvSpecialCharacter, CsvQuotes)
