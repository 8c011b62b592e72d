"""IFBench: ratio, and the instructions about whole sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Annotated, Any, Literal

from pydantic import StringConstraints

from verif_ifeval.ifbench.units import EDGES, bare_words, word_runs
from verif_ifeval.punkt import each_sentence, sentences
from verif_ifeval.reference import Count, Diverges, Finding, Reference, at_least, counted, exactly, quoted
from verif_ifeval.tokens import stop_words
from verif_sdk import Example, Text, once
from verif_sdk.segment import words

_CLOSING = "\"'”’»)]}*_"


class StopWords(Reference):
    """At most a percentage of the words are English stop words, as NLTK lists them."""

    template = "Ensure that stop words constitute no more than {percentage}% of the total words in your response."
    examples = (Example({"percentage": 50}, accepts=("the cat",), rejects=("the a cat", "is it")),)
    type: Literal["ifbench:ratio:stop_words"] = "ifbench:ratio:stop_words"
    percentage: float

    def holds(self, text: Text) -> Finding:
        words, stop = text.view(word_runs), stop_words()
        if not words:
            return Finding(False, "no words")
        share = 100 * sum(map(stop.__contains__, map(str.lower, words))) / len(words)
        return Finding(
            share <= self.percentage, f"{share:.1f}% stop words, asked for at most {self.percentage:g}%"
        )


class SentenceType(Reference):
    """Twice as many sentences end in a full stop as in a question mark; none and none is balanced too."""

    template = "Maintain a 2:1 ratio of declarative to interrogative sentences."
    examples = (Example({}, accepts=("A. B. C?", "none"), rejects=("A. B?", "A?")),)
    diverges = Diverges("is content with no sentence of either kind", "none")
    type: Literal["ifbench:ratio:sentence_type"] = "ifbench:ratio:sentence_type"

    def holds(self, text: Text) -> Finding:
        ends = [sentence[-1] for sentence in text.view(sentences)]
        return Finding(ends.count(".") == 2 * ends.count("?"), f"{_kinds(ends, '.?')}, asked for two to one")

    def fixed(self, text: Text) -> Finding:
        ends = _marks(text)
        return Finding(ends.count(".") == 2 * ends.count("?") > 0, f"{_kinds(ends, '.?')}, asked for two to one")


class SentenceBalance(Reference):
    """As many sentences end in a full stop as in a question mark and in an exclamation mark."""

    template = "Ensure that the ratio of sentence types (declarative, interrogative, exclamatory) is balanced."
    examples = (Example({}, accepts=("A. B? C!", "none"), rejects=("A. B?", "A!")),)
    diverges = Diverges("is content with no sentence of any kind", "none")
    type: Literal["ifbench:ratio:sentence_balance"] = "ifbench:ratio:sentence_balance"

    def holds(self, text: Text) -> Finding:
        ends = [sentence[-1] for sentence in text.view(sentences)]
        return Finding(
            ends.count(".") == ends.count("?") == ends.count("!"),
            f"{_kinds(ends, '.?!')}, asked for as many of each",
        )

    def fixed(self, text: Text) -> Finding:
        ends = _marks(text)
        return Finding(
            ends.count(".") == ends.count("?") == ends.count("!") > 0,
            f"{_kinds(ends, '.?!')}, asked for as many of each",
        )


class Overlap(Reference):
    """The share of the response's character trigrams that the reference text has is within 2 % of a percentage."""

    template = "Maintain a trigram overlap of {percentage}% (±2%) with the provided reference text."
    examples = (
        Example(
            {"reference_text": "abcde", "percentage": 100}, accepts=("abcd",), rejects=("xyz", "ab", "abcxyzuvw")
        ),
    )
    type: Literal["ifbench:ratio:overlap"] = "ifbench:ratio:overlap"
    reference_text: str
    percentage: float

    def holds(self, text: Text) -> Finding:
        own = text.view(trigrams)
        if not len(own):
            return Finding(False, "too short for a trigram")
        share = 100 * _shared(own, _reference_trigrams(self.reference_text)) / len(own)
        near = self.percentage - 2 <= share <= self.percentage + 2
        return Finding(near, f"{share:.1f}% of the trigrams, asked for {self.percentage:g}%, 2 more or less")


class SentenceWords(Reference):
    """The response has exactly three sentences with the same number of characters."""

    template = (
        "Respond with three sentences, all containing the same number of characters but using all different words."
    )
    examples = (Example({}, accepts=("Ab. Cd. Ef.", "Ab. Ab. Ab."), rejects=("Ab. Cd.", "Ab. Cde. Ef.")),)
    diverges = Diverges("does not look whether the words differ", "Cat sat. Cat sat. Cat sat.")
    type: Literal["ifbench:ratio:sentence_words"] = "ifbench:ratio:sentence_words"

    def holds(self, text: Text) -> Finding:
        return _three_alike(text.view(sentences))

    def fixed(self, text: Text) -> Finding:
        words = [word.casefold() for word in text.words]
        if len(set(words)) != len(words):
            return Finding(False, f"{counted(len(words) - len(set(words)), 'word')} repeated, asked for none")
        return _three_alike(text.sentences)


