"""IFBench: words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice, pairwise
from string import ascii_lowercase
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from verif_ifeval.ifbench.units import EDGES, PUNCTUATION, bare, bare_words, lower_bare_words
from verif_ifeval.punkt import each_token, sentences, tokens
from verif_ifeval.reference import Count, Diverges, Finding, Reference, at_least, at_most, counted, quoted
from verif_ifeval.tokens import first_tag, syllables
from verif_sdk import Example, Text
from verif_sdk.segment import words

_PRIMES = frozenset(n for n in range(2, 98) if all(n % d for d in range(2, n)))
_TWO_CONSONANTS = re.compile(r"[b-df-hj-np-tv-z]{2}")
Keyword = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Alphabet(Reference):
    """Each word begins with the next letter of the alphabet, starting anywhere, Z before A."""

    template = (
        "Each word in your response must start with the next letter of the alphabet, looping back to 'A' "
        "after 'Z'."
    )
    examples = (Example({}, accepts=("You zip all", "b"), rejects=("a c", "1 2", "...")),)
    type: Literal["ifbench:words:alphabet"] = "ifbench:words:alphabet"

    def holds(self, text: Text) -> Finding:
        words = bare(text.raw).strip(EDGES).split()
        wanted = words[0][0].lower() if words else ""
        if not wanted or wanted not in ascii_lowercase:
            return Finding(False, "the first word does not begin with a letter from a to z")
        for word in words[1:]:
            start = word.strip(EDGES).lower()
            if not start:
                continue
            wanted = ascii_lowercase[(ascii_lowercase.index(wanted) + 1) % 26]
            if start[0] != wanted:
                return Finding(False, f"{quoted(word)}, asked for a word with {wanted}")
        return Finding(True, "each word begins with the next letter")


class Vowel(Reference):
    """The response is one line and uses at most three different vowels."""

    template = "Write a paragraph using words that contain only three types of vowels."
    examples = (Example({}, accepts=("a bed is", "xyz"), rejects=("a bed is odd", "a\nb")),)
    type: Literal["ifbench:words:vowel"] = "ifbench:words:vowel"

    def holds(self, text: Text) -> Finding:
        body = text.raw.strip()
        if "\n" in body:
            return Finding(False, "more than one line")
        return at_most(len(set("aeiou") & set(body.lower())), "different vowel", 3)


class Consonants(Reference):
    """Every word has two consonants side by side."""

    template = (
        "Ensure each word in your response has at least one consonant cluster (two or more consonants together)."
    )
    examples = (Example({}, accepts=("trust black",), rejects=("trust me", "trust -", "12")),)
    type: Literal["ifbench:words:consonants"] = "ifbench:words:consonants"

    def holds(self, text: Text) -> Finding:
        for word in text.raw.lower().split():
            if not _TWO_CONSONANTS.search(word):
                return Finding(False, f"{quoted(word)} has no two consonants side by side")
        return Finding(True, "each word has two consonants side by side")


class Palindrome(Reference):
    """The response has at least ten palindromes of five letters or more, repeats included."""

    template = "Include at least 10 single-word palindromes, each at least 5 characters long."
    examples = (Example({}, accepts=("level " * 10,), rejects=("level " * 9, "noon " * 10)),)
    type: Literal["ifbench:words:palindrome"] = "ifbench:words:palindrome"

    def holds(self, text: Text) -> Finding:
        alike = (word for word in text.view(lower_bare_words) if word[0] == word[-1] and word == word[::-1])
        return at_least(sum(len(word) >= 5 for word in alike), "palindrome", 10, " of five letters or more")


class PrimeLengths(Reference):
    """The length of every word is a prime number up to 97."""

    template = "Use only words with lengths that are prime numbers."
    examples = (Example({}, accepts=("the words", "..."), rejects=("a cat", "this")),)
    type: Literal["ifbench:words:prime_lengths"] = "ifbench:words:prime_lengths"

    def holds(self, text: Text) -> Finding:
        for word in text.view(bare_words):
            if len(word) not in _PRIMES:
                return Finding(
                    False, f"{quoted(word)} has {counted(len(word), 'character')}, asked for a prime number"
                )
        return Finding(True, "the length of each word is a prime number")


class StartVerb(Reference):
    """NLTK's tagger takes the first token for a verb."""

    template = "The response must start with a verb."
    examples = (Example({}, accepts=("Write a poem.",), rejects=("The house is big.",)),)
    type: Literal["ifbench:words:start_verb"] = "ifbench:words:start_verb"

    def holds(self, text: Text) -> Finding:
        first = tuple(islice(each_token(text.raw), 3))
        tag = first_tag(first)
        return Finding(
            "VB" in tag, f"{quoted(first[0]) if first else 'nothing'} is tagged {tag or '-'}, asked for a verb"
        )


