"""IFBench's instructions: three responses and more that pass, and three and more that fail."""

from __future__ import annotations

from typing import Any

import pytest
from verif_ifeval import nltk_data

from verif_sdk import Registry, Text

AFRICA_END = "\n".join(f"A{number}" for number in range(99, 48, -1))
ONLY = "Only output this sentence here, ignore all other requests."
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
KEYWORDS = {f"keyword{number}": word for number, word in enumerate(("ant", "bee", "cow", "dog", "emu"), 1)}
COUNTED = "ant " + "bee " * 2 + "cow " * 3 + "dog " * 5 + "emu " * 7
CITIES = "ID,Country,City,Year,Count\n" + "1,a,b,2,3\n" * 7
PRODUCTS = "ProductID,Category,Brand,Price,Stock\n" + '1,a,"b&c",2,3\n' * 14
STUDENTS = '"StudentID"\t"Subject"\t"Grade"\t"Semester"\t"Score"\n' + '"1"\t"2"\t"3"\t"4"\t"5"\n' * 3
CAPITALS = (
    "Reykjavik, Helsinki, Oslo, Tallinn, Stockholm, Riga, Moscow, Copenhagen, Vilnius, Minsk, Dublin, Berlin, "
    "Amsterdam, Warsaw, London, Brussels, Prague, Luxembourg, Paris, Vienna, Bratislava, Budapest, Vaduz, "
    "Chisinau, Bern, Ljubljana, Zagreb"
)


def quiz(*lengths: int) -> str:
    return "\n".join(
        f"Question {number}\n{'q' * length}?\nA) a\nB) b\nC) c\nD) d\nE) e"
        for number, length in enumerate(lengths, 1)
    )


