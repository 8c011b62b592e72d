"""Length, keywords, casing, punctuation, position, ratio and structure at their boundaries."""

from __future__ import annotations

from typing import Any

import pytest

from verif_sdk import verify

CASES: list[tuple[str, dict[str, Any], str, bool]] = [
    # Exactly at a bound passes, one beside it does not.
    ("length:words", {"at_least": 3}, "one two three", True),
    ("length:words", {"at_least": 3}, "one two", False),
    ("length:words", {"at_most": 3}, "one two three", True),
    ("length:words", {"at_most": 3}, "one two three four", False),
    ("length:words", {"exactly": 4}, "Don't re-read 3.14, please", True),
    ("length:words", {"exactly": 4}, "今天很好", True),
    ("length:words", {"exactly": 2}, "one — two … !", True),
    ("length:words", {"at_most": 0}, "!!!", True),
    ("length:sentences", {"exactly": 2}, "Mr. Lee came. He saw.", True),
    ("length:sentences", {"exactly": 1}, "It costs 3.50 euros, e.g. today.", True),
    ("length:sentences", {"exactly": 2}, "你好。再见！", True),
    ("length:sentences", {"exactly": 3}, "One.\n- two\n- three", True),
    ("length:sentences", {"exactly": 1}, "Really?!", True),
    ("length:paragraphs", {"exactly": 1}, "a\nb\nc", True),
    ("length:paragraphs", {"exactly": 2}, "\n\na\n \t\nb\n\n", True),
    ("length:paragraphs", {"at_most": 1}, "a\n\nb", False),
    ("length:characters", {"exactly": 1}, " e\u0301 ", True),
    ("length:characters", {"exactly": 1}, "👨‍👩‍👧", True),
    ("length:characters", {"exactly": 3}, "a b", True),
    ("length:characters", {"at_most": 4}, "Hello", False),
    ("length:lines", {"exactly": 2}, "a\n\n\nb\n", True),
    ("length:lines", {"exactly": 2}, "a\r\nb", True),
    ("length:lines", {"at_least": 2}, "a", False),
    # Whole words, in any case, unless told otherwise.
    ("keywords:include", {"keywords": ["cat"]}, "(Cat)", True),
    ("keywords:include", {"keywords": ["cat"]}, "cats", False),
    ("keywords:include", {"keywords": ["cat"], "whole_word": False}, "Concatenate", True),
    ("keywords:include", {"keywords": ["cat"], "case_sensitive": True}, "Cat", False),
    ("keywords:include", {"keywords": ["c++"]}, "In C++, so", True),
    ("keywords:include", {"keywords": ["New York"]}, "new\nyork", True),
    ("keywords:include", {"keywords": ["a", "b", "c"], "at_least": 2}, "b and c", True),
    ("keywords:include", {"keywords": ["a", "b", "c"], "at_least": 2}, "c c c", False),
    ("keywords:include", {"keywords": ["straße"]}, "STRASSE", True),
    ("keywords:exclude", {"keywords": ["cat"]}, "Concatenate.", True),
    ("keywords:exclude", {"keywords": ["cat"]}, "CAT!", False),
    ("keywords:exclude", {"keywords": ["猫"]}, "我有一只猫。", False),
    ("keywords:frequency", {"keyword": "so", "exactly": 2}, "So, also so.", True),
    ("keywords:frequency", {"keyword": "so", "at_most": 1}, "So so", False),
    ("keywords:frequency", {"keyword": "so", "exactly": 0}, "also", True),
    ("keywords:letter_frequency", {"letter": "e", "exactly": 3}, "Eleven", True),
    ("keywords:letter_frequency", {"letter": "e", "exactly": 2, "case_sensitive": True}, "Eleven", True),
    ("keywords:letter_frequency", {"letter": "é", "at_least": 1}, "cafe\u0301", True),
    ("keywords:letter_frequency", {"letter": "e", "exactly": 1}, "cafe\u0301 e", True),
    ("keywords:letter_frequency", {"letter": "s", "exactly": 1}, "Straße", True),
    ("keywords:letter_frequency", {"letter": "σ", "exactly": 3}, "Σίσυφος", True),
    ("keywords:order", {"keywords": ["a", "b"]}, "b a b", True),
    ("keywords:order", {"keywords": ["a", "b"]}, "b a", False),
    ("keywords:order", {"keywords": ["a", "a"]}, "a", False),
    ("keywords:once", {"keywords": ["a", "b"]}, "b, a", True),
    ("keywords:once", {"keywords": ["a"]}, "a A", False),
    ("casing:upper", {}, "ÉTÉ 24 — ß", False),
    ("casing:upper", {}, "ÉTÉ 24!", True),
    ("casing:upper", {}, "你好", False),
    ("casing:lower", {}, "été 24!", True),
    ("casing:lower", {}, "ok.\nNo", False),
    ("casing:title", {}, "A Tale of Two Cities", True),
    ("casing:title", {}, "A Tale of two Cities", False),
    ("casing:title", {}, "What Is It for", False),
    ("casing:capital_words", {"exactly": 1}, "I saw NASA.", True),
    ("casing:capital_words", {"exactly": 2}, "The U.S. and NASA's ESA", False),
    ("casing:capital_words", {"at_most": 0}, "Quiet, I said", True),
    ("casing:capital_words", {"at_most": 0}, "A1 is not B2", True),
    ("punctuation:exclude", {"marks": [","]}, "a; b", True),
    ("punctuation:exclude", {"marks": [","]}, "一、二", False),
    ("punctuation:exclude", {"marks": [","]}, "一，二", False),
    ("punctuation:frequency", {"mark": "!", "exactly": 1}, "Ho！", True),
    ("punctuation:frequency", {"mark": "?", "at_least": 2}, "What? No.", False),
    ("punctuation:quoted", {}, "«Tout.»", True),
    ("punctuation:quoted", {}, '"', False),
    ("punctuation:quoted", {}, '"a" and "b"', False),
    ("position:starts_with", {"phrase": "Dear"}, "> **Dear** all", True),
    ("position:starts_with", {"phrase": "Dear"}, "“Dear all”", True),
    ("position:starts_with", {"phrase": "Dear"}, "Dearest", False),
    ("position:starts_with", {"phrase": "I", "scope": "line"}, "I a\n\nI b", True),
    ("position:starts_with", {"phrase": "I", "scope": "line"}, "I a\nWe b", False),
    ("position:ends_with", {"phrase": "the end"}, "So, the end.", True),
    ("position:ends_with", {"phrase": "the end"}, "The end is near", False),
    ("position:ends_with", {"phrase": "end", "scope": "sentence"}, "One end. Two end!", True),
    ("position:ends_with", {"phrase": "end"}, "Weekend", False),
    ("position:first_word", {"word": "so"}, "“So…", True),
    ("position:first_word", {"word": "so"}, "So-called", False),
    ("position:last_word", {"word": "end"}, "The end…”", True),
    ("position:last_word", {"word": "end"}, "The ends.", False),
    ("position:nth_word", {"word": "b", "n": 2}, "a, b", True),
    ("position:nth_word", {"word": "b", "n": 3}, "a b", False),
    ("position:postscript", {}, "Bye.\nP.S. More", True),
    ("position:postscript", {}, "Bye.\nP.S.", False),
    ("position:postscript", {}, "Bye." + "\n" * 30 + "P.S. More", True),
    ("position:postscript", {}, "\n" * 30 + "P.S. More", False),
    ("position:postscript", {"marker": "P.P.S."}, "Bye.\nP.S. a\nP.P.S. b", True),
    ("position:postscript", {"marker": "P.P.S."}, "Bye.\nP.S. a", False),
    ("ratio:unique_words", {"at_least": 0.5}, "a A b b", True),
    ("ratio:unique_words", {"at_least": 0.51}, "a A b b", False),
    ("ratio:overlap", {"reference": "a b c d", "at_least": 0.5}, "a b x y", True),
    ("ratio:overlap", {"reference": "a b c d", "at_least": 0.5}, "a x y z", False),
    ("ratio:no_repeated_lines", {}, "a\n\n\nb", True),
    ("ratio:no_repeated_lines", {}, "a\nB\nb ", False),
    ("structure:repeats_prompt", {"prompt": "Say hi."}, "Say hi.\nHi.", True),
    ("structure:repeats_prompt", {"prompt": "Say hi."}, "Say hi!\nHi.", False),
    ("structure:repeats_prompt", {"prompt": "Say hi."}, "X Say hi.\nHi.", False),
    ("structure:repeats_prompt", {"prompt": "Name a colour"}, "Name a colourful thing: a tie.", False),
    ("structure:repeats_prompt", {"prompt": "Name a colour"}, "# Name a colour\nRed.", True),
    ("structure:responses", {"exactly": 2, "separator": "***"}, "a\n***\nb", True),
    ("structure:responses", {"exactly": 2, "separator": "***"}, "a\n***\nb\n***\nc", False),
    ("structure:responses", {"exactly": 2, "separator": "***"}, "a\n***\na", False),
]


@pytest.mark.parametrize(("name", "params", "response", "passed"), CASES)
def test_it_decides_as_the_table_says(name: str, params: dict[str, Any], response: str, passed: bool) -> None:
    result = verify(response, {"type": name, **params})
    assert result.verdicts[0].passed is passed, result
    assert result.errors == ()


PRONOUNS = "he she it that this there here what who where when how why let one"


@pytest.mark.parametrize("word", PRONOUNS.split())
def test_behind_a_pronoun_s_is_a_word_of_its_own(word: str) -> None:
    assert verify(f"I think {word}'s fine.", {"type": "keywords:frequency", "keyword": word, "exactly": 0}).passed
    assert verify("The cat's fine.", {"type": "keywords:frequency", "keyword": "cat", "exactly": 1}).passed