class Repeats(Reference):
    """No word occurs more than a number of times."""

    template = "The response should not repeat any word more than {small_n} times."
    examples = (Example({"small_n": 1}, accepts=("a b c",), rejects=("a b A!",)),)
    type: Literal["ifbench:words:repeats"] = "ifbench:words:repeats"
    small_n: Count

    def holds(self, text: Text) -> Finding:
        counts: dict[str, int] = {}
        for word in text.view(lower_bare_words):
            counts[word] = counts.get(word, 0) + 1
        if not counts:
            return Finding(True, "no words")
        most = max(counts, key=counts.__getitem__)
        return at_most(counts[most], "occurrence", self.small_n, f" of {quoted(most)}")


class OddEvenSyllables(Reference):
    """Words with an odd and with an even number of syllables alternate."""

    template = "Alternate between words with odd and even numbers of syllables."
    examples = (Example({}, accepts=("cat water dog", "one"), rejects=("cat dog", "water paper")),)
    type: Literal["ifbench:words:odd_even_syllables"] = "ifbench:words:odd_even_syllables"

    def holds(self, text: Text) -> Finding:
        before = None
        for word in text.view(lower_bare_words):
            odd = syllables(word) % 2
            if odd == before:
                return Finding(False, f"{quoted(word)} and the word before it: both {'odd' if odd else 'even'}")
            before = odd
        return Finding(True, "odd and even numbers of syllables alternate")


class LastFirst(Reference):
    """The last word of each sentence is the first of the next."""

    template = "The last word of each sentence must become the first word of the next sentence."
    examples = (Example({}, accepts=("I go. Go home.", "One."), rejects=("I go. Home now.",)),)
    type: Literal["ifbench:words:last_first"] = "ifbench:words:last_first"

    def holds(self, text: Text) -> Finding:
        for place, (before, after) in enumerate(pairwise(text.view(sentences)), 2):
            last, first = before.rstrip(EDGES).split(), after.lstrip(EDGES).split()
            if not last or not first or last[-1].lower() != first[0].lower():
                began, ended = (
                    quoted(words[at]) if words else "nothing" for words, at in ((first, 0), (last, -1))
                )
                return Finding(False, f"sentence {place} begins with {began}, the one before ends with {ended}")
        return Finding(True, "each sentence begins with the last word of the one before")


class ParagraphLastFirst(Reference):
    """Each line ends with the word that it begins with."""

    template = "Each paragraph must end with the same word it started with, separate paragraphs with a newline."
    examples = (Example({}, accepts=("Go and go.\n\nA.",), rejects=("Go home.", "Hello, world hello")),)
    diverges = Diverges("keeps the comma in the first word", "Hello, world hello")
    type: Literal["ifbench:words:paragraph_last_first"] = "ifbench:words:paragraph_last_first"

    def holds(self, text: Text) -> Finding:
        for line in text.raw.split("\n"):
            words = line.strip().lower().strip(EDGES).split()
            if words and words[0] != words[-1]:
                return _differing_ends(words)
        return Finding(True, "each line ends with its first word")

    def fixed(self, text: Text) -> Finding:
        for line in text.lines:
            found = words(line.casefold())
            if found and found[0] != found[-1]:
                return _differing_ends(found)
        return Finding(True, "each line ends with its first word")


