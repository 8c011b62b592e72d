"""The rule-based sentence splitter of the IF-RLVR checkers; only they use it, the others use Punkt."""

from __future__ import annotations

import re

# Written into the text, as there: a response that holds them itself is split by them.
_DOT, _END = "<prd>", "<stop>"

_LETTER = "([A-Za-z])"
_STARTER = (
    r"(Mr|Mrs|Ms|Dr|Prof|Capt|Cpt|Lt|He\s|She\s|It\s|They\s|Their\s|Our\s|We\s|But\s|However\s|That\s|This\s"
    r"|Wherever)"
)
_COMPANY = "(Inc|Ltd|Jr|Sr|Co)"

_TITLES = tuple(
    (re.compile(wanted), given)
    for wanted, given in (
        (r"(Mr|St|Mrs|Ms|Dr)[.]", rf"\1{_DOT}"),
        (r"[.](com|net|org|io|gov|edu|me)", rf"{_DOT}\1"),
        (r"([0-9])[.]([0-9])", rf"\1{_DOT}\2"),
    )
)
_ELLIPSIS = re.compile(r"\.{2,}")
_ABBREVIATIONS = tuple(
    (re.compile(wanted), given)
    for wanted, given in (
        (rf"\s{_LETTER}[.] ", rf" \1{_DOT} "),
        (rf"([A-Z][.][A-Z][.](?:[A-Z][.])?) {_STARTER}", rf"\1{_END} \2"),
        (rf"{_LETTER}[.]{_LETTER}[.]{_LETTER}[.]", rf"\1{_DOT}\2{_DOT}\3{_DOT}"),
        (rf"{_LETTER}[.]{_LETTER}[.]", rf"\1{_DOT}\2{_DOT}"),
        (rf" {_COMPANY}[.] {_STARTER}", rf" \1{_END} \2"),
        (rf" {_COMPANY}[.]", rf" \1{_DOT}"),
        (rf" {_LETTER}[.]", rf" \1{_DOT}"),
    )
)
_QUOTES = ((".”", "”."), ('."', '".'), ('!"', '"!'), ('?"', '"?'))


def split(raw: str) -> list[str]:
    """Return the sentences of a text, without outer whitespace; one blank piece at the end is dropped."""
    text = f" {raw}  ".replace("\n", " ")
    for wanted, given in _TITLES:
        text = wanted.sub(given, text)
    text = _ELLIPSIS.sub(lambda dots: _DOT * len(dots[0]) + _END, text)
    text = text.replace("Ph.D.", f"Ph{_DOT}D{_DOT}")
    for wanted, given in _ABBREVIATIONS:
        text = wanted.sub(given, text)
    for inside, outside in _QUOTES:  # an end mark goes behind the closing quote
        text = text.replace(inside, outside)
    for mark in ".?!":
        text = text.replace(mark, mark + _END)
    pieces = [piece.strip() for piece in text.replace(_DOT, ".").split(_END)]
    return pieces if pieces[-1] else pieces[:-1]
