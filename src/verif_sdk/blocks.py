"""Markdown as lines: which of them are inside a code block, and which are headings, rules, tables or prose."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import regex

# Possessive throughout: a long line that is not a fence costs one pass.
_FENCE = regex.compile(r"(?P<quote>(?: {0,3}>)*+) {0,3}(?P<marks>`{3,}+|~{3,}+)\s*+(?P<language>[^\s`]*+)[^`]*+$")
HEADING = regex.compile(r" {0,3}(#{1,6})[ \t]+\S")
RULE = regex.compile(r"\s*+([-*_])(?:\s*+\1){2,}+\s*+$")
_UNDERLINE = regex.compile(r" {0,3}(?:=+|-+)\s*+$")
_BOLD_LINE = regex.compile(r"\s*+(\*\*|__)(?!\s)[^*_]*+(?<![\s.!?…。！？])\1:?\s*+$")
TABLE_RULE = regex.compile(r"\s*+(?:\|\s*+)?:?-++:?\s*+(?:\|\s*+:?-++:?\s*+)*+(?:\|\s*+)?$")
_MARKUP = (
    "\n#",
    "\n #",
    "\n  #",
    "|",
    "```",
    "~~~",
    "---",
    "***",
    "___",
    "==",
    "\n**",
    "\n__",
    "- -",
    "* *",
    "_ _",
    "\n-\n",
)
_GAP = re.compile(r"\n[^\S\n]*\n\s*")
_ENDED = (".", "!", "?", "…", ":", ";", ",", "。", "！", "？", "：")


class CodeBlock(NamedTuple):
    """A fenced code block: its language in small letters ("" where none is named), and what is in it."""

    language: str
    body: str


_QUOTE = regex.compile(r"(?: {0,3}>)+ ?")


class _Open(NamedTuple):
    fence: regex.Match[str]
    lines: list[str]


def code_blocks(raw: str) -> tuple[CodeBlock, ...]:
    """Return the fenced code blocks, in order; one that is never closed runs to the end, as CommonMark says."""
    return _split(raw)[0]


def prose_lines(raw: str) -> tuple[str, ...]:
    """Return the lines outside code blocks, in order, blank ones included."""
    return _split(raw)[1]


def heading_levels(raw: str) -> tuple[int, ...]:
    """Return the level of each heading, in order: of lines that begin with #, and of underlined lines."""
    return tuple(block.level for block in outline(raw.replace("\r\n", "\n")) if block.level)


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """Return `text` with each stretch outside fenced code blocks changed."""
    if "```" not in text and "~~~" not in text:
        return change(text)
    pieces: list[tuple[bool, list[str]]] = []
    opened: regex.Match[str] | None = None
    for line in text.split("\n"):
        if opened and _leaves(opened, line):
            opened = None
        fence = _FENCE.match(line)
        inside = bool(opened or fence)
        if opened is None:
            opened = fence
        elif _closes(opened, fence):
            opened = None
        if not pieces or pieces[-1][0] != inside:
            pieces.append((inside, []))
        pieces[-1][1].append(line)
    return "\n".join("\n".join(lines) if inside else change("\n".join(lines)) for inside, lines in pieces)


class Block(NamedTuple):
    """A block of a text: whether it is prose (a paragraph or a list), and the level of a heading, else 0."""

    text: str
    prose: bool = True
    level: int = 0


def outline(text: str) -> tuple[Block, ...]:
    """Return the blocks of `text`, in order, without outer white space.

    Blocks stand between blank lines. A heading, a code block and a table are blocks of their own, and no prose; a
    line in bold alone that opens a block, and is not the last line, is a heading without level; a rule is nothing.
    """
    if not any(map(f"\n{text}\n".__contains__, _MARKUP)):
        return tuple(Block(block) for block in map(str.strip, _GAP.split(text)) if block)
    return _Outliner(text.split("\n")).read()