class NoConsecutive(Reference):
    """No two neighbouring words begin with the same letter."""

    template = "No two consecutive words can share the same first letter."
    examples = (Example({}, accepts=("a b a",), rejects=("big Bad",)),)
    type: Literal["ifbench:words:no_consecutive"] = "ifbench:words:no_consecutive"

    def holds(self, text: Text) -> Finding:
        for before, after in pairwise(text.view(lower_bare_words)):
            if before[0] == after[0]:
                return Finding(False, f"{quoted(before)} and {quoted(after)} begin with the same letter")
        return Finding(True, "no two neighbours begin with the same letter")


class KeywordsSpecificPosition(Reference):
    """The m-th word of the n-th sentence is the keyword, whatever its case."""

    template = "Include keyword {keyword} in the {n}-th sentence, as the {m}-th word of that sentence."
    examples = (
        Example({"keyword": "cat", "n": 2, "m": 1}, accepts=("A. Cat!",), rejects=("Cat.", "A. The cat.", "A.")),
    )
    type: Literal["ifbench:words:keywords_specific_position"] = "ifbench:words:keywords_specific_position"
    keyword: Keyword
    n: Annotated[int, Field(ge=1)]
    m: Annotated[int, Field(ge=1)]

    def holds(self, text: Text) -> Finding:
        found = text.view(sentences)
        if len(found) < self.n:
            return at_least(len(found), "sentence", self.n)
        words = [token for token in tokens(found[self.n - 1]) if any(map(str.isalnum, token))]
        if len(words) < self.m:
            return at_least(len(words), "word", self.m, f" in sentence {self.n}")
        word = words[self.m - 1]
        place = f"word {self.m} of sentence {self.n}"
        return Finding(
            word.lower() == self.keyword.lower(), f"{place} is {quoted(word)}, asked for {quoted(self.keyword)}"
        )


class WordsPosition(Reference):
    """The second word and the second to last are the keyword, whatever its case; a final mark is not a word."""

    template = "The second word in your response and the second to last word should be the word {keyword}."
    examples = (
        Example(
            {"keyword": "so"},
            accepts=("And so it so went.", "a so b"),
            rejects=("So it so went", "And so it went."),
        ),
    )
    diverges = Diverges("takes an ellipsis for the last word", "And so it so went...")
    type: Literal["ifbench:words:words_position"] = "ifbench:words:words_position"
    keyword: Keyword

    def holds(self, text: Text) -> Finding:
        found, wanted = text.view(tokens), self.keyword.lower()
        back = -3 if found and found[-1] in PUNCTUATION else -2
        if len(found) < -back:
            return at_least(len(found), "token", -back)
        return _second(found[1].lower(), found[back].lower(), wanted)

    def fixed(self, text: Text) -> Finding:
        found = [word.casefold() for word in text.words]
        if len(found) < 2:
            return at_least(len(found), "word", 2)
        return _second(found[1], found[-2], self.keyword.casefold())


def _differing_ends(words: Sequence[str]) -> Finding:
    return Finding(False, f"a line begins with {quoted(words[0])} and ends with {quoted(words[-1])}")


def _second(word: str, back: str, wanted: str) -> Finding:
    seen = f"the second word is {quoted(word)}, the second to last {quoted(back)}"
    return Finding(word == back == wanted, f"{seen}, asked for {quoted(wanted)}")


CONSTRAINTS = (
    Alphabet,
    Vowel,
    Consonants,
    Palindrome,
    PrimeLengths,
    StartVerb,
    Repeats,
    OddEvenSyllables,
    LastFirst,
    ParagraphLastFirst,
    NoConsecutive,
    KeywordsSpecificPosition,
    WordsPosition,
)
