"""A result in a notebook: it fits a screen, marks the evidence, and a hostile response stays text."""

from __future__ import annotations

import pickle
from html.parser import HTMLParser
from typing import Any

import pytest

from verif_sdk import Result, Verdict, verify
from verif_sdk.notebook import LONGEST, html

RULES: list[dict[str, Any]] = [
    {"type": "keywords:exclude", "keywords": ["bad"]},
    {"type": "length:words", "at_least": 2},
]


class Seen(HTMLParser):
    """The tags, attributes and text of a fragment."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text: list[str] = []
        self.feed(fragment)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def page(text: str, *evidence: tuple[int, int], reason: str = "", type: str = "a:b") -> str:
    verdict = Verdict(type=type, passed=False, score=0.0, reason=reason, evidence=evidence)
    return html(Result(reward=0.0, verdicts=(verdict,)), text)


def test_a_result_is_one_line_that_fits_a_screen() -> None:
    result = verify("a bad word", RULES)
    assert repr(result) == "<Result reward 0.500: FAIL keywords:exclude, pass length:words>"
    assert repr(result.verdicts[0]).startswith("<Verdict FAIL 0.00 keywords:exclude: ")
    many = verify("a b", [RULES[1]] * 50)
    assert repr(many).endswith("pass length:words, and 42 more>")
    assert len(repr(many)) < 250


def test_the_evidence_is_marked_in_the_response() -> None:
    shown = verify("a bad word", RULES)._repr_html_()
    assert 'title="keywords:exclude">bad</mark> word</div>' in shown
    assert "reward 0.500" in shown


def test_what_overlaps_is_marked_once_with_both_names() -> None:
    verdicts = (
        Verdict(type="a:b", passed=True, score=1.0, evidence=((0, 4),)),
        Verdict(type="c:d", passed=False, score=0.0, evidence=((2, 6),)),
    )
    shown = html(Result(reward=0.5, verdicts=verdicts), "abcdefgh")
    assert 'title="a:b">ab</mark>' in shown
    assert 'title="a:b, c:d">cd</mark>' in shown
    assert 'title="c:d">ef</mark>gh</div>' in shown


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '"><svg onload=alert(1)>',
        "</div></table><iframe src=//evil>",
        "&lt;script&gt; &#60;b&#62;",
        "<mark title='x' onmouseover=alert(1)>",
    ],
)
def test_a_hostile_response_reason_or_type_stays_text(hostile: str) -> None:
    for middle in (1, 3, len(hostile) - 1):
        seen = Seen(page(hostile, (middle, len(hostile)), reason=hostile, type=hostile))
        tags = {"div", "b", "table", "thead", "tbody", "tr", "th", "td", "code", "bdi", "mark"}
        assert set(seen.tags) == tags
        assert seen.attributes == {"style", "title"}
        assert "".join(seen.text).count(hostile) == 3


def test_characters_that_move_or_turn_text_become_pictures() -> None:
    shown = page("a\x00\x1b[2J\u202eb\ud800c\x9b\td\n")
    assert "a\u2400\u241b[2J\ufffdb\ufffdc\ufffd\td\n" in shown
    shown.encode()  # a notebook writes UTF-8


def test_a_long_response_is_cut_and_much_evidence_costs_little() -> None:
    text = "ab" * LONGEST
    shown = page(text, *((place, place + 1) for place in range(0, 2 * LONGEST, 2)))
    assert f"{LONGEST:,} more characters" in shown
    assert shown.count("<mark") == LONGEST // 2
    page("short", (0, 99), (-3, 2), (4, 2))  # offsets that do not fit are left out


def test_the_text_is_kept_for_the_eye_alone() -> None:
    result = verify("a bad word", RULES)
    assert "a bad word" not in result.model_dump_json()
    again = Result.model_validate_json(result.model_dump_json())
    assert again == result
    assert hash(again) == hash(result)
    assert "<table>" in again._repr_html_()
    assert pickle.loads(pickle.dumps(result)) == result


def test_reasoning_is_cut_so_that_the_evidence_fits() -> None:
    shown = verify("<think>bad bad</think>a bad word", RULES)._repr_html_()
    assert "bad</mark> word" in shown
    assert "think" not in shown
