"""What a reader sees of a response: characters that show nothing, comments, and marks inside words left out."""

from __future__ import annotations

import re
from collections.abc import Callable

import regex

from verif_sdk.blocks import outside_code

# Fillers of Hangul and the blank of Braille count as letters or symbols, and look like spaces.
_BLANKS = ("\u3164", "\uffa0", "\u2800")
# A superset of what `_HIDDEN` finds, for the standard library's faster search.
_SUSPECT = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_CONTROLS = bytes((*range(9), *range(14, 28), 127))
"""What `_SUSPECT` finds of ASCII, which is looked for faster still."""
# Joiners, selectors and tags stay where they shape an emoji.
_HIDDEN = regex.compile(
    r"\U0001F3F4[\U000E0020-\U000E007F]++(*SKIP)(*FAIL)"
    r"|[[\p{Default_Ignorable_Code_Point}\p{Cc}\uFFF9-\uFFFB]--[\s\u200D\uFE0E\uFE0F]]++"
    r"|(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D"
    r"|(?<=[\p{L}--\p{Extended_Pictographic}])[\uFE0E\uFE0F]++",
    regex.V1,
)
_BOLD_INSIDE = re.compile(r"\*\*(?=[^\W\d_])(?<=[^\W\d_]\*\*)")
_MARKDOWN_COMMENT = re.compile(r"^ {0,3}\[(?://|comment)\]: *(?:#|<>)[^\n]*$", re.MULTILINE)
_TAG_INSIDE = re.compile(
    r"</?(?:b|i|u|s|em|strong|span|sub|sup|mark|small)\b[^<>\n]{0,200}>(?=[\w<])", re.IGNORECASE
)
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)


def shown(raw: str) -> str:
    """Return `raw` without what a reader does not see.

    Left out are characters of no width, soft hyphens, controls, and, outside code, comments of HTML and Markdown
    and the marks for bold and other inline formatting inside a word: "un**believ**able" is one word.
    """
    text = raw
    if text.isascii():
        if len(text.encode().translate(None, _CONTROLS)) < len(text):
            text = _HIDDEN.sub("", text)
    elif _SUSPECT.search(text):
        text = _HIDDEN.sub("", text)
    if not text.isascii():
        for blank in _BLANKS:
            text = text.replace(blank, " ")
    if "**" in text and _BOLD_INSIDE.search(text):
        text = outside_code(text, _rule(_BOLD_INSIDE, ""))
    if "]: " in text and _MARKDOWN_COMMENT.search(text):
        text = outside_code(text, _rule(_MARKDOWN_COMMENT, ""))
    if "<" in text:
        text = _without_html(text)
    return text


def _without_html(text: str) -> str:
    if "<!--" in text:
        text = outside_code(text, _without_comments)
    if _BREAK.search(text):
        text = outside_code(text, _rule(_BREAK, "\n"))
    return outside_code(text, _rule(_TAG_INSIDE, "")) if _TAG_INSIDE.search(text) else text


def _rule(pattern: re.Pattern[str], by: str) -> Callable[[str], str]:
    return lambda text: pattern.sub(by, text)


def _without_comments(text: str) -> str:
    pieces, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        quoted = text[start - 1 : start] == "`"  # inline code about a comment
        pieces.append(text[at : end + 3] if quoted else text[at:start])
        at = end + 3
    return "".join([*pieces, text[at:]])
