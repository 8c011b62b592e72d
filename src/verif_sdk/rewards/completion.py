"""The completion in a decoded query, which begins with the prompt and holds the template's tokens."""

from __future__ import annotations

import re

_OPENING = re.compile(r"(?:<s>|<\|begin_of_text\|>|<bos>|<｜begin▁of▁sentence｜>|\s)+")
_CLOSING = re.compile(
    r"(?:\s*(?:<\|im_end\|>|<\|eot_id\|>|<\|end_of_text\|>|<\|endoftext\|>|<\|end\|>|<\|return\|>|</s>|<eos>"
    r"|<end_of_turn>|<｜end▁of▁sentence｜>|<pad>|<\|pad\|>))+\s*\Z"
)
_LEAST = 16  # characters that must match before a prompt counts as truncated on the left


def completion_of(query: str, prompt: str) -> str | None:
    """Return what follows the prompt in a query, without the tokens that end a turn.

    Args:
        query: the decoded tokens of prompt and completion. The prompt may be truncated on the left, have an
            extra token before it, or differ in white space.
        prompt: the text that was tokenized.

    Returns:
        The completion, or None if the query begins neither with the prompt nor with a suffix of it.
    """
    end = _end(query, prompt)
    return None if end is None else _CLOSING.sub("", query[end:])


def _end(query: str, prompt: str) -> int | None:
    """Return where the prompt ends in the query."""
    if query.startswith(prompt):
        return len(prompt)
    opening = _OPENING.match(query)
    for start in {0, opening.end() if opening else 0}:
        if (after := _after(query, start, prompt)) is not None:
            return after
    # Truncated on the left: match the longest suffix of the prompt.
    beginning = query[:_LEAST]
    place = prompt.find(beginning) if len(beginning) == _LEAST else -1
    while place >= 0:
        if query.startswith(prompt[place:]):
            return len(prompt) - place
        place = prompt.find(beginning, place + 1)
    return None


def _after(query: str, start: int, prompt: str) -> int | None:
    """Return where the prompt ends in a query that may have other white space, and begins at `start`."""
    opening = _OPENING.match(prompt) if start else None
    for word in prompt[opening.end() if opening else 0 :].split():
        while start < len(query) and query[start].isspace():
            start += 1
        if not query.startswith(word, start):
            return None
        start += len(word)
    # The white space that ends the prompt belongs to it.
    ending = len(prompt) - len(prompt.rstrip())
    while ending and start < len(query) and query[start].isspace():
        start, ending = start + 1, ending - 1
    return start
