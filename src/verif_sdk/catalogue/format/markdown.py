"""Markdown: lists, headings, tables, code blocks, emphasis. What stands in a code block is not markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import regex
from pydantic import Field, StringConstraints

from verif_sdk.blocks import RULE, begins_table, cells, code_blocks, heading_levels, prose_lines
from verif_sdk.catalogue.support.bounds import Count, Counted, counted
from verif_sdk.constraint import Check, Example
from verif_sdk.text import Text
from verif_sdk.verdict import Verdict

_BULLET = regex.compile(r"\s*+(?:>\s*+)*+[-*+•◦▪‣●○■·]\s++\S")
# Three digits: "1984." begins a sentence. In Chinese and Japanese no space follows the mark.
_NUMBERED = regex.compile(r"\s*+(?:>\s*+)*+[*_]*+\(?(\d{1,3})(?:[.)][*_]*+\s++|[、．）]\s*+)\S")
_HIGHLIGHT = regex.compile(
    r"(?<![\*\\\d])(\*{1,3})(?=[^\s\*])(?:[^\n\*]|\n(?!\s))*[^\s\*](?<!\\)\1(?!\*)"
    r"|(?<![\w\\])(_{1,3})(?=[^\s_])(?:[^\n_]|\n(?!\s))*[^\s_]\2(?!\w)"
    r"|(?<![\*\\\d])(\*{1,3})[^\s\*]\3(?!\*)"
)
_LINK = regex.compile(r"!?\[[^\[\]\n]*+\]\([^)\n]{0,2000}+\)")  # bounded, so that "[a](" repeated stays cheap
_INLINE_CODE = regex.compile(r"`[^`\n]+`")


class Bullets(Counted):
    """The response has a number of bullet points: lines that begin with -, *, +, • or the like, and a space."""

    examples = (
        Example(
            {"exactly": 2},
            accepts=("- a\n- b", "Intro\n* a\n  + b\n", "- a\n- b\n```\n- code\n```"),
            rejects=("- a", "-a\n-b", "1. a\n2. b", "- a\n- b\n- c", "---\n- a"),
        ),
    )
    type: Literal["format:bullets"] = "format:bullets"

    def instruction(self) -> str:
        return f'Use {self.amount("bullet point")}, each on a line beginning with "- ".'

    def check(self, text: Text) -> Verdict:
        return self.bounded(text.view(_bullets), "bullet point")


class NumberedList(Counted):
    """The response has a number of list items that begin with a number, such as "1." or "2)".

    In the middle of a paragraph only a 1 begins a list: a line that happens to begin with "25. " does not.
    """

    examples = (
        Example(
            {"at_least": 2},
            accepts=("1. a\n2. b", "1) a\n2) b\n3) c", "**1. a**\ntext\n\n**2. b**"),
            rejects=(
                "1. a",
                "- a\n- b",
                "1.5 l",
                "1. It began in\n\n1984. It went on.",
                "It was May\n25. Then\n26. So",
            ),
        ),
    )
    type: Literal["format:numbered_list"] = "format:numbered_list"

    def instruction(self) -> str:
        return f'Use a numbered list of {self.amount("item")}, each on a line beginning with its number ("1.").'

    def check(self, text: Text) -> Verdict:
        return self.bounded(text.view(_numbered), "numbered item")


class Headings(Counted):
    """The response has a number of markdown headings, of a level or of any: lines with #, or underlined ones."""

    examples = (
        Example(
            {"exactly": 2},
            accepts=("# A\n\ntext\n\n## B", "A\n===\ntext\n\nB\n---"),
            rejects=("# A", "#A\n#B", "```\n# A\n# B\n```"),
        ),
        Example({"at_least": 1, "level": 2}, accepts=("## A ##",), rejects=("# A", "### A")),
    )
    type: Literal["format:headings"] = "format:headings"
    level: Annotated[int, Field(ge=1, le=6)] | None = None

    def instruction(self) -> str:
        kind = (
            "markdown heading"
            if self.level is None
            else f'markdown heading of level {self.level} ("{self._mark()}")'
        )
        return f"Use {self.amount(kind)}."

    def check(self, text: Text) -> Verdict:
        number = sum(self.level in (None, level) for level in text.view(heading_levels))
        return self.bounded(number, "heading" if self.level is None else f"heading of level {self.level}")

    def _mark(self) -> str:
        return "#" * (self.level or 1)


