"""IFBench: custom tables, each of which is about one prompt."""

from __future__ import annotations

import csv
import io
import re
from typing import Literal

from verif_ifeval.reference import Reference
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
    type: Literal["ifbench:custom:csv_city"] = "ifbench:custom:csv_city"

    def holds(self, text: Text) -> bool:
        rows = _csv(text.raw)
        return len(rows) == 8 and rows[0] == _CITIES and all(len(row) == 5 for row in rows[1:])

    def fixed(self, text: Text) -> bool:
        rows = _csv(_lines(text.raw))
        names = [name.strip() for name in rows[0]]
        return len(rows) == 8 and names == _CITIES and all(len(row) == 5 for row in rows[1:])


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

    def fixed(self, text: Text) -> bool:
        rows = _csv(_lines(text.raw).replace('"', '"""'))
        special = any(_SPECIAL.match(field.strip()) for row in rows[1:] for field in row)
        return (
            len(rows) == 15
            and _PRODUCTS.match(text.raw.strip().splitlines()[0].strip()) is not None
            and all(len(row) == 5 for row in rows)
            and special
        )


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

    def fixed(self, text: Text) -> bool:
        rows = _csv(_lines(text.raw).replace('"', '"""'), delimiter="\t")
        fields = [field.strip() for row in rows for field in row]
        return (
            len(rows) == 4
            and _STUDENTS.match(text.raw.strip().splitlines()[0].strip()) is not None
            and all(len(row) == 5 for row in rows)
            and all(len(field) > 1 and field[0] == field[-1] == '"' for field in fields)
        )


def _lines(raw: str) -> str:
    """Return the lines that are not blank, whatever ends them."""
    return "\n".join(line for line in raw.splitlines() if line.strip())


def _csv(raw: str, delimiter: str = ",") -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(raw), delimiter=delimiter))
    except csv.Error as error:
        raise Undecidable(f"this cannot be read as CSV, and the reference raises: {error}") from None


CONSTRAINTS = (CsvCity, CsvSpecialCharacter, CsvQuotes)
