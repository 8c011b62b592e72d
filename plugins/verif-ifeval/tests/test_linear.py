"""Searches that were rewritten to take linear time find what the reference's own search finds."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from verif_ifeval.ifbench.layout import _kept
from verif_ifeval.ifeval.content import _placeholders
from verif_ifeval.ifeval.form import _DASHES, _STARS, _titles

many = settings(max_examples=1000, deadline=None, derandomize=True)


def texts(alphabet: str) -> st.SearchStrategy[str]:
    return st.text(st.sampled_from(alphabet), max_size=30)


@many
@given(texts("*-a \n\t\r\x0b\x85 "))
def test_bullets(raw: str) -> None:
    assert len(_STARS.findall(raw)) == len(re.findall(r"^\s*\*[^\*].*$", raw, re.MULTILINE))
    assert len(_DASHES.findall(raw)) == len(re.findall(r"^\s*-.*$", raw, re.MULTILINE))


@many
@given(texts("<>a \n\r"))
def test_titles(raw: str) -> None:
    assert [*_titles(raw)] == re.findall(r"<<[^\n]+>>", raw)


@many
@given(texts("[]a\n\r"))
def test_placeholders(raw: str) -> None:
    assert sum(map(_placeholders, raw.split("\n"))) == len(re.findall(r"\[.*?\]", raw))


@many
@given(st.lists(st.sampled_from(["", " ", "  ", "\t", "a", " a"]), max_size=14))
def test_indented_lines(lines: list[str]) -> None:
    left = [*lines]
    for line in left:
        if not line.strip():
            left.remove(line)  # what the reference does
    assert [*_kept(lines)] == left
