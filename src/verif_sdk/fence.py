"""Fences around untrusted text: what stands between them cannot write the fence that closes it."""

from __future__ import annotations

from hashlib import blake2b
from itertools import count

_BITS = 128


def mark(*texts: str) -> str:
    """Return the mark of the fences around some texts, in hexadecimal: a hash of them that none of them contains.

    A hash and not a random number: the same input gives the same prompt on every machine and in every run.
    """
    content = "\0".join(texts)
    marks = (_digest(content + "\0" * attempt) for attempt in count())
    return next(made for made in marks if made not in content)


def block(name: str, mark: str, content: str) -> str:
    """Return `content` between fences on lines of their own."""
    return f"<<<{name} {mark}>>>\n{content}\n<<<END {name} {mark}>>>\n\n"


def quoted(piece: str, response: str) -> str:
    """Return a piece of a response as a question may quote it: on one line, between fences of its own.

    Line breaks become `\\n`, so that no line of the question begins with words of the response.
    """
    made = mark(response, piece)
    line = "\\n".join(piece.splitlines())
    return f"<<<PART {made}>>> {line} <<<END PART {made}>>>"


def _digest(content: str) -> str:
    return blake2b(content.encode("utf-8", "surrogatepass"), digest_size=_BITS // 8).hexdigest()
