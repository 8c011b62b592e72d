"""Whether our sentences and tokens are still NLTK's; where they are not, NLTK itself is asked.

Punkt's rules and the tokenizer's patterns are NLTK's private ground, which another release may change. So before
its first text, a process looks at two short ones. What NLTK finds in them is known for the releases that we test
with. Where we find something else, or another release is installed, NLTK is loaded and asked.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version

TESTED = frozenset({"3.10.3", "3.10.4"})
"""The releases of NLTK that the answers below come from."""
TOKENS = {
    "Dr. J. Bach left the U.S. in 1993.": "Dr. J. Bach left the U.S. in 1993 .",
    'He (see [1]) said: "I can\'t!"': "He ( see [ 1 ] ) said : `` I ca n't ! ''",
    "Then what?": "Then what ?",
    "It costs $3.50, i.e.": "It costs $ 3.50 , i.e .",
    "little; Ph.D. students pay 5% etc.": "little ; Ph.D. students pay 5 % etc .",
    "No.": "No .",
    "7 isn't a well-known, big one.": "7 is n't a well-known , big one .",
    "OK?": "OK ?",
    "It was 5 p.m.": "It was 5 p.m .",
    "Such dogs sleep.": "Such dogs sleep .",
}
"""The sentences of two texts, with their tokens."""

Found = Callable[[str], Sequence[str]]


def sentences_agree(ours: Found, nltks: Found) -> bool:
    """Return whether we find NLTK's sentences in a few texts."""
    first, second = [*TOKENS][:3], [*TOKENS][3:]
    return _agree("sentences", {" ".join(first): first, " ".join(second): second}, ours, nltks)


def tokens_agree(ours: Found, nltks: Found) -> bool:
    """Return whether we find NLTK's tokens in a few sentences."""
    return _agree("tokens", {sentence: tokens.split() for sentence, tokens in TOKENS.items()}, ours, nltks)


def _agree(units: str, answers: Mapping[str, Sequence[str]], ours: Found, nltks: Found) -> bool:
    own = {text: [*ours(text)] for text in answers}
    if own == answers and version("nltk") in TESTED:
        return True
    if own == {text: [*nltks(text)] for text in answers}:
        return True
    warnings.warn(
        f"verif-ifeval's own search for {units} does not find what NLTK {version('nltk')} does; NLTK itself "
        "searches in this process, which takes longer",
        RuntimeWarning,
        stacklevel=2,
    )
    return False
