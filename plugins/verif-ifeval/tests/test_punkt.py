"""Sentences and tokens are NLTK's, on texts made of what its rules are about."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verif_ifeval import nltk_data, punkt, stops

pytestmark = pytest.mark.skipif(nltk_data.found("punkt_tab") is None, reason="NLTK's punkt_tab is not here")

PIECES = [
    "Dr.",
    "U.S.",
    "e.g.",
    "i.e.,",
    "Ph.D.",
    "p.m.",
    "No.",
    "vs.",
    "va.",
    "w.va.",
    "A.I.",
    "I.",
    "J.",
    "a.",
    "word.",
    "Word?",
    "end!",
    "?!",
    "...",
    "..",
    ". . .",
    "--",
    "-",
    "—",
    "–",
    "(a)",
    "[1]",
    "{x}",
    "<b>",
    "word.)",
    "(end).",
    '"Hi."',
    '"',
    '""',
    '“"',
    "'",
    "''",
    "``",
    "“Q”",
    "’s",
    "«x»",
    "it's",
    "can't",
    "DON'T",
    "I'm",
    "IT'S",
    "y'all",
    "o'clock",
    "dogs'",
    "rushin',",
    "'round",
    "'Bout,",
    "'em",
    "'nother",
    "'cannot",
    "𝔸.",
    "'P.M.*",
    "(Mr.",
    '"address]."',
    "*Mg*.",
    "ε.",
    "🧪.",
    "platforms:",
    "Bach",
    "Sept.",
    "J.B.",
    "'tis",
    "'Twas",
    "d'ye",
    "more'n",
    "cannot",
    "Cannot",
    "can-not",
    "cannot-do",
    "gonna",
    "wanna",
    "gimme",
    "1,000",
    "3.5",
    "3:30",
    "2023.",
    "12.",
    "5%",
    "$5",
    "#1.",
    "a,b",
    "a,5",
    "A,",
    "a:b",
    ":",
    ";",
    "**bold.**",
    "*a*",
    "well-known",
    "WELL-KNOWN",
    "and/or",
    "x_y",
    "a@b.c",
    "http://a.b/c?d=e",
    "é.",
    "Été.",
    "中文。",
    "x.y",
    "the",
    "The",
    "He",
    "she",
    "another",
    "Longer",
    "\n",
    "\n\n",
    "\t",
    "\r\n",
    "\u00a0",
    "\x1c",
    " ",
    "  ",
    ".",
    "?",
    "!",
    ",",
]
TEXTS = st.one_of(
    st.text(max_size=30),
    st.lists(st.sampled_from(PIECES), max_size=16).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=16).map("".join),
    st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(["", " ", "\n"])), max_size=16).map(
        lambda pairs: "".join(piece + space for piece, space in pairs)
    ),
)


@pytest.fixture(scope="module")
def nltk() -> Any:
    from nltk.tokenize import PunktTokenizer
    from nltk.tokenize.destructive import NLTKWordTokenizer

    return PunktTokenizer("english"), NLTKWordTokenizer()


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(TEXTS)
def test_sentences_tokens_and_capitals_are_nltks(nltk: Any, text: str) -> None:
    punkt_tokenizer, words = nltk
    sentences = tuple(punkt_tokenizer.tokenize(text))
    tokens = tuple(token for sentence in sentences for token in words.tokenize(sentence))
    assert punkt.sentences(text) == sentences
    assert punkt.tokens(text) == tokens
    assert punkt.capitals(text) == sum(map(str.isupper, tokens))


def test_most_plain_sentences_need_no_nltk(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Any:
        raise AssertionError("NLTK was asked")

    monkeypatch.setattr(punkt, "_words", refuse)
    sentence = "She said \"yes\", didn't she? It's well-known (since 1889), and costs $5."
    assert punkt.sentence_tokens(sentence)[-2:] == ["5", "."]
    assert list(punkt.each_token("Go on. " * 3)) == ["Go", "on", "."] * 3


def test_most_stops_need_no_nltk(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Any:
        raise AssertionError("NLTK was asked")

    for module in (punkt, stops):
        monkeypatch.setattr(module, "tokenizer", refuse)
    text = "1. Dr. J. Bach left the U.S. in 1993. He (see [1]). Then *Lily*. So. No."
    assert len(punkt.sentences(text)) == 6


def test_parameters_are_nltks(nltk: Any) -> None:
    learned, read = nltk[0]._params, stops.parameters()
    assert read.abbreviations == learned.abbrev_types
    assert read.collocations == learned.collocations
    assert read.starters == learned.sent_starters
    assert read.cases == {kind: learned.ortho_context[kind] for kind in read.cases}
    assert len(read.cases) == sum(seen > 0 for seen in learned.ortho_context.values())
