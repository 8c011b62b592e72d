"""How a text falls into words, sentences, paragraphs and lines: rules only, no data, no chance.

The functions take text as a reader sees it (see `verif_sdk.shown`), those for words also in one spelling (see
`verif_sdk.folding.plain`). The page "Words, sentences, paragraphs" of the docs lists the hard cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

import regex

from verif_sdk import sentences as rules
from verif_sdk.blocks import outline

# Fillers and blank Braille count as letters or symbols, and show nothing.
_INVISIBLE = regex.compile(r"[\s\p{Cf}\p{Cc}\p{Variation_Selector}\u115F\u1160\u2800\u3164\uFFA0]*")
_CJK = r"\p{Han}\p{Hiragana}\p{Katakana}ー"
_ALNUM = rf"[[\p{{L}}\p{{N}}]--[{_CJK}]]"
_RUN = rf"[[\p{{L}}\p{{M}}\p{{N}}]--[{_CJK}]]*+"
_URL = r"[A-Za-z0-9\-._~:/?\#@!$&'()*+,;=%]*(?<![-.,;:!?'()*_])"
_ENDINGS = (
    "com|org|net|edu|gov|mil|info|io|ai|dev|app|co|uk|us|de|fr|es|it|nl|pl|eu|ch|at|ru|cn|jp|br|ca|au|tv|me"
    "|js|ts|py|rb|rs|cpp|java|txt|md|pdf|docx?|xlsx?|csv|json|xml|ya?ml|toml|html?|css|php|exe|zip|gz|png|jpe?g|gif"
    "|svg|mp[34]"
)
_ALONE = r"(?<=(?<![\p{L}\p{M}\p{N}_])\p{L})"  # after a letter that stands alone, such as the U of "U.S."
_WORD = regex.compile(
    rf"""
    [{_CJK}]
  | (?i:(?:https?|ftp)://|www\.){_URL}
  | {_ALNUM}{_RUN}
    (?: (?=['’‘ʼ´`\-‐‑_@&.,:/–×°+])
      (?: (?:['’‘ʼ´`\-‐‑@&]|_++)(?={_ALNUM})
        | (?<=\p{{N}})(?:[.,:/–×](?=\p{{N}})|°(?=[CFK](?![\p{{L}}\p{{N}}])))
        | {_ALONE}[./](?=\p{{L}})
        | [.+](?=[\p{{L}}\p{{N}}._+\-]{{1,64}}+@[\p{{L}}\p{{N}}])
        | /(?=\p{{L}}(?![\p{{L}}\p{{M}}\p{{N}}_]))
        | \.(?=(?:[\p{{L}}\p{{N}}\-]{{1,63}}+\.){{0,4}}(?i:{_ENDINGS})(?![\p{{L}}\p{{N}}_]))
        | (?<=(?<![\p{{L}}\p{{M}}\p{{N}}])\p{{L}}{{2}})\.(?=\p{{Lu}}(?![\p{{L}}\p{{N}}]))
      )
      {_RUN}
    )*+
    (?: (?<=\.[A-Za-z]{{2,4}})/{_URL} | {_ALONE}(?:\+\+|\#)(?![\p{{L}}\p{{N}}\#]) )?
    """,
    regex.VERBOSE | regex.V1,
)
_LONGEST_KEPT = 64
# The number of a list item is not a word.
_LABEL = re.compile(r"\n[ \t>]*[*_]*\(?\d{1,3}[.)](?=[ \t*_]+\S)")
_SAYING = regex.compile(r"[\p{L}\p{N}\p{So}]")
_UNSPACED = regex.compile(r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]++")
_GAPS = regex.compile(r"(?<=[\p{Thai}\p{Lao}])[^\S\n]++(?=[\p{Thai}\p{Lao}])")
_GRAPHEME = regex.compile(r"\X")
_FLAGS = regex.compile(r"\p{Regional_Indicator}{5,}+")
_SPACES = re.compile(r"[^\S\n]{2,}")
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")


def is_blank(text: str) -> bool:
    """Return whether `text` holds nothing but whitespace, control and invisible format characters."""
    return not "!" <= text[:1] <= "~" and _INVISIBLE.fullmatch(text) is not None


def says_something(text: str) -> bool:
    """Return whether `text` has a letter, a digit or a symbol such as an emoji: dots and rules say nothing."""
    return _SAYING.search(text) is not None


def words(text: str) -> tuple[str, ...]:
    """Return the words of `text`, in order.

    "don't", "well-known", "3.14", "5:30", "U.S.A", "AT&T", an e-mail address and a URL are one word each; an
    ideograph or kana is a word of its own; the number of a list item, punctuation and emoji are not words.
    """
    if "1" in text or "2" in text or ")" in text:
        text = _LABEL.sub("\n", f"\n{text}")
    return tuple(
        chain.from_iterable([(c,) if c.isascii() and c.isalpha() else _words_of(c) for c in text.split()])
    )


def word_spans(text: str, offset: int = 0) -> tuple[list[int], list[int]]:
    """Return where the words of `text` begin and where they end, list numbers among them; `offset` is added."""
    places = [found.span() for found in _WORD.finditer(text)]
    return [offset + start for start, _ in places], [offset + end for _, end in places]


def unspaced(text: str) -> tuple[int, int]:
    """Return how many more words than `words` finds there are, at least and at most.

    Thai, Lao, Khmer and Burmese write no spaces between words. A run of n letters is taken for a tenth to two
    thirds of n words.
    """
    if text.isascii():
        return 0, 0
    runs = [len(_GRAPHEME.findall(run)) for run in _UNSPACED.findall(text)]
    return sum(max(0, n // 10 - 1) for n in runs), sum(max(0, 2 * n // 3 - 1) for n in runs)


def gaps(text: str) -> int:
    """Return how many spaces stand inside lines of Thai or Lao, where each may end a sentence or a clause."""
    return 0 if text.isascii() else len(_GAPS.findall(text))


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of `text`, in order, without outer whitespace.

    A paragraph is a block of prose, or a list, between blank lines. Headings, rules, code blocks and tables are
    none, unless the text consists of them.
    """
    blocks = outline(_newlines(text))
    found = tuple(block.text for block in blocks if block.prose and says_something(block.text))
    return found or tuple(block.text for block in blocks if not is_blank(block.text))


def lines(text: str) -> tuple[str, ...]:
    """Return the lines that are not blank, in order, without trailing whitespace."""
    return tuple(line.rstrip() for line in _newlines(text).split("\n") if line and not is_blank(line))


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of the paragraphs of `text`, in order, without outer whitespace.

    A sentence ends at an end mark before a space, at a full-width mark, and at the end of a line that does not go
    on. The dot of an abbreviation, an initial or a list number ends none; "Stop!" in quotes before a small letter
    ends none.
    """
    return sentences_of(paragraphs(text))


def sentences_of(blocks: Iterable[str]) -> tuple[str, ...]:
    """Return the sentences of blocks of text, in order (see `sentences`)."""
    return tuple(chain.from_iterable(map(rules.split, blocks)))


def statements(text: str) -> tuple[str, ...]:
    """Return the sentences of all blocks, those of headings, tables and code too."""
    return sentences_of(blocks(text))


def blocks(text: str) -> tuple[str, ...]:
    """Return all blocks of `text`: its paragraphs, headings, code blocks and tables, in order."""
    return tuple(block.text for block in outline(_newlines(text)) if not is_blank(block.text))


def characters(text: str) -> int:
    """Return the number of grapheme clusters in `text`, outer whitespace left out.

    A run of spaces counts as one, a run of blank lines as one.
    """
    body = _SPACES.sub(" ", _BLANK_LINES.sub("\n\n", _newlines(text.strip())))
    if body.isascii():
        return len(body)
    short = without_inner_flags(body)
    return (len(body) - len(short)) // 2 + len(_GRAPHEME.findall(short))


def without_inner_flags(text: str) -> str:
    r"""Return `text` with only the first and the last flag of each run of flags.

    A flag is two regional indicators, and `\X` counts a run of them from its start for each one anew.
    """
    return _FLAGS.sub(lambda run: run[0][:2] + run[0][len(run[0]) % 2 - 2 :], text)


@lru_cache(maxsize=16384)
def _known_words(chunk: str) -> list[str]:
    return _WORD.findall(chunk)


def _words_of(chunk: str) -> list[str]:
    """Return the words of a text without white space; short ones come back again and again."""
    return _known_words(chunk) if len(chunk) <= _LONGEST_KEPT else _WORD.findall(chunk)


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
