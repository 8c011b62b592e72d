"""How a text falls into words, sentences, paragraphs and lines: rules only, no data, no chance."""

from __future__ import annotations

import regex

# Fillers and blank Braille count as letters or symbols, and show nothing.
_INVISIBLE = regex.compile(r"[\s\p{Cf}\p{Cc}\p{Variation_Selector}\u115F\u1160\u2800\u3164\uFFA0]*")
# A word: letters, marks and digits, joined by apostrophes, hyphens and decimal points inside it.
# Chinese and Japanese write no spaces, so there each ideograph or kana counts as a word.
_WORD = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}]"
    r"|(?![\p{Han}\p{Hiragana}\p{Katakana}])[\p{L}\p{N}_](?:(?![\p{Han}\p{Hiragana}\p{Katakana}])[\p{L}\p{M}\p{N}_])*"
    r"(?:(?:['’ʼ\-‐‑]|(?<=\p{N})[.,](?=\p{N}))(?:(?![\p{Han}\p{Hiragana}\p{Katakana}])[\p{L}\p{M}\p{N}_])+)*"
)
_GRAPHEME = regex.compile(r"\X")
_FLAGS = regex.compile(r"\p{Regional_Indicator}{5,}+")
_PARAGRAPH_BREAK = regex.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
# End marks, the quotes and brackets that close behind them, then a space or the end of the line;
# the full-width marks of Chinese and Japanese need no space.
_SENTENCE_END = regex.compile(
    r"(?<![.!?…؟۔।॥])[.!?…؟۔।॥]++[\"'”’»)\]*_]*+(?=\s|$)|(?<![。！？｡])[。！？｡]++[」』”’）】]*+"
)
_ABBREVIATION = regex.compile(
    r"(?:^|[\s(\"'“‘])(?:Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|Gen|Sen|Rep|Lt|Col|Capt|Sgt|Rev|Hon|Mt|vs|etc|Fig|fig|Eq|cf"
    r"|al|approx|dept|est|Inc|Ltd|Co|Corp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
    r"|e\.g|i\.e|a\.m|p\.m|U\.S|U\.K|Ph\.D|(?!I)\p{Lu})\.$"
)
_NEXT = regex.compile(r"\s*+(\S)")
_LIST_NUMBER = regex.compile(r"\s*\(?(?:\d{1,3}|[A-Za-z])[.)]$")


def is_blank(text: str) -> bool:
    """Return whether `text` holds nothing but whitespace, control and invisible format characters."""
    return _INVISIBLE.fullmatch(text) is not None


def words(text: str) -> tuple[str, ...]:
    """Return the words of `text`, in order.

    "don't", "well-known" and "3.14" are one word each; an ideograph or kana is a word of its own;
    punctuation and emoji are none.
    """
    return tuple(_WORD.findall(text))


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the blocks between blank lines, in order, without outer whitespace."""
    blocks = (block.strip() for block in _PARAGRAPH_BREAK.split(_newlines(text)))
    return tuple(block for block in blocks if not is_blank(block))


def lines(text: str) -> tuple[str, ...]:
    """Return the lines that are not blank, in order, without trailing whitespace."""
    return tuple(line.rstrip() for line in _newlines(text).split("\n") if not is_blank(line))


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of `text`, in order, without outer whitespace.

    A sentence ends at an end mark before a space, at a full-width mark, and at the end of a line.
    A dot before a small letter, and that of an abbreviation, an initial or a list number, ends none.
    A line without a letter or digit (a rule, a fence) is no sentence.
    """
    return tuple(sentence for line in lines(text) for sentence in _line_sentences(line))


def characters(text: str) -> int:
    """Return the number of grapheme clusters in `text`, outer whitespace left out."""
    body = text.strip()
    if body.isascii() and "\r" not in body:
        return len(body)
    short = without_inner_flags(body)
    return (len(body) - len(short)) // 2 + len(_GRAPHEME.findall(short))


def without_inner_flags(text: str) -> str:
    r"""Return `text` with only the first and the last flag of each run of flags.

    A flag is two regional indicators, and `\X` counts a run of them from its start for each one anew.
    """
    return _FLAGS.sub(lambda run: run[0][:2] + run[0][len(run[0]) % 2 - 2 :], text)


def _line_sentences(line: str) -> list[str]:
    found, start = [], 0
    for end in _SENTENCE_END.finditer(line):
        if _ends_sentence(line, start, end):
            found.append(line[start : end.end()].strip())
            start = end.end()
    found.append(line[start:].strip())
    return [sentence for sentence in found if _WORD.search(sentence)]


def _ends_sentence(line: str, start: int, end: regex.Match[str]) -> bool:
    if end[0] != ".":
        return True
    following = _NEXT.match(line, end.end())
    if following is None:
        return True
    if following[1].islower():
        return False
    # Bounded look-back: the longest abbreviation, and the longest list number, are short.
    head = line[max(start, end.start() - 12) : end.end()]
    if len(head) == end.end() - start and _LIST_NUMBER.match(head):
        return False
    return _ABBREVIATION.search(head) is None


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
