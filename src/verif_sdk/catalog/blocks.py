"""Markdown as lines: which of them are inside a code block, and the blocks themselves."""

from __future__ import annotations

from typing import NamedTuple

import regex

# Possessive throughout: a long line that is no fence costs one pass.
_FENCE = regex.compile(r" {0,3}(?P<marks>`{3,}+|~{3,}+)\s*+(?P<language>[^\s`]*+)[^`]*+$")


class CodeBlock(NamedTuple):
    """A fenced code block: its language in small letters ("" where none is named), and what is in it."""

    language: str
    body: str


class _Open(NamedTuple):
    marks: str
    language: str
    lines: list[str]


def code_blocks(raw: str) -> tuple[CodeBlock, ...]:
    """Return the fenced code blocks, in order; one that is never closed runs to the end, as CommonMark says."""
    return _split(raw)[0]


def prose_lines(raw: str) -> tuple[str, ...]:
    """Return the lines outside code blocks, in order, blank ones included."""
    return _split(raw)[1]


def _split(raw: str) -> tuple[tuple[CodeBlock, ...], tuple[str, ...]]:
    blocks: list[CodeBlock] = []
    prose: list[str] = []
    current: _Open | None = None
    for line in raw.replace("\r\n", "\n").split("\n"):
        fence = _FENCE.match(line)
        if current is not None:
            if fence and fence["marks"].startswith(current.marks) and not fence["language"]:
                blocks.append(CodeBlock(current.language, "\n".join(current.lines)))
                current = None
            else:
                current.lines.append(line)
        elif fence:
            current = _Open(fence["marks"], fence["language"].lower(), [])
        else:
            prose.append(line)
    if current is not None:
        blocks.append(CodeBlock(current.language, "\n".join(current.lines)))
    return tuple(blocks), tuple(prose)