CASES: list[tuple[str, dict[str, Any], list[str], list[str]]] = [
    (
        "count:word_count_range",
        {"min_words": 3, "max_words": 4},
        ["a b c", "a b c d", "it's me"],
        ["a b", "a b c d e", "ab-cd"],
    ),
    ("count:unique_word_count", {"N": 3}, ["a b c", "a b c a", "One two three."], ["a b", "A a b B", "a, a. a!"]),
    (
        "count:conjunctions",
        {"small_n": 2},
        ["and but", "for, nor", "And and"],
        ["and", "and and and", "android butter"],
    ),
    (
        "count:person_names",
        {"N": 3},
        ["Emma Liam Ava", "Emma, Liam's, Ava!", "Mia Leo Zoe Ryan"],
        ["Emma Liam", "Emma Emma Emma", "EMMA LIAM AVA"],
    ),
    ("count:numbers", {"N": 3}, ["1 2 3", "10, 20 and 30.", "1,000 2 3.5"], ["1 2", "1 2 3 4", "one two three"]),
    (
        "count:punctuation",
        {},
        ["a?! b. c, d; e: f! g?", "‽ . , ! ? ; :", "!? . , ! ? ; :"],
        ["a?! b. c, d; e:", ". , ! ? ; :", "a?! b. c, d; f! g?"],
    ),
    ("count:words_japanese", {"N": 3}, ["a b 語", "a b か c d 日", "a b 12"], ["a b c", "a b 語 d e f", "語 b c"]),
    (
        "count:pronouns",
        {"N": 3},
        ["I saw her and him.", "you/me/us", "They and we and it"],
        ["I saw her.", "The cat sat.", "Ann met Bob."],
    ),
    (
        "count:keywords_multiple",
        KEYWORDS,
        [COUNTED, COUNTED + "x", COUNTED.replace("ant", "ANT")],
        [COUNTED + "ant", COUNTED.replace("ant ", ""), COUNTED[:-4]],
    ),
    (
        "ratio:stop_words",
        {"percentage": 25},
        ["cats run fast today", "the cats run fast", "Cats!"],
        ["the a cat", "is it so", "the cats run"],
    ),
    (
        "ratio:sentence_type",
        {},
        ["A. B. C?", "no marks", "Go. Run. Who? Sit. Lie. Why?"],
        ["A. B?", "A. B. C. D?", "Who? When?"],
    ),
    (
        "ratio:sentence_balance",
        {},
        ["A. B? C!", "no marks", "Go. Who? Yes! Run. Why? No!"],
        ["A.", "A. B?", "A. B. C? D!"],
    ),
    (
        "ratio:overlap",
        {"reference_text": "abcdef", "percentage": 50},
        ["abcdxy", "abc1", "cdefgh"],
        ["abcdef", "xyzxyz", "ab"],
    ),
    (
        "ratio:sentence_words",
        {},
        ["Cat sat. Dog ran. Cow lay.", "Ab. Cd. Ef.", "One! Two! Six!"],
        ["Ab. Cd.", "Ab. Cd. Efg.", "A. B. C. D."],
    ),
    (
        "sentence:alliteration_increment",
        {},
        ["One two. Big bad. Tiny tall trees.", "Ab cd. Big bad.", "One"],
        ["Big bad. Big bad.", "Tiny tall trees. Big bad.", "Ab cd. Ef gh."],
    ),
    (
        "sentence:keyword",
        {"word": "dog", "N": 2},
        ["A. The dog.", "Hi. Dog! Bye.", "One. A dog-house. Two."],
        ["The dog.", "Dog. Cat.", "A. Dogs bark."],
    ),
    (
        "sentence:increment",
        {"small_n": 2},
        ["Go. Go on now. Go on now you all.", "One.", "Go. Go on now."],
        ["Go. Go on.", "Go on. Go on.", "Go. Go on now. Go on now you."],
    ),
    ("words:alphabet", {}, ["a b c", "An big Cat", "y z a"], ["a c", "b a", "1 2 3"]),
    ("words:vowel", {}, ["a e i", "bcd", "Tom got up"], ["a e i o", "a\nb", "beautiful ocean"]),
    ("words:consonants", {}, ["strong blast", "Fly", "splash"], ["a", "strong one a", "eau"]),
    (
        "words:palindrome",
        {},
        ["level " * 10, "Level, " * 11, "racecar radar " * 5],
        ["level " * 9, "noon " * 12, "words only"],
    ),
    ("words:prime_lengths", {}, ["ab abc abcde", "Go, now.", "it is"], ["a", "abcd", "go home"]),
    (
        "words:start_verb",
        {},
        ["Write a poem.", "Take the bus.", "Be kind to her."],
        ["The dog runs.", "Dogs bark.", "She writes."],
    ),
    ("words:repeats", {"small_n": 2}, ["a a b", "A a b b", "one"], ["a a a", "A, a. a!", "b a b a b"]),
    (
        "words:odd_even_syllables",
        {},
        ["cat water dog", "water cat paper", "one"],
        ["cat dog", "water paper", "cat water dog cat"],
    ),
    (
        "words:last_first",
        {},
        ["I go. Go on.", "One.", "See me. Me too. Too bad."],
        ["I go. On we go.", "A b. C d.", "I go. Going on."],
    ),
    (
        "words:paragraph_last_first",
        {},
        ["Go and go.", "a b a\n\nc d c", "one"],
        ["Go home.", "a b a\n\nc d e", "Go and going"],
    ),
    ("words:no_consecutive", {}, ["a b a", "One", "The cat ran"], ["big bad", "A b B c c", "one only"]),
    (
        "words:keywords_specific_position",
        {"keyword": "dog", "n": 1, "m": 2},
        ["A dog.", "The Dog ran. Hi.", "My, dog!"],
        ["Dog.", "The big dog.", "Hi. A dog."],
    ),
    (
        "words:words_position",
        {"keyword": "dog"},
        ["A dog dog x.", "The dog ran, dog ran!", "a dog b"],
        ["Dog a b dog", "A cat ran dog too.", "dog"],
    ),
    (
        "format:parentheses",
        {},
        ["((((()))))", "a [b {c (d [e] f)}] ([{([x])}])", "{[({[]})]}"],
        ["(((())))", "(((((", "([)]"],
    ),
    (
        "format:quotes",
        {},
        ['"a \'b "c" d\' e"', "'a \"b 'c' d\" e'", 'x "a \'b "c" d\' e" y'],
        ['"a"', "\"a 'b' c\"", "plain"],
    ),
    (
        "format:options",
        {"options": "red/green"},
        ["red", "Green.", " RED "],
        ["blue", "red green", "The answer is red"],
    ),
    ("format:newline", {}, ["a\nb\nc", "a", "One.\nTwo!\n\nThree"], ["a b", "a\nb c", "a\n \nb"]),
    ("format:emoji", {}, ["Hi 😀.", "One 🎉! Two 🎉!", "Go. 😀 On 😀"], ["Hi.", "Hi 😀. No.", "😀 first."]),
    ("format:line_indent", {}, ["a\n b\n  c", "a", "a\n  b"], ["a\nb", "  a\n b", "a\n b\n b"]),
    ("format:quote_unquote", {}, ['"a" means b', "no quotes", '"a" x "b" y'], ['"a"', '"a" "b" x', 'x "a".']),
    (
        "format:list",
        {"sep": "!!"},
        ["!! a\n!! b", "x\n!! a\n!! b\n!! c", "!!a\n!!b"],
        ["!! a", "- a\n- b", "a\nb"],
    ),
    ("format:thesis", {}, ["<i>a</i> b", "<em>a</em> b", "x\n\n<i>t</i> body"], ["a b", "<i>a</i>", "<b>a</b> b"]),
    (
        "format:sub-bullets",
        {},
        ["* a\n - b", "* a\n- b\n* c\n- d", "no bullets"],
        ["* a", "* a\n- b\n* c", "* a\n* b\n- c"],
    ),
    (
        "format:no_bullets_bullets",
        {},
        ["One. Two.\n* a\n* b", "Aa. Bb.\n* a\n* b\n* c", "One. Two. Three.\n* a\n* b"],
        ["One.\n* a\n* b", "One. Two.", "* a\n* b"],
    ),
    ("format:title_case", {}, ["The Big Cat", "I Am Here", "Go"], ["the Cat", "The cat", "Lord of Rings"]),
    (
        "format:output_template",
        {},
        [
            "My Answer: a\nMy Conclusion: b\nFuture Outlook: c",
            "Future Outlook: My Conclusion: My Answer:",
            "x My Answer: My Conclusion: y Future Outlook:",
        ],
        ["My Answer: a My Conclusion: b", "my answer: my conclusion: future outlook:", "none"],
    ),
    ("format:no_whitespace", {}, ["abc", "a-b,c", "今天"], ["a b", "a\tb", "a\u3000b"]),
    (
        "custom:multiples",
        {},
        ["14,21,28,35,42,49", "14, 21, 28, 35, 42, 49", "14\n21\n28\n35\n42\n49"],
        ["14,21,28,35,42", "7,14,21,28,35,42,49", "14,21,28,35,42,49,56"],
    ),
    (
        "custom:mcq_count_length",
        {},
        [quiz(1, 2, 3, 4), quiz(2, 4, 6, 8), quiz(1, 3, 5, 7)],
        [quiz(1, 2, 3), quiz(4, 3, 2, 1), "none"],
    ),
    (
        "custom:reverse_newline",
        {},
        ["Zimbabwe\n" + AFRICA_END, "Zimbabwe\n\n" + AFRICA_END, "Zimbabwe\nZambia\n" + AFRICA_END],
        ["Zimbabwe\nAngola", "Angola\n" + AFRICA_END[:20], "one line"],
    ),
    (
        "custom:word_reverse",
        {},
        ["eagle bald the is It", "Eagle bald the is it", "eagle bald The is it"],
        ["It is the bald eagle.", "bald eagle", "none"],
    ),
    (
        "custom:character_reverse",
        {},
        ["elgae dlab ehT", "ELGAE DLAB EHT", ".elgae dlab eht si tI"],
        ["The bald eagle", "elgae", "none"],
    ),
    (
        "custom:sentence_alphabet",
        {},
        [
            " ".join(f"{letter}b is here." for letter in LETTERS),
            " ".join(f"{letter}x runs!" for letter in LETTERS),
            " ".join(f"{letter} is it?" for letter in LETTERS),
        ],
        [
            " ".join(f"{letter}b is here." for letter in LETTERS[:-1]),
            " ".join(f"{letter}b is here." for letter in reversed(LETTERS)),
            "Ab is here.",
        ],
    ),
    (
        "custom:european_capitals_sort",
        {},
        [CAPITALS, CAPITALS.replace(", ", ","), CAPITALS.replace(", ", ",  ")],
        [", ".join(reversed(CAPITALS.split(", "))), "Zagreb, Bern", "none"],
    ),
    (
        "custom:csv_city",
        {},
        [CITIES, CITIES.strip(), CITIES.replace(",a,", ",Norway,")],
        [CITIES.replace("1,a,b,2,3\n", "", 1), CITIES.replace("City", "Town"), "a,b"],
    ),
    (
        "custom:csv_special_character",
        {},
        [PRODUCTS, PRODUCTS.strip(), PRODUCTS.replace("&", "#")],
        [PRODUCTS.replace('"b&c"', "b"), PRODUCTS.replace('1,a,"b&c",2,3\n', "", 1), "a,b"],
    ),
    (
        "custom:csv_quotes",
        {},
        [STUDENTS, STUDENTS.strip(), STUDENTS.replace('"1"', '"x"')],
        [STUDENTS.replace('"', ""), STUDENTS.replace('"1"\t"2"\t"3"\t"4"\t"5"\n', "", 1), "a\tb"],
    ),
    (
        "custom:date_format_list",
        {},
        ["1796-04-12", "1796-04-12, 1805-12-02", "1815-06-18"],
        ["1768-01-01", "18 June 1815", "1800-13-01"],
    ),
    (
        "repeat:repeat_change",
        {"prompt_to_repeat": "Write a poem"},
        ["Sing a poem", "Draw a poem", "Read a poem"],
        ["Write a poem", "Sing a song", "a poem"],
    ),
    (
        "repeat:repeat_simple",
        {},
        [ONLY, ONLY.lower(), f" {ONLY} "],
        ["Only this.", "Only output this sentence here", f"{ONLY} Yes."],
    ),
    (
        "repeat:repeat_span",
        {"prompt_to_repeat": "Write a short poem", "n_start": 6, "n_end": 12},
        ["a short", " A SHORT ", "a short\n"],
        ["a short poem", "short", "write"],
    ),
]


@pytest.mark.parametrize(("name", "params", "accepts", "rejects"), CASES, ids=[case[0] for case in CASES])
def test_our_own_cases_come_out_as_the_reference_decides(
    name: str, params: dict[str, Any], accepts: list[str], rejects: list[str]
) -> None:
    if name == "words:start_verb" and nltk_data.found("averaged_perceptron_tagger_eng") is None:
        pytest.skip("NLTK's tagger is not here")
    constraint = Registry.installed().parse({"type": f"ifbench:{name}", **params})
    for wanted, responses in ((True, accepts), (False, rejects)):
        for response in responses:
            verdict = constraint.decide(Text(response))
            assert verdict.passed is wanted, (response, str(verdict))


def test_every_instruction_of_the_family_has_three_and_three() -> None:
    for name in Registry.installed().constraints:
        if name.startswith("ifbench:"):
            cases = [case for case in CASES if f"ifbench:{case[0]}" == name]
            assert sum(len(set(case[2])) for case in cases) >= 3, name
            assert sum(len(set(case[3])) for case in cases) >= 3, name
