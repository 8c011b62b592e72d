"""IFBench: count."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from verif_ifeval.ifbench.units import EDGES, bare
from verif_ifeval.punkt import tokens
from verif_ifeval.reference import Count, Diverges, Finding, Reference, at_least, counted, exactly, quoted
from verif_ifeval.tokens import words
from verif_sdk import Example, Text

_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_CONJUNCTIONS = frozenset({"and", "but", "for", "nor", "or", "so", "yet"})
_NAMES = (
    "Emma Liam Sophia Jackson Olivia Noah Ava Lucas Isabella Mason Mia Ethan Charlotte Alexander Amelia Benjamin "
    "Harper Leo Zoe Daniel Chloe Samuel Lily Matthew Grace Owen Abigail Gabriel Ella Jacob Scarlett Nathan "
    "Victoria Elijah Layla Nicholas Audrey David Hannah Christopher Penelope Thomas Nora Andrew Aria Joseph "
    "Claire Ryan Stella Jonathan"
)
_NAMED = frozenset(_NAMES.split())
_CAPITALISED = re.compile(r"\b[A-Z]\w*")
_PRONOUNS = frozenset(
    [
        "i",
        "me",
        "we",
        "us",
        "you",
        "he",
        "him",
        "she",
        "her",
        "it",
        "they",
        "them",
        "my",
        "mine",
        "our",
        "ours",
        "your",
        "yours",
        "his",
        "hers",
        "its",
        "their",
        "theirs",
        "myself",
        "ourselves",
        "yourself",
        "yourselves",
        "himself",
        "herself",
        "itself",
        "themselves",
        "this",
        "that",
        "these",
        "those",
        "who",
        "whom",
        "whose",
        "which",
        "what",
        "whoever",
        "whomever",
        "whatever",
        "whichever",
        "anybody",
        "anyone",
        "anything",
        "everybody",
        "everyone",
        "everything",
        "nobody",
        "nothing",
        "somebody",
        "someone",
        "something",
        "each",
        "either",
        "neither",
        "both",
        "all",
        "some",
        "any",
        "none",
    ]
)
Keyword = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class WordCountRange(Reference):
    """The response has a number of words between two bounds, both inclusive."""

    template = "The response must contain between {min_words} and {max_words} words."
    examples = (Example({"min_words": 2, "max_words": 3}, accepts=("a b", "don't go"), rejects=("a", "a b c d")),)
    type: Literal["ifbench:count:word_count_range"] = "ifbench:count:word_count_range"
    min_words: Count
    max_words: Count

    def holds(self, text: Text) -> Finding:
        found = text.view(words)
        asked = f"asked for {self.min_words} to {self.max_words}"
        return Finding(self.min_words <= found <= self.max_words, f"{counted(found, 'word')}, {asked}")


class UniqueWordCount(Reference):
    """The response has at least a number of different words, case and outer punctuation aside."""

    template = "Use at least {N} unique words in the response."
    examples = (Example({"N": 2}, accepts=("a b", "a -"), rejects=("a A a!",)),)
    type: Literal["ifbench:count:unique_word_count"] = "ifbench:count:unique_word_count"
    N: Count

    def holds(self, text: Text) -> Finding:
        return at_least(
            len({word.strip(EDGES) for word in set(text.raw.lower().split())}), "different word", self.N
        )


class Conjunctions(Reference):
    """The response has at least a number of coordinating conjunctions that differ as they are written."""

    template = "Use at least {small_n} different coordinating conjunctions in the response."
    examples = (Example({"small_n": 2}, accepts=("and or", "and And"), rejects=("and and", "because while")),)
    diverges = Diverges("counts spellings as different conjunctions", "and And AND", {"small_n": 3})
    type: Literal["ifbench:count:conjunctions"] = "ifbench:count:conjunctions"
    small_n: Count

    def holds(self, text: Text) -> Finding:
        words = set(text.raw.split())
        found = sum(word.strip(EDGES).lower() in _CONJUNCTIONS for word in words)
        return at_least(found, "different conjunction", self.small_n)

    def fixed(self, text: Text) -> Finding:
        words = {word.strip(EDGES).lower() for word in text.raw.split()}
        return at_least(len(words & _CONJUNCTIONS), "different conjunction", self.small_n)


class PersonNames(Reference):
    """The response has at least a number of different names out of a list of fifty."""

    template = "Mention at least {N} different person names in the response, from this list of names: " + _NAMES
    examples = (
        Example({"N": 2}, accepts=("Emma and Liam",), rejects=("Emma, Emma", "emma and liam", "Emmas Liams")),
    )
    type: Literal["ifbench:count:person_names"] = "ifbench:count:person_names"
    N: Count

    def holds(self, text: Text) -> Finding:
        return at_least(len(_NAMED.intersection(_CAPITALISED.findall(text.raw))), "different name", self.N)


class Numbers(Reference):
    """The response has exactly a number of numbers, once ASCII punctuation is deleted: "3-4" is one."""

    template = "Include exactly {N} numbers in the response."
    examples = (Example({"N": 2}, accepts=("1 2", "1,000 3.14"), rejects=("1", "1 2 3", "1-2")),)
    diverges = Diverges("deletes punctuation first, so that two numbers become one", "1-2")
    type: Literal["ifbench:count:numbers"] = "ifbench:count:numbers"
    N: Count

    def holds(self, text: Text) -> Finding:
        return exactly(len(_DIGITS.findall(bare(text.raw))), "number", self.N)

    def fixed(self, text: Text) -> Finding:
        return exactly(len(_NUMBER.findall(text.raw)), "number", self.N)


class Punctuation(Reference):
    """The response uses every standard punctuation mark once: . , ! ? ; : and an interrobang, in any number."""

    template = (
        "Use every standard punctuation mark at least once, including semicolons, colons, and the interrobang "
        "(?!)."
    )
    examples = (
        Example({}, accepts=("What?! a, b; c: d. e! f?",), rejects=("What?! a, b; c: d.", "a, b; c: d. e! f?")),
    )
    type: Literal["ifbench:count:punctuation"] = "ifbench:count:punctuation"

    def holds(self, text: Text) -> Finding:
        raw = text.raw
        if "?!" in raw:
            rest = raw.replace("?!", "", 1)
        elif "!?" in raw:
            rest = raw.replace("!?", "", 1)
        elif "‽" in raw:
            rest = raw
        else:
            return Finding(False, "no interrobang (?!)")
        absent = [mark for mark in ".,!?;:" if mark not in rest]
        return Finding(not absent, f"no {' '.join(absent)}" if absent else "every mark is used")


class WordsJapanese(Reference):
    """Every N-th word, unless it is a number, has a Japanese character in it."""

    template = "Every {N}th word of your response must be in Japanese."
    examples = (Example({"N": 2}, accepts=("one 二 three 四", "one 2"), rejects=("one two", "一 two")),)
    type: Literal["ifbench:count:words_japanese"] = "ifbench:count:words_japanese"
    N: Annotated[int, Field(ge=1)]

    def holds(self, text: Text) -> Finding:
        for word in text.raw.split()[self.N - 1 :: self.N]:
            bare_word = word.strip(EDGES)
            if bare_word and not bare_word.isdigit() and not any(map(_japanese, bare_word)):
                return Finding(False, f"{quoted(bare_word)} is not Japanese, asked for each word of {self.N}")
        return Finding(True, f"each word of {self.N} is Japanese")


class Pronouns(Reference):
    """The response has at least a number of pronouns, of a fixed list."""

    template = "The response should include at least {N} pronouns."
    examples = (Example({"N": 2}, accepts=("I saw her.", "he/she"), rejects=("I saw Ann.",)),)
    type: Literal["ifbench:count:pronouns"] = "ifbench:count:pronouns"
    N: Count

    def holds(self, text: Text) -> Finding:
        found = sum(map(_PRONOUNS.__contains__, tokens(text.raw.replace("/", " ").lower())))
        return at_least(found, "pronoun", self.N)


class KeywordsMultiple(Reference):
    """Five keywords stand in the response exactly once, twice, three, five and seven times."""

    template = (
        "Include keyword {keyword1} once in your response, keyword {keyword2} twice, "
        "keyword {keyword3} three times, keyword {keyword4} five times, and keyword {keyword5} seven times."
    )
    examples = (
        Example(
            {"keyword1": "a", "keyword2": "b", "keyword3": "c", "keyword4": "d", "keyword5": "e"},
            accepts=("a bb ccc ddddd eeeeeee",),
            rejects=("a b ccc ddddd eeeeeee", "aa bb ccc ddddd eeeeeee"),
        ),
    )
    type: Literal["ifbench:count:keywords_multiple"] = "ifbench:count:keywords_multiple"
    keyword1: Keyword
    keyword2: Keyword
    keyword3: Keyword
    keyword4: Keyword
    keyword5: Keyword

    def holds(self, text: Text) -> Finding:
        raw = text.raw.lower()
        keywords = (self.keyword1, self.keyword2, self.keyword3, self.keyword4, self.keyword5)
        for word, times in zip(keywords, (1, 2, 3, 5, 7), strict=True):
            if (found := raw.count(word.lower())) != times:
                return exactly(found, "occurrence", times, f" of {quoted(word)}")
        return Finding(True, "1, 2, 3, 5 and 7 occurrences of the keywords")


def _japanese(character: str) -> bool:
    return "\u3040" <= character <= "\u30ff" or "\u4e00" <= character <= "\u9fff"


CONSTRAINTS = (
    WordCountRange,
    UniqueWordCount,
    Conjunctions,
    PersonNames,
    Numbers,
    Punctuation,
    WordsJapanese,
    Pronouns,
    KeywordsMultiple,
)
