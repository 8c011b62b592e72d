"""Where the references contradict their own instructions, each with a response that shows it.

`docs/reference/ifeval-divergences.md` is generated from these: verdicts are computed, never typed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Divergence(NamedTuple):
    """One contradiction.

    Args:
        type: the constraint's type.
        params: its parameters.
        response: one on which faithful and fixed differ.
        does: what the reference does, where the instruction asks for something else.
    """

    type: str
    params: Mapping[str, Any]
    response: str
    does: str


_CAT = {"keyword": "cat", "frequency": 2, "relation": "at least"}

DIVERGENCES = (
    Divergence(
        "ifeval:keywords:existence",
        {"keywords": ["cat"]},
        "Concatenate.",
        "searches for the keyword as a pattern, inside words too",
    ),
    Divergence("ifeval:keywords:frequency", _CAT, "A cat category.", "counts the keyword inside other words"),
    Divergence(
        "ifeval:keywords:forbidden_words",
        {"forbidden_words": ["F.B.I."]},
        "The F.B.I. came.",
        "wants a word boundary behind the full stop, where there is none",
    ),
    Divergence(
        "ifeval:keywords:letter_frequency",
        {"letter": "#", "let_frequency": 1, "let_relation": "at least"},
        "#",
        "replaces what is no letter by a random letter, so there is no verdict",
    ),
    Divergence(
        "ifeval:language:response_language",
        {"language": "de"},
        "12345",
        "passes a text without letters for every language",
    ),
    Divergence(
        "ifeval:length_constraints:number_sentences",
        {"num_sentences": 2, "relation": "at least"},
        "- one\n- two",
        "takes no line break for the end of a sentence",
    ),
    Divergence(
        "ifeval:length_constraints:number_paragraphs",
        {"num_paragraphs": 1},
        "It is ***very*** good.",
        "splits at bold italics",
    ),
    Divergence(
        "ifeval:length_constraints:number_words",
        {"num_words": 3, "relation": "at least"},
        "Don't stop.",
        'counts "don\'t" as two words',
    ),
    Divergence(
        "ifeval:length_constraints:nth_paragraph_first_word",
        {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "b"},
        "a\n\n\n\nb",
        "counts a blank paragraph when it looks for the nth, and not when it counts them",
    ),
    Divergence(
        "ifeval:detectable_content:number_placeholders",
        {"num_placeholders": 1},
        "[a link](http://a.b)",
        "counts links and empty brackets",
    ),
    Divergence(
        "ifeval:detectable_content:postscript",
        {"postscript_marker": "P.S."},
        "The U.P.S. store",
        "finds the marker in the middle of a word",
    ),
    Divergence(
        "ifeval:combination:two_responses",
        {},
        "a\n*******\nb",
        "takes the first six of more asterisks for the separator",
    ),
    Divergence(
        "ifeval:startend:end_checker", {"end_phrase": "Bye."}, "**Bye.**", "minds markdown behind the phrase"
    ),
    Divergence("ifeval:startend:quotation", {}, '"a" and "b"', "looks at the first and the last character alone"),
    Divergence("ifeval:punctuation:no_comma", {}, "你好，世界", "knows the ASCII comma alone"),
    Divergence(
        "ifeval:detectable_format:number_bullet_lists",
        {"num_bullets": 1},
        "-5 degrees",
        "counts negative numbers and rules",
    ),
    Divergence(
        "ifeval:detectable_format:constrained_response",
        {},
        "My answer is yes. My answer is no.",
        "passes any number of the answers",
    ),
    Divergence(
        "ifeval:detectable_format:number_highlighted_sections",
        {"num_highlights": 2},
        "***a***",
        "counts bold italics twice",
    ),
    Divergence(
        "ifeval:detectable_format:multiple_sections",
        {"section_spliter": "Section", "num_sections": 1},
        "See SubSection 1 below.",
        "finds the label inside words and lines, and passes too many",
    ),
    Divergence("ifeval:detectable_format:json_format", {}, "42", "passes lone numbers, and NaN"),
    Divergence(
        "ifeval:change_case:capital_word_frequency",
        {"capital_frequency": 2, "capital_relation": "at least"},
        "IT'S",
        "counts the parts of a contraction",
    ),
    Divergence(
        "ifeval:change_case:english_capital",
        {},
        "THANK YOU VERY MUCH",
        "detects the language of capitals, which langdetect was not made for",
    ),
    Divergence("ifeval:change_case:english_lowercase", {}, "http://a.b/c", "passes a text without words"),
    Divergence(
        "ifbench:count:conjunctions", {"small_n": 3}, "and And AND", "counts spellings as different conjunctions"
    ),
    Divergence(
        "ifbench:count:numbers", {"N": 2}, "1-2", "deletes punctuation first, so that two numbers become one"
    ),
    Divergence(
        "ifbench:ratio:sentence_words", {}, "Cat sat. Cat sat. Cat sat.", "does not look whether the words differ"
    ),
    Divergence("ifbench:ratio:sentence_type", {}, "none", "is content with no sentence of either kind"),
    Divergence("ifbench:ratio:sentence_balance", {}, "none", "is content with no sentence of any kind"),
    Divergence(
        "ifbench:sentence:alliteration_increment",
        {},
        "Big bad. Cat can dog did.",
        "adds up the runs of a sentence, where the longest is asked for",
    ),
    Divergence(
        "ifbench:words:paragraph_last_first", {}, "Hello, world hello", "keeps the comma in the first word"
    ),
    Divergence(
        "ifbench:words:words_position",
        {"keyword": "so"},
        "And so it so went...",
        "takes an ellipsis for the last word",
    ),
    Divergence("ifbench:format:options", {"options": "orange, red"}, "red", 'splits at "or" inside words'),
    Divergence("ifbench:format:quotes", {}, 'It\'s "I\'m" fine, "I\'m" ok', "takes each apostrophe for a quote"),
    Divergence("ifbench:format:emoji", {}, "Hi 🇩🇪.", "tests one code point, where a flag has two"),
    Divergence(
        "ifbench:format:line_indent",
        {},
        "a\n\n\n b",
        "skips a line after each blank one that it deletes, and takes no tab for an indent",
    ),
    Divergence("ifbench:format:quote_unquote", {}, "“quote”", "knows straight quotes alone"),
    Divergence("ifbench:format:list", {"sep": "-"}, "well-known e-mail", "counts hyphens inside words"),
    Divergence(
        "ifbench:format:thesis",
        {},
        "<em></em>",
        "takes the > of <em> for the statement, and looks at one section",
    ),
    Divergence("ifbench:format:sub-bullets", {}, "* well-known", "takes a hyphen inside a word for a sub-bullet"),
    Divergence(
        "ifbench:format:no_bullets_bullets",
        {},
        "One. Two.\n* a\n* b\n",
        "fails at any blank line, and does not look for full stops",
    ),
    Divergence("ifbench:format:title_case", {}, "Lord of the Rings", "wants capitals on minor words too"),
    Divergence(
        "ifbench:custom:european_capitals_sort",
        {},
        "Reykjavik, Helsinki, Oslo, Tallinn, Stockholm, Riga, Moscow, Copenhagen, Vilnius, Minsk, Dublin, Berlin, "
        "Amsterdam, Warsaw, London, Brussels, Kyiv, Prague, Luxembourg, Paris, Vienna, Bratislava, Budapest, "
        "Vaduz, Chisinau, Bern, Ljubljana, Zagreb",
        "does not know Kyiv",
    ),
    Divergence(
        "ifbench:custom:csv_city",
        {},
        "ID, Country, City, Year, Count\n" + "1, a, b, 2, 3\n" * 7,
        "minds a space behind a comma of the header",
    ),
    Divergence(
        "ifbench:custom:csv_special_character",
        {},
        'ProductID,Category,Brand,Price,Stock\n1,a,"b&c",2,3\n' + "x\n" * 13,
        "reads no further than the first special character",
    ),
    Divergence(
        "ifbench:custom:csv_quotes",
        {},
        '"StudentID"\t"Subject"\t"Grade"\t"Semester"\t"Score"\n' + '"1"\t\t"3"\t"4"\t"5"\n' * 3,
        "raises on an empty field, so there is no verdict",
    ),
    Divergence("ifbench:custom:date_format_list", {}, "1800-00-00", "takes days for dates that no calendar has"),
    Divergence(
        "ifbench:repeat:repeat_change",
        {"prompt_to_repeat": "Write a poem"},
        "Write  a poem",
        "does not look whether the first word differs",
    ),
    Divergence(
        "iftrain:new:copy_span_idx",
        {"prompt_to_repeat": "Write a poem.", "n_start": 6, "n_end": 12},
        "a poem",
        "leaves out the last character, which the instruction includes",
    ),
    Divergence("iftrain:keywords:word_once", {"keyword": "cat"}, "Concatenate.", "finds the word inside others"),
    Divergence(
        "iftrain:keywords:word_count_different_numbers",
        {"keyword": "cat", "frequency": 2, "relation": "less than"},
        "Cat, category.",
        "counts the word inside others",
    ),
    Divergence(
        "iftrain:keywords:exclude_word_harder",
        {"keyword": "cat"},
        "A cat.",
        "finds the word only with a space on both sides",
    ),
    Divergence("iftrain:keywords:palindrome", {}, "I say.", "takes one letter for a palindrome"),
    Divergence(
        "iftrain:keywords:keyword_specific_position",
        {"keyword": "cat", "n": 2, "m": 2},
        "Hi. A Cat.",
        "minds the case of the keyword",
    ),
    Divergence("iftrain:keywords:start_end", {}, "Go on, go.", "takes the full stop for the last word"),
    Divergence(
        "iftrain:count:count_increment_word",
        {"keyword1": "cat", "keyword2": "dog"},
        "Cat, dog, dogs.",
        "counts the words inside others",
    ),
    Divergence(
        "iftrain:count:lowercase_counting",
        {"N": 0},
        "NO",
        "draws a number at random for 0, so there is no verdict",
    ),
    Divergence(
        "iftrain:letters:letter_counting", {"N": 3, "relation": "at least"}, "éab", "knows ASCII letters alone"
    ),
    Divergence(
        "iftrain:letters:letter_counting2",
        {"letter": "#", "let_frequency": 1, "let_relation": "at least"},
        "#",
        "replaces what is no letter by a random letter, so there is no verdict",
    ),
    Divergence(
        "iftrain:count:counting_composition",
        {"n_sent": 1, "n_words": 3},
        "Go now.\n***\nSit down.\n***\nLook up!",
        "counts the final mark as a word",
    ),
    Divergence("iftrain:count:count_unique", {}, "So be it. Go on.", "counts punctuation marks as words"),
    Divergence(
        "iftrain:detectable_format:sentence_hyphens",
        {},
        "A well-known fact.",
        "takes a hyphen inside a word for the end of a sentence",
    ),
    Divergence("iftrain:punctuation:punctuation_exclamation", {}, "你好！", "knows the ASCII mark alone"),
    Divergence(
        "iftrain:first_word:first_word_sent",
        {"first_word": "so"},
        "So, it is.",
        "keeps the comma in the first word",
    ),
    Divergence(
        "iftrain:first_word:first_word_answer",
        {"first_word": "so"},
        "So, it is.",
        "keeps the comma in the first word",
    ),
    Divergence(
        "iftrain:last_word:last_word_sent",
        {"last_word": "end"},
        "The end .",
        "finds no word where a space stands before the mark",
    ),
    Divergence(
        "iftrain:last_word:last_word_answer",
        {"last_word": "end"},
        "The end .",
        "finds no word where a space stands before the mark",
    ),
)
