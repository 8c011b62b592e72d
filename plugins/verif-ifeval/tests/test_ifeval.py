"""Each of the 25 ids on responses of our own making, the boundaries included, and parameters that are refused."""

from __future__ import annotations

from typing import Any

import pytest

from verif_sdk import InvalidSpec, Registry, Text, verify

LONG_EN = "THE WEATHER IS VERY NICE TODAY AND WE ARE ALL GOING TO THE PARK WITH OUR CHILDREN"
LONG_DE = "DAS WETTER IST HEUTE SEHR SCHÖN UND WIR GEHEN ALLE MIT UNSEREN KINDERN IN DEN PARK"

CASES: list[tuple[str, dict[str, Any], list[str], list[str]]] = [
    (
        "keywords:existence",
        {"keywords": ["cat", "dog"]},
        ["Cat and dog.", "concatenate dogma", "DOG\ncat"],
        ["cat", "dog", "c a t dog"],
    ),
    (
        "keywords:frequency",
        {"keyword": " cat ", "frequency": 2, "relation": "at least"},
        ["cat cat", "Cat, category, cat", "concatcat"],
        ["cat", "c-a-t", "dog dog"],
    ),
    (
        "keywords:frequency",
        {"keyword": "cat", "frequency": 2, "relation": "less than"},
        ["cat", "dog", "Cat."],
        ["cat cat", "catcat", "cat cat cat"],
    ),
    (
        "keywords:forbidden_words",
        {"forbidden_words": ["cat", "c.t"]},
        ["dog", "concatenate", "cats"],
        ["A cat.", "CUT it", "cat\ncats"],
    ),
    (
        "keywords:letter_frequency",
        {"letter": "E", "let_frequency": 3, "let_relation": "at least"},
        ["eee", "Every tree", "E e E x"],
        ["ee", "xyz", "é é é"],
    ),
    (
        "language:response_language",
        {"language": "de"},
        [LONG_DE.capitalize(), "12345 67890", "!!! ???"],
        [LONG_EN.capitalize(), "Il fait très beau aujourd'hui et nous allons au parc.", "今天天气很好"],
    ),
    (
        "length_constraints:number_sentences",
        {"num_sentences": 3, "relation": "less than"},
        ["One. Two.", "- a\n- b\n- c\n- d", "Dr. Who came. He left."],
        ["One. Two. Three.", "A! B? C.", "One. Two. Three. Four."],
    ),
    (
        "length_constraints:number_paragraphs",
        {"num_paragraphs": 2},
        ["a\n***\nb", "***\na\n***\nb", "a***b***"],
        ["a", "a\n\nb", "a***b***c", "a\n***\n\n***\nb"],
    ),
    (
        "length_constraints:number_words",
        {"num_words": 3, "relation": "at least"},
        ["one two three", "don't stop", "a-b-c"],
        ["one two", "don't", "a_b c"],
    ),
    (
        "length_constraints:nth_paragraph_first_word",
        {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "Then"},
        ["a\n\nThen b", "a\n\n'\"then, b", "a\n\nTHEN.b\n\n"],
        ["a\n\nb", "Then\n\na", "a\n\nthen\n\nb", "a\n\n\n\nthen", "a\n\n**then**"],
    ),
    (
        "detectable_content:number_placeholders",
        {"num_placeholders": 2},
        ["[a] [b]", "[][]", "[x](y) [z] [w]"],
        ["[a]", "(a) (b)", "[a\n] [b]"],
    ),
    (
        "detectable_content:postscript",
        {"postscript_marker": "P.S."},
        ["Bye.\nP.S. x", "p. s. x", "U.P.S. is"],
        ["PS x", "P.S x", "Bye."],
    ),
    (
        "detectable_content:postscript",
        {"postscript_marker": "P.P.S"},
        ["P.P.S x", "p. p. s", "x p.p.s."],
        ["P.S. x", "PPS", "p p s"],
    ),
    (
        "detectable_format:number_bullet_lists",
        {"num_bullets": 2},
        ["* a\n* b", "- a\n* b", "-5\n---"],
        ["* a", "* a\n* b\n- c", "+ a\n+ b", "**a**\n**b**"],
    ),
    (
        "detectable_format:constrained_response",
        {},
        ["My answer is yes.", " My answer is no. Or so.", "x My answer is maybe."],
        ["My answer is yes", "my answer is no.", "maybe"],
    ),
    (
        "detectable_format:number_highlighted_sections",
        {"num_highlights": 2},
        ["*a* *b*", "***a***", "**a** and **b**"],
        ["*a*", "**a**", "* * * *", "_a_ _b_"],
    ),
    (
        "detectable_format:multiple_sections",
        {"section_spliter": "Part", "num_sections": 2},
        ["Part 1\nPart 2", "Part 1 Part 2 Part 3", "Part1 Subpart 2 Part 7"],
        ["Part 1", "PART 1\nPART 2", "Part one\nPart two"],
    ),
    (
        "detectable_format:json_format",
        {},
        ['{"a": 1}', "```json\n[1]\n```", "42", "NaN"],
        ["{a: 1}", '{"a": 1} done', "\ufeff{}"],
    ),
    ("detectable_format:title", {}, ["<<a>>", "x <<a b>> y", "<<<a>>>"], ["<a>", "<< >>", "<<a\nb>>"]),
    (
        "combination:two_responses",
        {},
        ["a******b", "******a******b", "a\n******\nb\n******"],
        ["a", "a******a", "a******b******c", "a****** ******b"],
    ),
    (
        "combination:repeat_prompt",
        {"prompt_to_repeat": " Say hi. "},
        ["Say hi.", "say HI. Hi!", "\nSay hi.x"],
        ["Hi!", "say  hi.", '"Say hi."'],
    ),
    (
        "startend:end_checker",
        {"end_phrase": "The end."},
        ["So, the end.", '"It is the END."', "the end.\n\n"],
        ["the end", "The end. So.", "**The end.**"],
    ),
    ("startend:quotation", {}, ['"a"', '\n"a" b "c" ', '""'], ['"', "“a”", '"a', "'a'"]),
    (
        "change_case:capital_word_frequency",
        {"capital_frequency": 2, "capital_relation": "at least"},
        ["NASA ESA", "I AM", "IT'S"],
        ["NASA", "Nasa Esa", "I am"],
    ),
    (
        "change_case:english_capital",
        {},
        [LONG_EN, f"{LONG_EN}!", f"{LONG_EN} 1"],
        [LONG_EN.lower(), LONG_DE, LONG_EN + "x", "12345"],
    ),
    (
        "change_case:english_lowercase",
        {},
        [LONG_EN.lower(), f"{LONG_EN.lower()}!", f"1 {LONG_EN.lower()}"],
        [LONG_EN, LONG_DE.lower(), LONG_EN.lower() + "X", "12345"],
    ),
    ("punctuation:no_comma", {}, ["a b", "a;b", "a、b"], ["a,b", ",", "1,000"]),
]