class Sections(Counted):
    """The response has a number of sections that begin with a label and a number, such as "Section 1"."""

    examples = (
        Example(
            {"label": "Section", "exactly": 2},
            accepts=("Section 1\na\nSection 2\nb", "## Section 1: A\n**SECTION 2** b"),
            rejects=(
                "Section 1",
                "Subsection 1\nSubsection 2",
                "See Section 1 and Section 2.",
                "Section A\nSection B",
            ),
        ),
    )
    type: Literal["format:sections"] = "format:sections"
    label: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] = "Section"

    def instruction(self) -> str:
        how = f'each beginning with a line "{self.label} 1", "{self.label} 2" and so on'
        return f"Divide your response into {self.amount('section')}, {how}."

    def check(self, text: Text) -> Verdict:
        begins = regex.compile(rf"[\s#*_>\[(]*{regex.escape(self.label)}\s*\d+(?!\w)", regex.IGNORECASE)
        return self.bounded(sum(bool(begins.match(line)) for line in text.view(prose_lines)), "section")


class CodeBlocks(Counted):
    """The response has a number of fenced code blocks, of a language or of any."""

    examples = (
        Example({"exactly": 1}, accepts=("Try\n```\nls\n```",), rejects=("Try `ls`.", "```\na\n```\n~~~\nb\n~~~")),
        Example(
            {"at_least": 1, "language": "python"}, accepts=("```Python\nx\n```",), rejects=("```sh\nls\n```",)
        ),
    )
    type: Literal["format:code_blocks"] = "format:code_blocks"
    language: Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1)] | None = None

    def instruction(self) -> str:
        kind = f" in {self.language}" if self.language else ""
        return f"Use {self.amount('fenced code block' + kind)}."

    def check(self, text: Text) -> Verdict:
        blocks = [block for block in text.view(code_blocks) if self.language in (None, block.language)]
        return self.bounded(len(blocks), "code block" + (f" in {self.language}" if self.language else ""))


class Table(Check):
    """The response has a markdown table, of a number of columns and of rows without the header."""

    examples = (
        Example(
            {"columns": 2, "rows": 1},
            accepts=("| a | b |\n|---|:-:|\n| 1 | 2 |", "Look:\n\na | b\n--- | ---\n1 | 2 \\| 3\n"),
            rejects=("| a | b |\n| 1 | 2 |", "|a|b|c|\n|-|-|-|\n|1|2|3|", "|a|b|\n|-|-|", "no table"),
        ),
    )
    type: Literal["format:table"] = "format:table"
    columns: Annotated[int, Field(ge=1)] | None = None
    rows: Annotated[Count, Field(description="Rows below the header.")] | None = None

    def instruction(self) -> str:
        bounds = ((self.columns, "column"), (self.rows, "row"))
        sizes = [counted(number, name) for number, name in bounds if number is not None]
        shape = f" with {' and '.join(sizes)}" if sizes else ""
        return f"Include a markdown table{shape}{' (the header is no row)' if self.rows is not None else ''}."

    def check(self, text: Text) -> Verdict:
        tables = text.view(tables_of)
        fits = any(self.columns in (None, width) and self.rows in (None, rows) for width, rows in tables)
        seen = ", ".join(f"{width} columns and {rows} rows" for width, rows in tables[:5])
        reason = f"tables of {seen}" if tables else "it has no markdown table"
        return self.verdict(fits, reason, score=None if fits or not tables else 0.5)


