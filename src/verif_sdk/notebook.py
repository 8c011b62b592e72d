"""A result as HTML for a notebook: a table of verdicts, and the response with their evidence marked.

A response may hold anything, so all of it becomes text: escaped, control characters as pictures, and in an
isolated direction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verif_sdk.verdict import Result, Verdict

LONGEST = 20_000
"""Characters of a response that are shown."""

_COLOURS = {"pass": "#1a7f37", "FAIL": "#cf222e", "skip": "#6e7781", "????": "#9a6700"}
_WORDS = {"pass": "pass", "FAIL": "FAIL", "skip": "not asked", "????": "undecided"}
_CELL = "text-align:left;vertical-align:top;padding:2px 12px 2px 0"
_TEXT = (
    "white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate;max-height:24em;overflow:auto;"
    "margin:8px 0;padding:8px;border:1px solid #8884;border-radius:4px"
)
_PICTURES = {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)} | {0x7F: 0x2421}
_PICTURES |= dict.fromkeys([*range(0x80, 0xA0), *range(0xD800, 0xE000)], 0xFFFD)
_PICTURES |= dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], 0xFFFD)  # they turn text around


def html(result: Result, text: str) -> str:
    """Return a fragment of HTML without scripts, links or images.

    Args:
        result: the verdicts and the reward.
        text: the checked response, into which the evidence points; without it there is the table alone.
    """
    reward = "undecided" if result.reward is None else f"{result.reward:.3f}"
    rows = "".join(_row(verdict, depth) for verdict, depth in _all(result.verdicts))
    heads = "".join(f'<th style="{_CELL}">{head}</th>' for head in ("verdict", "score", "constraint", "reason"))
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    return f"<div><b>reward {reward}</b>{table}{_marked(result, text) if text else ''}</div>"


def safe(text: str) -> str:
    """Return `text` as HTML that shows it and does nothing else."""
    return escape(text.translate(_PICTURES))


def _all(verdicts: tuple[Verdict, ...], depth: int = 0) -> Iterator[tuple[Verdict, int]]:
    for verdict in verdicts:
        yield verdict, depth
        yield from _all(verdict.parts, depth + 1)


def _row(verdict: Verdict, depth: int) -> str:
    score = "" if verdict.score is None else f"{verdict.score:.2f}"
    mark = f'<b style="color:{_COLOURS[verdict.mark]}">{_WORDS[verdict.mark]}</b>'
    name = f'<code style="margin-left:{depth}em">{safe(verdict.type)}</code>'
    reason = f"<bdi>{safe(verdict.error or verdict.reason)}</bdi>"
    return "<tr>" + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in (mark, score, name, reason)) + "</tr>"


def _marked(result: Result, text: str) -> str:
    """Return the response with the evidence of each verdict marked; where two overlap, one mark names both."""
    shown = text[:LONGEST]
    opens: defaultdict[int, list[Verdict]] = defaultdict(list)
    closes: defaultdict[int, list[Verdict]] = defaultdict(list)
    for verdict, _ in _all(result.verdicts):
        for start, end in verdict.evidence:
            if 0 <= start < (last := min(end, len(shown))):
                opens[start].append(verdict)
                closes[last].append(verdict)
    pieces: list[str] = []
    active: list[Verdict] = []
    for start, end in pairwise(sorted({0, len(shown), *opens, *closes})):
        for verdict in closes[start]:
            active.remove(verdict)
        active += opens[start]
        pieces.append(_piece(shown[start:end], active))
    rest = f"<i> … {len(text) - LONGEST:,} more characters</i>" if len(text) > LONGEST else ""
    return f'<div style="{_TEXT}">{"".join(pieces)}{rest}</div>'


def _piece(text: str, verdicts: list[Verdict]) -> str:
    if not verdicts:
        return safe(text)
    failed = any(verdict.passed is False for verdict in verdicts)
    colour = "#ff818266" if failed else "#4ac26b66"
    names = safe(", ".join(dict.fromkeys(verdict.type for verdict in verdicts)))
    return f'<mark style="background:{colour};color:inherit" title="{names}">{safe(text)}</mark>'
