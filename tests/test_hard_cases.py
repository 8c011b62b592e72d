"""The tables of the page on segmentation are true, and one notion of a word holds from type to type."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verif_sdk import Text, verify

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "explanation" / "segmentation.md").read_text("utf-8")
TABLE = re.compile(r"\| text \| (\w+) \| why \|\n\|[ |-]+\|\n((?:\|.*\n)+)")
CASES = [
    (unit, text.replace(r"\n", "\n"), int(count))
    for unit, rows in TABLE.findall(PAGE)
    for text, count in re.findall(r"^\| `(.+?)` \| (\d+) \|", rows, re.MULTILINE)
]


def test_the_page_has_its_tables() -> None:
    assert {unit for unit, _, _ in CASES} == {"words", "sentences", "paragraphs"}
    assert len(CASES) > 30


@pytest.mark.parametrize(("unit", "text", "count"), CASES)
def test_a_hard_case_is_counted_as_the_page_says(unit: str, text: str, count: int) -> None:
    assert len(getattr(Text(text), unit)) == count, getattr(Text(text), unit)


@pytest.mark.parametrize("text", [text for unit, text, _ in CASES if unit == "words"])
def test_each_word_is_found_as_a_keyword_and_as_the_nth_word(text: str) -> None:
    for place, word in enumerate(Text(text).words, 1):
        found = verify(text, {"type": "keywords:include", "keywords": [word]})
        stands = verify(text, {"type": "position:nth_word", "word": word, "n": place})
        assert (found.reward, stands.reward) == (1.0, 1.0), word


HIDDEN = ("\u200b", "\u200c", "\u00ad", "\u2060", "\ufeff", "\x00", "\u034f", "\U000e0041")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.text("abc éß今ก'.-\n", min_size=1), st.sampled_from(HIDDEN), st.data())
def test_what_nobody_sees_changes_no_count(text: str, hidden: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    plain, stuffed = Text(text), Text(text[:at] + hidden + text[at:])
    for unit in ("words", "sentences", "paragraphs", "lines", "characters"):
        assert getattr(plain, unit) == getattr(stuffed, unit)


@pytest.mark.parametrize(
    ("keyword", "response", "used"),
    [
        ("can", "I can't.", False),
        ("can", "I can’t, but I can.", True),
        ("it", "It's late.", False),
        ("Anna", "Anna’s book", True),
        ("AI", "an AI-based tool", True),
        ("C", "I write C++.", False),
        ("homme", "l’homme", True),
        ("서울", "서울에서", True),
        ("İstanbul", "İstanbul'da", True),
        ("café", "CAFE\u0301", True),
        ("cat", "c\u200bat", True),
        ("cat", "c**a**t", True),
        ("cat", "c\u0430t", True),
        ("cat", "\uff43\uff41\uff54", True),
        ("cat", "<!-- cat --> dog", False),
        ("cat", "```\n<!-- cat -->\n```", True),
        ("New York", "**New** York", True),
    ],
)
def test_a_keyword_is_used_where_a_reader_sees_it(keyword: str, response: str, used: bool) -> None:
    verdict = verify(response, {"type": "keywords:exclude", "keywords": [keyword]}).verdicts[0]
    assert verdict.passed is not used
    assert bool(verdict.evidence) is used


def test_evidence_points_into_the_response_as_it_was_written() -> None:
    response = "\ufeffDie STRASSE, c\u200bat und CAFE\u0301!"
    verdict = verify(response, {"type": "keywords:exclude", "keywords": ["straße", "cat", "café"]}).verdicts[0]
    assert [response[start:end] for start, end in verdict.evidence] == ["STRASSE", "c\u200bat", "CAFE\u0301"]


@pytest.mark.parametrize(
    ("bound", "passed"), [({"at_most": 3}, None), ({"at_least": 1}, True), ({"at_least": 99}, False)]
)
def test_words_without_spaces_are_counted_only_where_that_is_possible(
    bound: dict[str, int], passed: bool | None
) -> None:
    assert verify("วันนี้ฉันไปโรงเรียน", {"type": "length:words", **bound}).verdicts[0].passed is passed
