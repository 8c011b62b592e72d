"""A page of the documentation, as the blocks that a reader would copy from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(
    r"(?:<!-- (?P<note>[^\n]*?) -->\n\n?)?"
    r"^(?P<fence>```+)(?P<language>\w*)(?: title=\"(?P<title>[^\"]+)\")?[^\n]*\n(?P<body>.*?)^(?P=fence)$",
    re.DOTALL | re.MULTILINE,
)
NOT_RUN = re.compile(r"not run: (?P<reason>.+)")


@dataclass(frozen=True)
class Block:
    """One fenced block.

    `title` is the file that the block is the content of, or empty. `skipped` is the reason why it cannot run
    here, or empty; the page's source gives it in a comment above the block.
    """

    line: int
    language: str
    title: str
    body: str
    skipped: str


@dataclass(frozen=True)
class Command:
    """One command of a console block, and what the page says it prints."""

    line: int
    text: str
    prints: str


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    source = page.read_text("utf-8")
    found = []
    for match in FENCE.finditer(source):
        reason = NOT_RUN.match(match["note"] or "")
        line = source.count("\n", 0, match.start("fence")) + 1
        found.append(
            Block(line, match["language"], match["title"] or "", match["body"], reason["reason"] if reason else "")
        )
    return found


def commands(block: Block) -> list[Command]:
    """Return the commands of a console block: a `$ ` begins one, a backslash carries it on, the rest is output."""
    result: list[Command] = []
    lines = iter(enumerate(block.body.splitlines(), block.line + 1))
    for number, line in lines:
        if not line.startswith("$ "):
            last = result[-1]
            result[-1] = Command(last.line, last.text, f"{last.prints}{line}\n")
            continue
        text = line[2:]
        while text.endswith("\\"):
            text = f"{text}\n{next(lines)[1]}"
        result.append(Command(number, _without_comment(text), ""))
    return result


def _without_comment(text: str) -> str:
    return re.sub(r"\s{2,}#[^'\"]*$", "", text)


def printed_as_shown(printed: str, shown: str) -> bool:
    """Say whether a program printed what a page shows, where `…` stands for anything; a page may show nothing."""
    if not shown.strip():
        return True
    pattern = re.escape(_plain(shown)).replace("…", ".*?")
    return re.search(rf"(?:^|\n){pattern}(?:\n|$)", _plain(printed), re.DOTALL) is not None


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")