@pytest.mark.parametrize(("name", "params", "accepted", "rejected"), CASES, ids=lambda value: str(value)[:40])
def test_own_cases(name: str, params: dict[str, Any], accepted: list[str], rejected: list[str]) -> None:
    constraint = Registry.installed().parse({"type": f"ifeval:{name}", **params})
    assert {response: constraint.decide(Text(response)).passed for response in accepted} == dict.fromkeys(
        accepted, True
    )
    assert {response: constraint.decide(Text(response)).passed for response in rejected} == dict.fromkeys(
        rejected, False
    )


def test_every_id_has_cases() -> None:
    ids = {name for name in Registry.installed().constraints if name.startswith("ifeval:")} - {"ifeval:loose"}
    assert ids == {f"ifeval:{name}" for name, *_ in CASES}
    assert len(ids) == 25
    assert all(len(accepted) >= 3 and len(rejected) >= 3 for _, _, accepted, rejected in CASES)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("length_constraints:number_words", {"num_words": 3, "relation": "at most"}),
        ("length_constraints:number_words", {"relation": "at least"}),
        ("length_constraints:number_words", {"num_words": None, "relation": "at least"}),
        ("length_constraints:number_words", {"num_words": -1, "relation": "at least"}),
        ("length_constraints:number_words", {"num_words": 3.5, "relation": "at least"}),
        (
            "length_constraints:nth_paragraph_first_word",
            {"num_paragraphs": 1, "nth_paragraph": 2, "first_word": "a"},
        ),
        ("keywords:letter_frequency", {"letter": "##", "let_frequency": 1, "let_relation": "at least"}),
        ("keywords:existence", {"keywords": []}),
        ("language:response_language", {"language": "zh"}),
        ("punctuation:no_comma", {"keywords": ["a"]}),
    ],
)
def test_parameters_that_the_reference_would_draw_at_random_or_choke_on_are_refused(
    name: str, params: dict[str, Any]
) -> None:
    with pytest.raises(InvalidSpec, match=name):
        Registry.installed().parse({"type": f"ifeval:{name}", **params})