class _Outliner:
    """Reads lines one by one, and keeps those of the block that is open."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.blocks: list[Block] = []
        self.open: list[str] = []
        self.last = max((at for at, line in enumerate(lines) if line.strip()), default=0)

    def read(self) -> tuple[Block, ...]:
        at = 0
        while at < len(self.lines):
            at = self._step(at)
        self._close()
        return tuple(self.blocks)

    def _step(self, at: int) -> int:
        """Take the line at a place, or the code block or table that begins there; return where to go on."""
        line = self.lines[at]
        if line[:1].isalpha() and "|" not in line:  # most lines: no mark opens them
            self.open.append(line)
            return at + 1
        if fence := _FENCE.match(line):
            return self._take(at, _fence_end(self.lines, at, fence))
        if "|" in line and at + 1 < len(self.lines) and begins_table(line, self.lines[at + 1]):
            rows = range(at + 2, len(self.lines))
            return self._take(at, next((place for place in rows if "|" not in self.lines[place]), len(self.lines)))
        if mark := HEADING.match(line):
            self._close()
            self.blocks.append(Block(line.strip(), prose=False, level=len(mark[1])))
        elif len(self.open) == 1 and _UNDERLINE.match(line) and _may_be_underlined(self.open[0]):
            self.blocks.append(Block(self.open.pop().strip(), prose=False, level=1 if "=" in line else 2))
        elif not line.strip() or RULE.match(line) or _UNDERLINE.match(line):
            self._close()
        elif not self.open and _BOLD_LINE.match(line) and at < self.last:
            self.blocks.append(Block(line.strip(), prose=False))
        else:
            self.open.append(line)
        return at + 1

    def _take(self, start: int, end: int) -> int:
        self._close()
        self.blocks.append(Block("\n".join(self.lines[start:end]).strip(), prose=False))
        return end

    def _close(self) -> None:
        if self.open:
            self.blocks.append(Block("\n".join(self.open).strip()))
            self.open = []


def _fence_end(lines: list[str], at: int, opened: regex.Match[str]) -> int:
    for place in range(at + 1, len(lines)):
        if _leaves(opened, lines[place]):
            return place
        if _closes(opened, _FENCE.match(lines[place])):
            return place + 1
    return len(lines)


def _closes(opened: regex.Match[str], fence: regex.Match[str] | None) -> bool:
    if fence is None or fence["language"] or not fence["marks"].startswith(opened["marks"]):
        return False
    return bool(fence["quote"]) == bool(opened["quote"])


def _leaves(opened: regex.Match[str], line: str) -> bool:
    """Return whether a line stands outside the quote in which a fence was opened: the block ends there."""
    return bool(opened["quote"]) and not line.lstrip().startswith(">")


def _may_be_underlined(line: str) -> bool:
    """Return whether "---" below a line makes it a heading; below a sentence it is a rule."""
    body = line.strip()
    return bool(body) and not body.endswith(_ENDED) and not body.startswith(("- ", "* ", "> ", "|"))


def begins_table(header: str, rule: str) -> bool:
    """Return whether two lines are the header of a table and the rule below it."""
    return "|" in rule and "-" in rule and TABLE_RULE.match(rule) is not None and cells(header) == cells(rule)


def cells(line: str) -> int:
    """Return how many cells a line of a table has."""
    return len(regex.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|")))


def _split(raw: str) -> tuple[tuple[CodeBlock, ...], tuple[str, ...]]:
    if "```" not in raw and "~~~" not in raw:
        return (), tuple(raw.replace("\r\n", "\n").split("\n"))
    blocks: list[CodeBlock] = []
    prose: list[str] = []
    current: _Open | None = None
    for line in raw.replace("\r\n", "\n").split("\n"):
        if current is not None and _leaves(current.fence, line):
            blocks.append(_code(current))
            current = None
        fence = _FENCE.match(line)
        if current is not None:
            if _closes(current.fence, fence):
                blocks.append(_code(current))
                current = None
            else:
                current.lines.append(line)
        elif fence:
            current = _Open(fence, [])
        else:
            prose.append(line)
    if current is not None:
        blocks.append(_code(current))
    return tuple(blocks), tuple(prose)


def _code(block: _Open) -> CodeBlock:
    lines = [_QUOTE.sub("", line, 1) for line in block.lines] if block.fence["quote"] else block.lines
    return CodeBlock(block.fence["language"].lower(), "\n".join(lines))
