"""IF-RLVR's own instructions: three responses and more that pass, and three and more that fail."""

from __future__ import annotations

from typing import Any

import pytest

from verif_sdk import Registry, Text

ASK = {"prompt_to_repeat": "Say it now."}
CASES: list[tuple[str, dict[str, Any], list[str], list[str]]] = [
    (
        "copy:repeat_phrase",
        {"phrase": "Time flies when busy", "small_n": 2},
        [
            "Time runs when busy. Time flies if busy.",
            "Time goes when busy, time... Time flies so busy",
            "x Time runs when busy y Time flies as busy z",
        ],
        ["Time flies when busy. Time flies when busy.", "Time runs when busy.", "nothing"],
    ),
    (
        "copy:copy",
        ASK,
        ["Say it now.", "say IT now.", "\n Say it now. \n"],
        ["Say it now", "Say it now. Yes.", "Said it now."],
    ),
    (
        "copy:copying_simple",
        ASK,
        ["Say it now.", "SAY IT NOW.", " Say it now."],
        ["Say it.", "Say it now. Say it now.", "Hi"],
    ),
    (
        "copy:copying_multiple",
        {**ASK, "N": 3},
        [
            "Say it now.\n******\nSay it now.\n******\nSay it now.",
            "say it now.******say it now.******say it now.",
            "Say it now. ****** SAY IT NOW. ****** Say it now.",
        ],
        ["Say it now.\n******\nSay it now.", "Say it now.", "Say it now. ****** Say it now. ****** Say it."],
    ),
    (
        "new:copy_span_idx",
        {"prompt_to_repeat": "Write a short poem.", "n_start": 6, "n_end": 13},
        ["a short", " A SHORT ", "a short\n"],
        ["a short poem", "short", "Write a"],
    ),
    ("keywords:word_once", {"keyword": "dog"}, ["A dog.", "DOG!", "Dogma."], ["Dog, dog.", "A cat.", "dogdog"]),
    (
        "keywords:word_count_different_numbers",
        {"keyword": "dog", "frequency": 2, "relation": "at least"},
        ["Dog, dog.", "dog dogs dog", "Dogs and dogs"],
        ["A dog.", "A cat.", "d-o-g"],
    ),
    (
        "keywords:exclude_word_harder",
        {"keyword": "dog"},
        ["A cat.", "A dog.", "dog ran"],
        ["A dog ran.", "the dog is here", "a dog b dog c"],
    ),
    ("keywords:no_adjacent_consecutive", {}, ["a c e", "one", "big ant"], ["a b", "Ann bit", "x y"]),
    ("keywords:palindrome", {}, ["A noon nap.", "anna met eve", "level"], ["The end.", "So it goes", "xy"]),
    (
        "keywords:keyword_specific_position",
        {"keyword": "dog", "n": 1, "m": 3},
        ["The big dog ran.", "See my dog", "It, dog."],
        ["The dog ran.", "A big cat.", "dog"],
    ),
    ("keywords:start_end", {}, ["Go on and go", "no no", "Yes or yes"], ["Go on", "Go", "No. Yes."]),
    (
        "count:count_increment_word",
        {"keyword1": "ant", "keyword2": "bee"},
        ["Ant, bee, bee.", "bee ant bee", "an ant and bees and bees"],
        ["Ant, bee.", "bee bee", "ant ant bee bee"],
    ),
    (
        "count:lowercase_counting",
        {"N": 2},
        ["Big CAT", "a cat", "A b C d"],
        ["a b c", "one two three", "so it goes on"],
    ),
    (
        "letters:letter_counting",
        {"N": 3, "relation": "less than"},
        ["ab", "a1 b2", "??"],
        ["abc", "a b c d", "word"],
    ),
    (
        "letters:letter_counting2",
        {"letter": "o", "let_frequency": 2, "let_relation": "at least"},
        ["foo", "Oh no", "o o o"],
        ["go", "cat", "0 0"],
    ),
    (
        "count:counting_composition",
        {"n_sent": 1, "n_words": 4},
        [
            "Go on now.\n***\nSit down here.\n***\nLook at me!",
            "One two three.\n***\nOne two three.\n***\nOne two three.",
            "A b c?\n***\nD e f?\n***\nG h i?",
        ],
        [
            "Go on now.\n***\nSit down here.",
            "Go on.\n***\nSit.\n***\nLook.",
            "Go on now. Sit down here. Look at me!",
        ],
    ),
    ("count:count_unique", {}, ["A big dog ran.", "One two", "Go!"], ["go go", "One. Two.", "a b a"]),
    (
        "detectable_format:sentence_hyphens",
        {},
        ["Go on.-Sit down.", "One.", "Go on.-Sit down.-Run off."],
        ["Go on. Sit down.", "Go on. - Sit.", "A well-known dog."],
    ),
    (
        "detectable_format:square_brackets",
        {},
        ["[Go] [on]", "[a]", "[One] [two] [three]"],
        ["Go on", "[Go on]", "[Go] on"],
    ),
    (
        "detectable_format:bigram_wrapping",
        {},
        ["<<I am>> <<at home>>", "<<go on>>", "<<a b>> c"],
        ["I am at home", "<<I am>> at home", "go <<on it>>"],
    ),
    (
        "paragraphs:paragraphs",
        {},
        ["a\n***\nb", "One. Two.\n***\nThree.", "a***b"],
        ["a\n\nb", "a", "a\n***\nb\n***\nc"],
    ),
    ("paragraphs:paragraphs2", {}, ["a\n\nb", "One. Two.\n\nThree.", "a\nb\n\nc"], ["a", "a\n\nb\n\nc", "a\nb"]),
    ("punctuation:punctuation_dot", {}, ["Go on!", "Who?", "a, b"], ["Go.", "e.g", "3.5"]),
    ("punctuation:punctuation_exclamation", {}, ["Go on.", "Who?", "a, b"], ["Go!", "!", "No! Yes."]),
    (
        "first_word:first_word_sent",
        {"first_word": "we"},
        ["We go. We run.", "we", "WE sit."],
        ["We go. They run.", "They go.", "We, too."],
    ),
    (
        "first_word:first_word_answer",
        {"first_word": "we"},
        ["We go. They run.", "we", "WE sit."],
        ["They go.", "We, too.", "weed"],
    ),
    (
        "last_word:last_word_sent",
        {"last_word": "now"},
        ["Go now. Run now!", "now", "It is NOW."],
        ["Go now. Run.", "Now go.", "now then."],
    ),
    (
        "last_word:last_word_answer",
        {"last_word": "now"},
        ["Go. Run now!", "now", "It is NOW."],
        ["Go now. Run.", "Now go.", "now then."],
    ),
]


@pytest.mark.parametrize(("name", "params", "accepts", "rejects"), CASES, ids=[case[0] for case in CASES])
def test_our_own_cases_come_out_as_the_reference_decides(
    name: str, params: dict[str, Any], accepts: list[str], rejects: list[str]
) -> None:
    constraint = Registry.installed().parse({"type": f"iftrain:{name}", **params})
    for wanted, responses in ((True, accepts), (False, rejects)):
        for response in responses:
            verdict = constraint.decide(Text(response))
            assert verdict.passed is wanted, (response, str(verdict))


def test_every_instruction_of_the_family_has_three_and_three() -> None:
    for name in Registry.installed().constraints:
        if name.startswith("iftrain:"):
            cases = [case for case in CASES if f"iftrain:{case[0]}" == name]
            assert sum(len(set(case[2])) for case in cases) >= 3, name
            assert sum(len(set(case[3])) for case in cases) >= 3, name
