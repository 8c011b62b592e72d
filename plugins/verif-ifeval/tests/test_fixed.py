"""The fixed variants: each contradiction shows on its example, is on the page, and no fixed variant is missing."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from verif_ifeval.divergences import DIVERGENCES, Divergence
from verif_ifeval.reference import Reference

from verif_sdk import Registry, Text

ROOT = Path(__file__).resolve().parents[3]


def decided(one: Divergence, variant: str, response: str | None = None) -> bool | None:
    constraint = Registry.installed().parse({"type": one.type, **one.params, "variant": variant})
    return constraint.decide(Text(one.response if response is None else response)).passed


@pytest.mark.parametrize("one", DIVERGENCES, ids=lambda one: one.type)
def test_faithful_and_fixed_differ_on_the_example_and_the_fixed_one_decides(one: Divergence) -> None:
    assert decided(one, "fixed") is not None
    assert decided(one, "fixed") is not decided(one, "faithful")


@pytest.mark.parametrize("one", DIVERGENCES, ids=lambda one: one.type)
def test_a_blank_response_fails_in_both(one: Divergence) -> None:
    assert decided(one, "fixed", " \n") is decided(one, "faithful", " \n") is False


def test_every_fixed_variant_is_listed_once() -> None:
    listed = [one.type for one in DIVERGENCES]
    own = {
        name
        for name, cls in Registry.installed().constraints.items()
        if issubclass(cls, Reference) and cls.fixed is not Reference.fixed
    }
    assert sorted(listed) == sorted(own)


AGREE: list[tuple[str, str, bool]] = [
    ("ifeval:keywords:existence", "A cat.", True),
    ("ifeval:keywords:frequency", "Cat, cat.", True),
    ("ifeval:keywords:forbidden_words", "Nobody came.", True),
    ("ifeval:length_constraints:number_sentences", "One. Two.", True),
    ("ifeval:length_constraints:number_words", "Do not stop.", True),
    ("ifeval:length_constraints:nth_paragraph_first_word", "a\n\nB c", True),
    ("ifeval:detectable_content:number_placeholders", "[name]", True),
    ("ifeval:detectable_content:postscript", "Bye.\nP.S. More.", True),
    ("ifeval:startend:end_checker", "So long. Bye.", True),
    ("ifeval:startend:quotation", '"All of it."', True),
    ("ifeval:punctuation:no_comma", "a, b", False),
    ("ifeval:detectable_format:number_bullet_lists", "* one", True),
    ("ifeval:detectable_format:constrained_response", "My answer is no.", True),
    ("ifeval:detectable_format:number_highlighted_sections", "*a b* and *c d*", True),
    ("ifeval:detectable_format:multiple_sections", "Section 1\na", True),
    ("ifeval:detectable_format:json_format", '```json\n{"a": 1}\n```', True),
    ("ifbench:count:conjunctions", "and but or", True),
    ("ifbench:count:numbers", "1 and 2", True),
    ("ifbench:ratio:sentence_words", "Cat sat. Dog ran. Cow lay.", True),
]


@pytest.mark.parametrize(("name", "response", "wanted"), AGREE, ids=[case[0] for case in AGREE])
def test_on_plain_responses_both_agree(name: str, response: str, wanted: bool) -> None:
    one = next(divergence for divergence in DIVERGENCES if divergence.type == name)
    assert decided(one, "faithful", response) is decided(one, "fixed", response) is wanted


def test_the_page_is_fresh() -> None:
    spec = importlib.util.spec_from_file_location("ifeval_divergences", ROOT / "docs" / "ifeval_divergences.py")
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PAGE.read_text("utf-8") == module.page(), "run: python docs/ifeval_divergences.py"