class Highlights(Counted):
    """The response has a number of parts in *italics* or **bold**."""

    examples = (
        Example(
            {"exactly": 2},
            accepts=("*a* and **b c**", "***both*** _x_", "* item *a* and __b__"),
            rejects=("*a*", "2*3*4 and 5", "* a\n* b", "**a", "`*a*` *b*"),
        ),
    )
    type: Literal["format:highlights"] = "format:highlights"

    def instruction(self) -> str:
        return f"Highlight {self.amount('part')} of your response with markdown, as in *this*."

    def check(self, text: Text) -> Verdict:
        prose = "\n".join(_INLINE_CODE.sub("", line) for line in text.view(prose_lines))
        return self.bounded(len(_emphasised(prose)), "highlighted part")


class NoMarkdown(Check):
    """The response is plain text: no headings, lists, emphasis, code, links, quotes or tables of markdown."""

    template = "Write plain text without any markdown."
    examples = (
        Example(
            {},
            accepts=("Plain text.\n\n2 * 3 = 6, snake_case - and so on.",),
            rejects=(
                "# A",
                "- a",
                "**a**",
                "`a`",
                "```\na\n```",
                "[a](b)",
                "> a",
                "1. a",
                "a\n\n---",
                "|a|b|\n|-|-|\n",
            ),
        ),
    )
    type: Literal["format:no_markdown"] = "format:no_markdown"

    def check(self, text: Text) -> Verdict:
        lines = text.view(prose_lines)
        kinds = {
            "a code block": bool(text.view(code_blocks)),
            "a heading": bool(text.view(heading_levels)),
            "a bullet point": text.view(_bullets) > 0,
            "a numbered list": text.view(_numbered) > 0,
            "a rule": any(map(RULE.match, lines)),
            "a quote": any(line.lstrip().startswith(">") for line in lines),
            "a table": bool(text.view(tables_of)),
            "inline code": any(map(_INLINE_CODE.search, lines)),
            "a link": any(map(_LINK.search, lines)),
            "emphasis": bool(_emphasised("\n".join(lines))),
        }
        used = [kind for kind, found in kinds.items() if found]
        return self.verdict(not used, f"it has {', '.join(used)}" if used else "plain text")


def tables_of(raw: str) -> tuple[tuple[int, int], ...]:
    """Return (columns, rows below the header) of each markdown table, in order."""
    lines = prose_lines(raw)
    below = _rows_from(lines)
    return tuple(
        (cells(lines[place]), below[place + 1])
        for place in range(1, len(lines))
        if "|" in lines[place - 1] and begins_table(lines[place - 1], lines[place])
    )


def _rows_from(lines: Sequence[str]) -> list[int]:
    """Return for each line, and for the end, how many lines from it on have a cell."""
    rows = [0] * (len(lines) + 1)
    for place in reversed(range(len(lines))):
        rows[place] = rows[place + 1] + 1 if "|" in lines[place] else 0
    return rows


def _bullets(raw: str) -> int:
    lines = (line for line in prose_lines(raw) if line and not line[0].isalnum())  # prose is quickly known
    return sum(1 for line in lines if _BULLET.match(line) and not RULE.match(line))


def _numbered(raw: str) -> int:
    """Return how many lines begin with the number of a list item."""
    number, inside, paragraph = 0, False, False
    for line in prose_lines(raw):
        item = _NUMBERED.match(line)
        if item and (not paragraph or int(item[1]) < 2):
            number, inside, paragraph = number + 1, True, False
        elif not line.strip() or RULE.match(line) or line.lstrip().startswith("#"):
            inside = paragraph = False
        else:  # what goes on below an item belongs to it
            paragraph = not inside
    return number


def _emphasised(prose: str) -> list[str]:
    return [match[0] for match in _HIGHLIGHT.finditer(prose)]


CONSTRAINTS = (Bullets, NumberedList, Headings, Sections, CodeBlocks, Table, Highlights, NoMarkdown)
