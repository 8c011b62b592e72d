"""Searches that were rewritten to take linear time find what the reference's own search finds."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verif_ifeval.ifbench.layout import _kept
from verif_ifeval.ifeval.content import _placeholders
from verif_ifeval.ifeval.form import _DASHES, _STARS, _titles, _unfenced
from verif_ifeval.iftrain.copying import _between

from verif_sdk import verify
from verif_sdk.bounded import pool

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


@many
@given(texts("ab \n\r"))
def test_phrases_between_a_first_and_a_last_word(raw: str) -> None:
    assert _between("a", "b", raw) == re.findall("a .*? b", raw)
    assert _between("a", "a", raw) == re.findall("a .*? a", raw)


@pytest.mark.parametrize(
    "spec",
    [
        {"type": "ifeval:keywords:existence", "keywords": ["(a|a)*b"]},
        {"type": "ifeval:keywords:forbidden_words", "forbidden_words": ["(a|a)*b"]},
        {"type": "ifeval:detectable_content:postscript", "postscript_marker": "(a|a)*b"},
        {"type": "ifeval:detectable_format:multiple_sections", "section_spliter": "(a|a)*b", "num_sections": 1},
        {"type": "iftrain:keywords:word_once", "keyword": "(a|a)*b"},
        {"type": "iftrain:copy:repeat_phrase", "phrase": "(a|a)* b", "small_n": 1},
    ],
    ids=lambda spec: str(spec["type"]),
)
def test_a_parameter_that_is_a_catastrophic_pattern_is_undecided(
    monkeypatch: pytest.MonkeyPatch, spec: dict[str, Any]
) -> None:
    monkeypatch.setattr(pool, "SECONDS", 0.3)
    pool._pool.close()
    result = verify("a" * 60 + "!", spec)
    pool._pool.close()
    assert result.reward is None
    assert "took longer than" in result.errors[0]


@many
@given(st.lists(st.sampled_from(["```", "`", "json", "JSON", " ", "\n", "{}", "x"]), max_size=8).map("".join))
def test_the_inside_of_a_fence(raw: str) -> None:
    fenced = re.fullmatch(r"```(?:json)?\s*(.*?)\s*```", raw.strip(), re.IGNORECASE | re.DOTALL)
    assert _unfenced(raw).strip() == (fenced[1] if fenced else raw).strip()


def test_a_fence_of_spaces_costs_nothing() -> None:
    assert not verify(f"```{' ' * 200_000}x", {**JSON, "variant": "fixed"}).reward


JSON = {"type": "ifeval:detectable_format:json_format"}
