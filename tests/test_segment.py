"""How a text falls into words, sentences, paragraphs and lines, at the places where others go wrong."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from verif_sdk import Text, segment


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't stop.", ["Don't", "stop"]),
        ("well-known a_b 3.14 1,000", ["well-known", "a_b", "3.14", "1,000"]),
        ("it’s ‘quoted’", ["it’s", "quoted"]),
        ("end. Next,then", ["end", "Next", "then"]),
        ("今天 很好 abc", ["今", "天", "很", "好", "abc"]),
        ("カタカナ", ["カ", "タ", "カ", "ナ"]),
        ("naïve cafe\u0301", ["naïve", "cafe\u0301"]),
        ("مرحبا بالعالم", ["مرحبا", "بالعالم"]),
        ("😀 -- ... !", []),
        ("- item", ["item"]),
        ("I love it ❤️", ["I", "love", "it"]),
        ("a--b", ["a", "b"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert list(segment.words(text)) == words


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Dr. Lee met Mr. J. Smith at 9.15 a.m. in the U.S. embassy.", 1),
        ("e.g. this, i.e. that. Next.", ["e.g. this, i.e. that.", "Next."]),
        ('He said "Stop!" Then left.', ['He said "Stop!"', "Then left."]),
        ("What?! No...", ["What?!", "No..."]),
        ("- first item\n- second item", ["- first item", "- second item"]),
        ("1. Do this.\n2. Do that.", ["1. Do this.", "2. Do that."]),
        ("今天很好。我们走吧！", ["今天很好。", "我们走吧！"]),
        ("Version 2.0 is out. See example.com now.", ["Version 2.0 is out.", "See example.com now."]),
        ("---\n\n***", []),
        ("No. I will not.", ["No.", "I will not."]),
        ("It was I. We left.", ["It was I.", "We left."]),
        ("यह है। वह है।", ["यह है।", "वह है।"]),
        ("هل هذا صحيح؟ نعم.", ["هل هذا صحيح؟", "نعم."]),
        ("# Title\n\nText.", ["Text."]),
        ("The end (really.) Yes.", ["The end (really.)", "Yes."]),
    ],
)
def test_sentences(text: str, sentences: list[str] | int) -> None:
    found = segment.sentences(text)
    assert (len(found) if isinstance(sentences, int) else list(found)) == sentences


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [("a\n\nb", 2), ("a\nb", 1), ("a\n \t\n\n\nb\n\n", 2), ("a\r\n\r\nb", 2), ("\n\n", 0), ("a\n\u200b\nb", 1)],
)
def test_paragraphs(text: str, paragraphs: int) -> None:
    assert len(segment.paragraphs(text)) == paragraphs


def test_lines_leave_blank_ones_out() -> None:
    assert segment.lines("a \r\n\n  b\n\u200b\n") == ("a", "  b")


@pytest.mark.parametrize(
    ("text", "count"), [(" abc\n", 3), ("👩‍👩‍👧‍👦", 1), ("e\u0301", 1), ("🇫🇷", 1), ("a\r\nb", 3), ("", 0)]
)
def test_characters_are_those_a_reader_counts(text: str, count: int) -> None:
    assert segment.characters(text) == count


@pytest.mark.parametrize("blank", ["", " \n\t", "\u200b\ufeff", "\u00a0\u3000", "\x00", "\u3164\u2800", "\ufe0f"])
def test_invisible_text_is_blank(blank: str) -> None:
    assert Text(blank).blank
    assert not Text(f"{blank}.").blank


@given(st.text())
def test_units_are_pieces_of_the_text_in_order(text: str) -> None:
    at = 0
    for word in segment.words(text):
        at = text.index(word, at) + len(word)
    for sentence in segment.sentences(text):
        assert sentence == sentence.strip()
        assert segment.words(sentence)


def test_a_view_is_computed_once_per_response() -> None:
    calls = []

    def segmenter(raw: str) -> int:
        calls.append(raw)
        return len(raw)

    text = Text("abc")
    assert (text.view(segmenter), text.view(segmenter), calls) == (3, 3, ["abc"])


def test_a_part_keeps_prompt_and_reference() -> None:
    part = Text("whole", prompt="p", reference="r").part("who")
    assert (part.raw, part.prompt, part.reference) == ("who", "p", "r")


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(st.sampled_from("🇩🇪🇩🇪🇩🇪a\u0301\u200d\u0600👩")))
def test_flags_are_counted_as_unicode_counts_them(text: str) -> None:
    clusters = regex.findall(r"\X", text.strip())
    short = regex.findall(r"\X", segment.without_inner_flags(text.strip()))
    assert segment.characters(text) == len(clusters)
    assert (clusters[:1], clusters[-1:]) == (short[:1], short[-1:])
