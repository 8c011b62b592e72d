"""The reason of a verdict says what was counted against what was asked, for every instruction."""

from __future__ import annotations

from typing import Any

import pytest
from verif_ifeval import nltk_data
from verif_ifeval.reference import Reference

from verif_sdk import Registry, Text, Verdict

pytestmark = pytest.mark.skipif(nltk_data.found("punkt_tab") is None, reason="NLTK's punkt_tab is not here")
TYPES = {name: cls for name, cls in Registry.installed().constraints.items() if issubclass(cls, Reference)}


def decided(type: str, response: str, **given: Any) -> Verdict:
    return Registry.installed().parse({"type": type, **given}).decide(Text(response))


@pytest.mark.parametrize("variant", ["faithful", "fixed"])
def test_every_instruction_gives_a_passed_and_a_failed_response_different_reasons(variant: str) -> None:
    assert len(TYPES) == 112
    for name, cls in TYPES.items():
        for example in cls.examples:
            verdicts = [
                decided(name, response, variant=variant, **example.params)
                for response in (*example.accepts, *example.rejects)
            ]
            reasons = {True: set[str](), False: set[str]()}
            for verdict in verdicts:
                if verdict.passed is not None:
                    reasons[verdict.passed].add(verdict.reason)
            assert "" not in reasons[True] | reasons[False], name
            assert not reasons[True] & reasons[False], f"{name}: one reason for both"


@pytest.mark.parametrize(
    ("type", "given", "response", "reason"),
    [
        (
            "ifeval:length_constraints:number_sentences",
            {"num_sentences": 5, "relation": "at least"},
            "One. Two. Three.",
            "3 sentences, asked for at least 5",
        ),
        (
            "ifeval:keywords:frequency",
            {"keyword": "cat", "frequency": 1, "relation": "less than"},
            "A cat.",
            "1 occurrence of 'cat', asked for fewer than 1",
        ),
        ("ifeval:keywords:existence", {"keywords": ["cat", "dog"]}, "A cat.", "no 'dog', asked for 2 keywords"),
        ("ifeval:language:response_language", {"language": "de"}, "12345", "the language is unknown, for lack of"),
        ("ifbench:ratio:stop_words", {"percentage": 10}, "the cat", "50.0% stop words, asked for at most 10%"),
        ("ifbench:words:repeats", {"small_n": 1}, "a b a", "2 occurrences of 'a', asked for at most 1"),
        ("ifbench:sentence:increment", {"small_n": 1}, "A. A b c.", "3 words in sentence 2, asked for exactly 2"),
        (
            "iftrain:first_word:first_word_sent",
            {"first_word": "so"},
            "So be it. Go.",
            "sentence 2 begins with 'go.'",
        ),
    ],
)
def test_the_reason_counts(type: str, given: dict[str, Any], response: str, reason: str) -> None:
    assert decided(type, response, **given).reason.startswith(reason)


def test_the_evidence_is_where_the_forbidden_thing_stands() -> None:
    response = "No, a CAT!"
    places = {
        "ifeval:punctuation:no_comma": ({}, ","),
        "ifeval:keywords:forbidden_words": ({"forbidden_words": ["cat"]}, "CAT"),
        "iftrain:punctuation:punctuation_exclamation": ({}, "!"),
        "ifbench:format:no_whitespace": ({}, " "),
    }
    for name, (given, piece) in places.items():
        ((start, end),) = decided(name, response, **given).evidence
        assert response[start:end] == piece


def test_what_a_reason_quotes_is_short_and_holds_no_control_characters() -> None:
    reason = decided("ifbench:format:options", "\x1b[2J" + "x" * 1000, options="yes/no").reason
    assert "\x1b" not in reason
    assert len(reason) < 100


def test_a_loose_reason_names_the_variant_that_passes() -> None:
    constraint = {"type": "ifeval:keywords:frequency", "keyword": "cat", "frequency": 1, "relation": "less than"}
    loose = Registry.installed().parse({"type": "ifeval:loose", "constraint": constraint})
    passed = loose.decide(Text("A cat:\nno animal"))
    assert passed.reason == "without the first line: 0 occurrences of 'cat', asked for fewer than 1"
    failed = loose.decide(Text("cat\ncat\ncat"))
    assert failed.reason == ("3 occurrences of 'cat', asked for fewer than 1; no variant passes either")
