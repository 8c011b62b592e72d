"""A tokenizer's control tokens, and text without them: what is ordinary stays as it was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import regex

from verif_sdk.control_tokens import is_markup
from verif_sdk.errors import InvalidSpec

_BLANK = regex.compile(r"[\s▁]*")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_ROUNDS = 8


def control_tokens(tokenizer: Any) -> dict[int, str]:
    """Return the ids of the tokens that no text may become, each with its text.

    They are the special tokens, and those that were added to the vocabulary for other things than writing. Blanks,
    words and HTML's tags, which several vocabularies hold as added tokens, are writing.
    """
    return {
        number: token.content
        for number, token in tokenizer.added_tokens_decoder.items()
        if token.special or not _writing(token.content)
    }


def without(control: Mapping[int, str], tokenizer: Any, text: str) -> list[int]:
    """Return the token ids of `text`, with a blank in each place where it would become a control token.

    Raises:
        InvalidSpec: blanks do not help.
    """
    for _ in range(_ROUNDS):
        ids: list[int] = tokenizer.encode(text, add_special_tokens=False)
        found = {control[number] for number in ids if number in control}
        if not found:
            return ids
        text = _broken(tokenizer, control, text, found)
    raise InvalidSpec(f"the text holds {', '.join(sorted(found))}, which this judge's tokenizer takes for its own")


def _broken(tokenizer: Any, control: Mapping[int, str], text: str, found: set[str]) -> str:
    if not tokenizer.is_fast:
        for token in found:
            text = text.replace(token, f"{token[0]} {token[1:]}")
        return text
    # By place and not by spelling: a tokenizer that normalises finds its tokens in other spellings too.
    read = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    pieces, done = [], 0
    for number, (start, end) in zip(read["input_ids"], read["offset_mapping"], strict=True):
        if number in control:
            place = start + len(text[start:end]) - len(text[start:end].lstrip()) + 1
            pieces.append(text[done:place])
            done = place
    return " ".join([*pieces, text[done:]])


def _writing(token: str) -> bool:
    return bool(_BLANK.fullmatch(token) or _WORD.fullmatch(token)) or is_markup(token)