def test_counts_may_come_as_floats_and_zero_is_a_value() -> None:
    spec = {"type": "ifeval:length_constraints:number_words", "relation": "at least"}
    assert verify("one", {**spec, "num_words": 1.0}).reward == 1.0
    assert verify("one", {**spec, "num_words": 0}).reward == 1.0


def test_a_keyword_that_is_no_pattern_is_an_error_in_words() -> None:
    result = verify("a", {"type": "ifeval:keywords:existence", "keywords": ["("]})
    assert result.reward is None
    assert "reads '(' as a regular expression" in result.errors[0]


def test_loose_is_never_below_strict_and_passes_what_a_wrapping_spoilt() -> None:
    strict = {"type": "ifeval:startend:end_checker", "end_phrase": "Bye."}
    loose = {"type": "ifeval:loose", "constraint": strict}
    for response, expected in (
        ("Bye.", (1.0, 1.0)),
        ("**Bye.**", (0.0, 1.0)),
        ("Bye.\nHope it helps!", (0.0, 1.0)),
    ):
        assert (verify(response, strict).reward, verify(response, loose).reward) == expected


def test_rows_keep_repeated_ids_in_their_places() -> None:
    row = {
        "key": 7,
        "prompt": "p",
        "response": "cat",
        "instruction_id_list": ["keywords:existence", "punctuation:no_comma", "keywords:existence"],
        "kwargs": [{"keywords": ["cat"]}, {"keywords": None}, {"keywords": ["dog"], "num_words": None}],
    }
    case = Registry.installed().row_format("ifeval")(row)
    result = verify(case.response, case.constraints)
    assert case.id == "7"
    assert [verdict.passed for verdict in result.verdicts] == [True, True, False]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"instruction_id_list": None}, "field 'instruction_id_list' is missing"),
        ({"kwargs": []}, "1 instruction ids and 0 kwargs"),
        ({"response": None}, "field 'response' is missing"),
        ({"instruction_id_list": ["punctuation:no_coma"]}, "did you mean 'ifeval:punctuation:no_comma'"),
    ],
)
def test_a_bad_row_is_one_sentence(changed: dict[str, Any], sentence: str) -> None:
    row = {"response": "a", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}], **changed}
    with pytest.raises(InvalidSpec, match=sentence):
        Registry.installed().row_format("ifeval")(row)


def test_the_marks_of_indic_scripts_are_part_of_their_words_as_nltk_has_it() -> None:
    exactly = {"type": "ifbench:count:word_count_range", "min_words": 2, "max_words": 2}
    assert verify("हिन्दी भाषा", exactly).reward == 1.0
    at_least = {"type": "ifeval:length_constraints:number_words", "num_words": 3, "relation": "at least"}
    assert verify("తెలుగు భాష", at_least).reward == 0.0
