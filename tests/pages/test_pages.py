"""README, tutorial and how-to pages are true: what they tell a reader to do works, and prints what they show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pages.page import Block, blocks, commands, printed_as_shown
from tests.pages.reader import Reader
from tests.pages.stand_in import StandIn

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "docs" / "index.md",
    *sorted((ROOT / "docs" / "tutorial").glob("*.md")),
    *sorted((ROOT / "docs" / "how-to").glob("*.md")),
]


@pytest.fixture(scope="session")
def model() -> Iterator[str]:
    """A judge spec for the stand-in of the pages' model."""
    pytest.importorskip("aiohttp", reason="the extra `openai` is not installed")
    with StandIn() as server:
        yield f"openai:Qwen/Qwen3-8B?base_url={server.url}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_does_what_it_says_with_a_stand_in_for_the_model(page: Path, tmp_path: Path, model: str) -> None:
    with Reader(tmp_path, model) as reader:
        reader.follow(page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_does_not_run_names_the_test_that_does_or_the_reason(page: Path) -> None:
    for block in blocks(page):
        words = block.skipped.split()
        for path in (word for word in words if word.startswith("tests/")):
            assert (ROOT / path.rstrip(".,;")).exists(), f"{page.name}:{block.line}: {path}"


def test_a_console_block_falls_into_commands_and_what_they_print() -> None:
    block = Block(1, "console", "", "$ a --b \\\n    c   # why\nout\nmore\n$ d\n", "")
    first, second = commands(block)
    assert (first.line, first.text, first.prints) == (2, "a --b \\\n    c", "out\nmore\n")
    assert (second.text, second.prints) == ("d", "")


def test_what_is_shown_must_have_been_printed() -> None:
    assert printed_as_shown("a\nb 1.5 c\nd\n", "b … c\nd\n")
    assert not printed_as_shown("a\nb 1.5 c\nd\n", "b … d\nc\n")
    assert not printed_as_shown("", "reward 1.000\n")
    assert printed_as_shown("anything", "")
