"""The fixed variants: each contradiction shows on its example, is on the page, and no fixed variant is missing."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from verif_ifeval.reference import Reference, diverging

from verif_sdk import Registry, Text

ROOT = Path(__file__).resolve().parents[3]
DIVERGENCES = diverging(Registry.installed().constraints.values())


def decided(name: str, variant: str, response: str | None = None) -> bool | None:
    one = DIVERGENCES[name]
    constraint = Registry.installed().parse({"type": name, **one.params, "variant": variant})
    return constraint.decide(Text(one.response if response is None else response)).passed


@pytest.mark.parametrize("name", DIVERGENCES)
def test_faithful_and_fixed_differ_on_the_example_and_the_fixed_one_decides(name: str) -> None:
    assert decided(name, "fixed") is not None
    assert decided(name, "fixed") is not decided(name, "faithful")


@pytest.mark.parametrize("name", DIVERGENCES)
def test_a_blank_response_fails_in_both(name: str) -> None:
    assert decided(name, "fixed", " \n") is decided(name, "faithful", " \n") is False


def test_every_fixed_variant_is_listed() -> None:
    own = {
        name
        for name, cls in Registry.installed().constraints.items()
        if issubclass(cls, Reference) and cls.fixed is not Reference.fixed
    }
    assert set(DIVERGENCES) == own


CAPITALS = DIVERGENCES["ifbench:custom:european_capitals_sort"].response
SCORES = '"StudentID"\t"Subject"\t"Grade"\t"Semester"\t"Score"\n'
# Type, response, faithful, fixed, under the parameters of its divergence: a second one on which the two differ,
# and one on which they agree.
CASES: list[tuple[str, str, bool | None, bool]] = [
    ("ifeval:keywords:existence", "Locate it.", True, False),
    ("ifeval:keywords:existence", "A cat.", True, True),
    ("ifeval:keywords:frequency", "Cats, cat.", True, False),
    ("ifeval:keywords:frequency", "Cat, cat.", True, True),
    ("ifeval:keywords:forbidden_words", "(F.B.I.)", True, False),
    ("ifeval:keywords:forbidden_words", "Nobody came.", True, True),
    ("ifeval:keywords:letter_frequency", "none", None, False),
    ("ifeval:language:response_language", "?!", True, False),
    ("ifeval:language:response_language", "Das Wetter ist heute sehr schön, wir gehen raus.", True, True),
    ("ifeval:length_constraints:number_sentences", "One\n\nTwo", False, True),
    ("ifeval:length_constraints:number_sentences", "One. Two.", True, True),
    ("ifeval:length_constraints:number_paragraphs", "a\n***\n", True, True),
    ("ifeval:length_constraints:number_paragraphs", "Is ***this*** bold?", False, True),
    ("ifeval:length_constraints:number_words", "well-known fact", True, False),
    ("ifeval:length_constraints:number_words", "Do not stop.", True, True),
    ("ifeval:length_constraints:nth_paragraph_first_word", "a\n\n**b** c", False, True),
    ("ifeval:length_constraints:nth_paragraph_first_word", "a\n\nB c", True, True),
    ("ifeval:detectable_content:number_placeholders", "[]", True, False),
    ("ifeval:detectable_content:number_placeholders", "[name]", True, True),
    ("ifeval:detectable_content:postscript", "P.S.", True, False),
    ("ifeval:detectable_content:postscript", "Bye. P. S. More.", True, True),
    ("ifeval:combination:two_responses", "a ******** b", True, False),
    ("ifeval:combination:two_responses", "a\n******\nb", True, True),
    ("ifeval:startend:end_checker", "_Bye._", False, True),
    ("ifeval:startend:end_checker", "So long. Bye.", True, True),
    ("ifeval:startend:quotation", "“All of it.”", False, True),
    ("ifeval:startend:quotation", '"All of it."', True, True),
    ("ifeval:punctuation:no_comma", "a、b", True, False),
    ("ifeval:punctuation:no_comma", "a, b", False, False),
    ("ifeval:detectable_format:number_bullet_lists", "* a\n- - -", False, True),
    ("ifeval:detectable_format:number_bullet_lists", "* one", True, True),
    ("ifeval:detectable_format:constrained_response", "Not: My answer is no. My answer is no.", True, False),
    ("ifeval:detectable_format:constrained_response", "My answer is no.", True, True),
    ("ifeval:detectable_format:number_highlighted_sections", "2*3*4 = 24, 5*6*7 = 210", True, False),
    ("ifeval:detectable_format:number_highlighted_sections", "*a b* and *c d*", True, True),
    ("ifeval:detectable_format:multiple_sections", "**Section One**", False, True),
    ("ifeval:detectable_format:multiple_sections", "Section The rest", False, False),
    ("ifeval:detectable_format:json_format", '{"a": NaN}', True, False),
    ("ifeval:detectable_format:json_format", '{"a": ' + "1" * 5000 + "}", False, True),
    ("ifeval:detectable_format:json_format", '```json {"a": 1}```', True, True),
    ("ifeval:change_case:capital_word_frequency", "DON'T", True, False),
    ("ifeval:change_case:capital_word_frequency", "NASA and ESA", True, True),
    ("ifeval:change_case:english_capital", "OK", False, True),
    ("ifeval:change_case:english_capital", "Ok", False, False),
    ("ifeval:change_case:english_lowercase", "ok", False, True),
    ("ifeval:change_case:english_lowercase", "Ok", False, False),
    ("ifbench:count:conjunctions", "or OR Or", True, False),
    ("ifbench:count:conjunctions", "and but or", True, True),
    ("ifbench:count:numbers", "3/4", False, True),
    ("ifbench:count:numbers", "From 3 to 4", True, True),
    ("ifbench:ratio:sentence_words", "Ab. Ab. Cd.", True, False),
    ("ifbench:ratio:sentence_words", "Cat sat. Dog ran. Cow lay.", True, True),
    ("ifbench:ratio:sentence_type", 'He said: "So it is." So it was. Was it?', False, True),
    ("ifbench:ratio:sentence_type", "So it is. So it was. Was it?", True, True),
    ("ifbench:ratio:sentence_balance", '"One is." Two is? Three is!', False, True),
    ("ifbench:ratio:sentence_balance", "One is. Two is? Three is!", True, True),
    ("ifbench:sentence:alliteration_increment", "So so. Big bad cat cot.", True, False),
    ("ifbench:sentence:alliteration_increment", "One two. Big bad.", True, True),
    ("ifbench:words:paragraph_last_first", "Go (and) (go)", False, True),
    ("ifbench:words:paragraph_last_first", "Go and go.", True, True),
    ("ifbench:words:words_position", 'And so it so went."', False, True),
    ("ifbench:words:words_position", "And so it so went.", True, True),
    ("ifbench:format:options", "orange", False, True),
    ("ifbench:format:options", "green", False, False),
    ("ifbench:format:quotes", "“a ‘b “c” d’ e”", False, True),
    ("ifbench:format:quotes", '"a \'b "c" d\' e"', True, True),
    ("ifbench:format:emoji", "One 1️⃣. Two 😀!", False, True),
    ("ifbench:format:emoji", "Hi. 😀 Yes. 😀", True, True),
    ("ifbench:format:line_indent", "a\n\tb\n\t\tc", False, True),
    ("ifbench:format:line_indent", "a\n b", True, True),
    ("ifbench:format:quote_unquote", "“a” “b” x", True, False),
    ("ifbench:format:quote_unquote", '"a" means b', True, True),
    ("ifbench:format:list", "re-read, co-op", True, False),
    ("ifbench:format:list", "- a\n- b", True, True),
    ("ifbench:format:thesis", "<i>a</em> b", True, False),
    ("ifbench:format:thesis", "<em>Cats purr.</em> They do.", True, True),
    ("ifbench:format:sub-bullets", "**B**\n* a\n  - b", False, True),
    ("ifbench:format:sub-bullets", "* a\n - b", True, True),
    ("ifbench:format:no_bullets_bullets", "One! Two!\n* a\n* b", True, False),
    ("ifbench:format:no_bullets_bullets", "One. Two.\n* a\n* b", True, True),
    ("ifbench:format:title_case", "Don't Go", False, True),
    ("ifbench:format:title_case", "A Big dog", False, False),
    ("ifbench:custom:european_capitals_sort", CAPITALS.replace(" Kyiv,", ""), True, False),
    ("ifbench:custom:european_capitals_sort", CAPITALS.replace(" Oslo,", ""), False, False),
    ("ifbench:custom:csv_city", "ID,Country,City,Year,Count\r" + "1,a,b,2,3\r" * 7, None, True),
    ("ifbench:custom:csv_city", "ID,Country,City,Year,Count\n" + "1,a,b,2,3\n" * 7, True, True),
    (
        "ifbench:custom:csv_special_character",
        "\nProductID,Category,Brand,Price,Stock\n" + '1,a,"b&c",2,3\n' * 14,
        False,
        True,
    ),
    (
        "ifbench:custom:csv_special_character",
        "ProductID,Category,Brand,Price,Stock\n" + '1,a,"b&c",2,3\n' * 14,
        True,
        True,
    ),
    ("ifbench:custom:csv_quotes", SCORES + '"1"\t"2"\t"3"\t"4"\t"5"\n\n' * 3, False, True),
    ("ifbench:custom:csv_quotes", SCORES + '"1"\t"2"\t"3"\t"4"\t"5"\n' * 3, True, True),
    ("ifbench:custom:date_format_list", "1801-02-29", True, False),
    ("ifbench:custom:date_format_list", "1800-06-14, 1805-12-02", True, True),
    ("ifbench:repeat:repeat_change", "write a poem", True, False),
    ("ifbench:repeat:repeat_change", "Sing a poem", True, True),
    ("iftrain:new:copy_span_idx", "a poem.", False, True),
    ("iftrain:new:copy_span_idx", "poem", False, False),
    ("iftrain:keywords:word_once", "Locate the cat.", False, True),
    ("iftrain:keywords:word_once", "A cat.", True, True),
    ("iftrain:keywords:word_count_different_numbers", "Scatter a cat.", False, True),
    ("iftrain:keywords:word_count_different_numbers", "A cat.", True, True),
    ("iftrain:keywords:exclude_word_harder", "Cat, come.", True, False),
    ("iftrain:keywords:exclude_word_harder", "A dog.", True, True),
    ("iftrain:keywords:palindrome", "A dog.", True, False),
    ("iftrain:keywords:palindrome", "Up to level ten", True, True),
    ("iftrain:keywords:keyword_specific_position", "Hi. A CAT.", False, True),
    ("iftrain:keywords:keyword_specific_position", "Hi. A cat.", True, True),
    ("iftrain:keywords:start_end", "Go! Go!", False, True),
    ("iftrain:keywords:start_end", "Go and go", True, True),
    ("iftrain:count:count_increment_word", "Cat, dog, doggy.", True, False),
    ("iftrain:count:count_increment_word", "Cat, dog, dog.", True, True),
    ("iftrain:count:lowercase_counting", "no", None, False),
    ("iftrain:letters:letter_counting", "äöü", False, True),
    ("iftrain:letters:letter_counting", "abc", True, True),
    ("iftrain:letters:letter_counting2", "none", None, False),
    ("iftrain:count:counting_composition", "I go now.\n***\nSit right down.\n***\nLook up there!", False, True),
    ("iftrain:count:counting_composition", "Go.\n***\nSit.", False, False),
    ("iftrain:count:count_unique", "Stop. Go.", False, True),
    ("iftrain:count:count_unique", "Go and go and", False, False),
    ("iftrain:detectable_format:sentence_hyphens", "An e-mail.", False, True),
    ("iftrain:detectable_format:sentence_hyphens", "One.-Two.", True, True),
    ("iftrain:punctuation:punctuation_exclamation", "Hi！", True, False),
    ("iftrain:punctuation:punctuation_exclamation", "Hi!", False, False),
    ("iftrain:first_word:first_word_sent", "“So it is.”", False, True),
    ("iftrain:first_word:first_word_sent", "So it is.", True, True),
    ("iftrain:first_word:first_word_answer", "“So it is.”", False, True),
    ("iftrain:first_word:first_word_answer", "So it is.", True, True),
    ("iftrain:last_word:last_word_sent", "The end !", False, True),
    ("iftrain:last_word:last_word_sent", "The end.", True, True),
    ("iftrain:last_word:last_word_answer", "The end !", False, True),
    ("iftrain:last_word:last_word_answer", "The end.", True, True),
]


@pytest.mark.parametrize(("name", "response", "faithful", "fixed"), CASES)
def test_both_decide_as_the_table_says(name: str, response: str, faithful: bool | None, fixed: bool) -> None:
    assert decided(name, "faithful", response) is faithful
    assert decided(name, "fixed", response) is fixed


def test_each_has_two_responses_on_which_they_differ_and_one_on_which_they_agree() -> None:
    drawn = {"letter_frequency", "letter_counting2", "lowercase_counting"}  # no verdict whatever the response
    for kind in DIVERGENCES:
        pairs = [(faithful, fixed) for name, _, faithful, fixed in CASES if name == kind]
        assert any(faithful is not fixed for faithful, fixed in pairs), kind
        assert kind.rpartition(":")[2] in drawn or any(a is b for a, b in pairs), kind


def test_the_page_is_fresh() -> None:
    spec = importlib.util.spec_from_file_location("ifeval_divergences", ROOT / "docs" / "ifeval_divergences.py")
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PAGE.read_text("utf-8") == module.page(), "run: python docs/ifeval_divergences.py"
