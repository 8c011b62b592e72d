"""IFBench: words."""

from __future__ import annotations

import re
from itertools import islice, pairwise
from string import ascii_lowercase
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from verif_ifeval.ifbench.units import EDGES, PUNCTUATION, bare, bare_words, lower_bare_words
from verif_ifeval.punkt import each_token, sentences, tokens
from verif_ifeval.reference import Count, Reference, first_tag, syllables
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

    def holds(self, text: Text) -> bool:
        words = bare(text.raw).strip(EDGES).split()
        wanted = words[0][0].lower() if words else ""
        if not wanted or wanted not in ascii_lowercase:
            return False
        for word in words[1:]:
            start = word.strip(EDGES).lower()
            if not start:
                continue
            wanted = ascii_lowercase[(ascii_lowercase.index(wanted) + 1) % 26]
            if start[0] != wanted:
                return False
        return True


class Vowel(Reference):
    """The response is one line and uses at most three different vowels."""

    template = "Write a paragraph using words that contain only three types of vowels."
    examples = (Example({}, accepts=("a bed is", "xyz"), rejects=("a bed is odd", "a\nb")),)
    type: Literal["ifbench:words:vowel"] = "ifbench:words:vowel"

    def holds(self, text: Text) -> bool:
        body = text.raw.strip()
        return "\n" not in body and len(set("aeiou") & set(body.lower())) <= 3


class Consonants(Reference):
    """Every word has two consonants side by side."""

    template = (
        "Ensure each word in your response has at least one consonant cluster (two or more consonants together)."
    )
    examples = (Example({}, accepts=("trust black",), rejects=("trust me", "trust -", "12")),)
    type: Literal["ifbench:words:consonants"] = "ifbench:words:consonants"

    def holds(self, text: Text) -> bool:
        return all(_TWO_CONSONANTS.search(word) for word in text.raw.lower().split())


class Palindrome(Reference):
    """The response has at least ten palindromes of five letters or more, repeats included."""

    template = "Include at least 10 single-word palindromes, each at least 5 characters long."
    examples = (Example({}, accepts=("level " * 10,), rejects=("level " * 9, "noon " * 10)),)
    type: Literal["ifbench:words:palindrome"] = "ifbench:words:palindrome"

    def holds(self, text: Text) -> bool:
        alike = (word for word in text.view(lower_bare_words) if word[0] == word[-1] and word == word[::-1])
        return sum(len(word) >= 5 for word in alike) >= 10


class PrimeLengths(Reference):
    """The length of every word is a prime number up to 97."""

    template = "Use only words with lengths that are prime numbers."
    examples = (Example({}, accepts=("the words", "..."), rejects=("a cat", "this")),)
    type: Literal["ifbench:words:prime_lengths"] = "ifbench:words:prime_lengths"

    def holds(self, text: Text) -> bool:
        return all(len(word) in _PRIMES for word in text.view(bare_words))


class StartVerb(Reference):
    """NLTK's tagger takes the first token for a verb."""

    template = "The response must start with a verb."
    examples = (Example({}, accepts=("Write a poem.",), rejects=("The house is big.",)),)
    type: Literal["ifbench:words:start_verb"] = "ifbench:words:start_verb"

    def holds(self, text: Text) -> bool:
        return "VB" in first_tag(tuple(islice(each_token(text.raw), 3)))


class Repeats(Reference):
    """No word occurs more than a number of times."""

    template = "The response should not repeat any word more than {small_n} times."
    examples = (Example({"small_n": 1}, accepts=("a b c",), rejects=("a b A!",)),)
    type: Literal["ifbench:words:repeats"] = "ifbench:words:repeats"
    small_n: Count

    def holds(self, text: Text) -> bool:
        words = text.view(lower_bare_words)
        counts: dict[str, int] = {}
        for word in words:
            counts[word] = counts.get(word, 0) + 1
        return all(count <= self.small_n for count in counts.values())


class OddEvenSyllables(Reference):
    """Words with an odd and with an even number of syllables alternate."""

    template = "Alternate between words with odd and even numbers of syllables."
    examples = (Example({}, accepts=("cat water dog", "one"), rejects=("cat dog", "water paper")),)
    type: Literal["ifbench:words:odd_even_syllables"] = "ifbench:words:odd_even_syllables"

    def holds(self, text: Text) -> bool:
        odd = (syllables(word) % 2 for word in text.view(lower_bare_words))
        return all(before != after for before, after in pairwise(odd))


class LastFirst(Reference):
    """The last word of each sentence is the first of the next."""

    template = "The last word of each sentence must become the first word of the next sentence."
    examples = (Example({}, accepts=("I go. Go home.", "One."), rejects=("I go. Home now.",)),)
    type: Literal["ifbench:words:last_first"] = "ifbench:words:last_first"

    def holds(self, text: Text) -> bool:
        for before, after in pairwise(text.view(sentences)):
            last, first = before.rstrip(EDGES).split(), after.lstrip(EDGES).split()
            if not last or not first or last[-1].lower() != first[0].lower():
                return False
        return True


class ParagraphLastFirst(Reference):
    """Each line ends with the word that it begins with."""

    template = "Each paragraph must end with the same word it started with, separate paragraphs with a newline."
    examples = (Example({}, accepts=("Go and go.\n\nA.",), rejects=("Go home.", "Hello, world hello")),)
    type: Literal["ifbench:words:paragraph_last_first"] = "ifbench:words:paragraph_last_first"

    def holds(self, text: Text) -> bool:
        for line in text.raw.split("\n"):
            words = line.strip().lower().strip(EDGES).split()
            if words and words[0] != words[-1]:
                return False
        return True

    def fixed(self, text: Text) -> bool:
        lines = [words(line.casefold()) for line in text.lines]
        return all(line[0] == line[-1] for line in lines if line)


class NoConsecutive(Reference):
    """No two neighbouring words begin with the same letter."""

    template = "No two consecutive words can share the same first letter."
    examples = (Example({}, accepts=("a b a",), rejects=("big Bad",)),)
    type: Literal["ifbench:words:no_consecutive"] = "ifbench:words:no_consecutive"

    def holds(self, text: Text) -> bool:
        return all(before[0] != after[0] for before, after in pairwise(text.view(lower_bare_words)))


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

    def holds(self, text: Text) -> bool:
        found = text.view(sentences)
        if len(found) < self.n:
            return False
        words = [token for token in tokens(found[self.n - 1]) if any(map(str.isalnum, token))]
        return len(words) >= self.m and words[self.m - 1].lower() == self.keyword.lower()


class WordsPosition(Reference):
    """The second word and the second to last are the keyword, whatever its case; a final mark is no word."""

    template = "The second word in your response and the second to last word should be the word {keyword}."
    examples = (
        Example(
            {"keyword": "so"},
            accepts=("And so it so went.", "a so b"),
            rejects=("So it so went", "And so it went."),
        ),
    )
    type: Literal["ifbench:words:words_position"] = "ifbench:words:words_position"
    keyword: Keyword

    def holds(self, text: Text) -> bool:
        found, wanted = text.view(tokens), self.keyword.lower()
        if len(found) < 2:
            return False
        back = -3 if found[-1] in PUNCTUATION else -2
        return len(found) >= -back and found[1].lower() == found[back].lower() == wanted

    def fixed(self, text: Text) -> bool:
        found = [word.casefold() for word in text.words]
        return len(found) > 1 and found[1] == found[-2] == self.keyword.casefold()


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