class AlliterationIncrement(Reference):
    """Each sentence has more alliteration than the one before, the runs of a sentence added up."""

    template = "Each sentence must have a longer sequence of consecutive alliterative words than the previous one."
    examples = (
        Example({}, accepts=("One two. Big bad.", "x"), rejects=("Big bad. One two.", "One two. Three four.")),
    )
    diverges = Diverges(
        "adds up the runs of a sentence, where the longest is asked for", "Big bad. Cat can dog did."
    )
    type: Literal["ifbench:sentence:alliteration_increment"] = "ifbench:sentence:alliteration_increment"

    def holds(self, text: Text) -> Finding:
        last = -1
        for place, sentence in enumerate(each_sentence(text.raw), 1):
            found = _alliteration(sentence)
            if found <= last:
                return Finding(False, f"sentence {place} alliterates over {counted(found, 'word')}, after {last}")
            last = found
        return Finding(True, "each sentence has more alliteration than the one before")

    def fixed(self, text: Text) -> Finding:
        runs = [*map(_longest_run, text.sentences)]
        for place, (before, after) in enumerate(pairwise(runs), 2):
            if after <= before:
                return Finding(
                    False, f"sentence {place} alliterates over {counted(after, 'word')}, after {before}"
                )
        return Finding(True, "each sentence has more alliteration than the one before")


class SentenceKeyword(Reference):
    """The N-th sentence contains the word, between word boundaries, whatever its case."""

    template = "The response must include keyword {word} in the {N}-th sentence."
    examples = (
        Example(
            {"word": "cat", "N": 2}, accepts=("A. The CAT b.",), rejects=("The cat.", "A. Cats.", "Cat. Dog.")
        ),
    )
    type: Literal["ifbench:sentence:keyword"] = "ifbench:sentence:keyword"
    word: Annotated[str, StringConstraints(min_length=1)]
    N: Count

    def holds(self, text: Text) -> Finding:
        found = text.view(sentences)
        if len(found) < self.N or not found:
            return at_least(len(found), "sentence", max(self.N, 1))
        there = re.search(rf"\b{re.escape(self.word)}\b", found[self.N - 1], re.IGNORECASE) is not None
        return Finding(there, f"sentence {self.N or 'last'} {'has' if there else 'lacks'} {quoted(self.word)}")


class Increment(Reference):
    """Each sentence has exactly a number of words more than the one before."""

    template = "Each sentence must contain exactly {small_n} more words than the previous one."
    examples = (Example({"small_n": 1}, accepts=("A. A b. A b c.",), rejects=("A. A b c.", "A b. A b.")),)
    type: Literal["ifbench:sentence:increment"] = "ifbench:sentence:increment"
    small_n: Count

    def holds(self, text: Text) -> Finding:
        counts = (len(bare_words(sentence)) for sentence in each_sentence(text.raw))
        for place, (before, after) in enumerate(pairwise(counts), 2):
            if after != before + self.small_n:
                return exactly(after, "word", before + self.small_n, f" in sentence {place}")
        return Finding(True, f"each sentence has {self.small_n} more words than the one before")


@once
def _numpy() -> Any:
    import numpy as np  # here, because most first verdicts do without it

    return np


def trigrams(raw: str) -> Any:
    """Return the different runs of three characters in a text, each as one number, in order."""
    np = _numpy()
    codes = np.frombuffer(raw.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    runs = codes[:-2] << 42 | codes[1:-1] << 21 | codes[2:]
    runs.sort()
    return runs[np.diff(runs, prepend=-1) != 0]


def _shared(own: Any, theirs: Any) -> int:
    return int(_numpy().isin(own, theirs, assume_unique=True).sum())


_reference_trigrams = lru_cache(maxsize=64)(trigrams)


def _marks(text: Text) -> list[str]:
    """Return the mark that each sentence ends in, brackets, quotes and emphasis behind it left out."""
    return [sentence.rstrip(_CLOSING)[-1:] for sentence in text.sentences]


def _kinds(ends: list[str], marks: str) -> str:
    return ", ".join(f"{ends.count(mark)} sentences end in {mark}" for mark in marks)


def _three_alike(found: Sequence[str]) -> Finding:
    if len(found) != 3:
        return exactly(len(found), "sentence", 3)
    lengths = [*map(len, found)]
    return Finding(len(set(lengths)) == 1, f"sentences of {lengths[0]}, {lengths[1]} and {lengths[2]} characters")


def _longest_run(sentence: str) -> int:
    """Return how many words in a row begin with the same letter, at most."""
    return max((len([*run]) for _, run in groupby(words(sentence.casefold()), key=itemgetter(0))), default=0)


def _alliteration(sentence: str) -> int:
    words = [word for word in (word.lstrip(EDGES) for word in sentence.lower().split()) if word]
    total, running = 0, False
    for before, after in pairwise(words):
        same = before[0] == after[0]
        total += same * (1 if running else 2)
        running = same
    return total


CONSTRAINTS = (
    StopWords,
    SentenceType,
    SentenceBalance,
    Overlap,
    SentenceWords,
    AlliterationIncrement,
    SentenceKeyword,
    Increment,
)
