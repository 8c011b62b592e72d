"""Every error that verif_sdk raises.

VerifError
├── InvalidSpec            a constraint, case or judge spec that cannot be read (also a ValueError)
│   └── UnknownName        a name that no plugin provides (also a LookupError)
├── MissingJudge           soft constraints, but no judge
├── JudgeFailed            a judge that cannot start
├── MissingExtra           an optional package is not installed (also an ImportError)
├── PluginError            a plugin that cannot be used
├── Stopped                a run over a file stopped early, and can be resumed
├── UndecidedReward        a verdict is undecided and the caller asked for an error
└── Undecidable            raised inside a check: this response cannot be decided; becomes a verdict
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST = 64
"""How many characters of an unknown name to compare and show; untrusted names may be a megabyte long."""
FEW = 10
"""How many names a message may list; if there are more, it lists none."""


class VerifError(Exception):
    """The base of every error of this library."""


class InvalidSpec(VerifError, ValueError):
    """A constraint, case, row or judge spec that cannot be read; the message names the field."""


class UnknownName(InvalidSpec, LookupError):
    """A name that no installed plugin provides; the message gives the nearest ones."""

    @classmethod
    def of(cls, kind: str, name: str, *ways: str) -> UnknownName:
        """Return the error for a name; its one argument is the message, so that it can be pickled.

        Args:
            kind: what the name stands for, such as "aggregator".
            name: the unknown name.
            ways: ways out, in words, such as those from `suggest`; empty ones are dropped.
        """
        return cls("; ".join([f"unknown {kind} {name[:LONGEST]!r}", *filter(None, ways)]))


class MissingJudge(VerifError):
    """Something needs a judge, but neither a judge nor VERIF_JUDGE is set.

    Args:
        needing: what needs one, such as the type of a soft constraint.
        way: how the reader of the message can name one.
    """

    def __init__(self, needing: str, way: str = "pass judge=") -> None:
        super().__init__(needing, way)
        self.needing, self.way = needing, way

    def __str__(self) -> str:
        return (
            f"{self.needing} needs a judge: {self.way}, or set VERIF_JUDGE to a spec such as "
            "'vllm:Qwen/Qwen3-8B' or 'openai:MODEL?base_url=http://localhost:8000/v1'"
        )


class JudgeFailed(VerifError):
    """A judge cannot start; the message is the cause in a sentence."""


class MissingExtra(VerifError, ImportError):
    """An optional package is needed; the message says how to install it."""


class PluginError(VerifError):
    """A plugin that cannot be used; the message names its distribution."""


class Stopped(VerifError):
    """A run over a file stopped early: what was scored stays, and the same call resumes from there."""


class UndecidedReward(VerifError):
    """A verdict is undecided and the composer was told to raise (`undecided="raise"`)."""


class Undecidable(VerifError):
    """Raised by a check that cannot decide this response; it becomes an undecided verdict.

    The message is the cause in words, such as "the pattern took longer than 2 s".
    """


def noted(error: Exception, note: str) -> Exception:
    """Return `error` with a note that says where it arose; tracebacks and `in_words` show it."""
    if note not in getattr(error, "__notes__", ()):  # the same exception object may be raised repeatedly
        error.add_note(note)
    return error


def in_words(error: Exception) -> str:
    """Return an exception on one line: its type, its message and its notes."""
    notes = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
    return f"{type(error).__name__}: {str(error) or 'no message'!s:.500}{notes}"


def suggest(name: str, known: Iterable[str]) -> str:
    """Return "did you mean 'x'?" with the names nearest to `name`; without any, all names if they are few."""
    by_spelling = {one.casefold(): one for one in known}
    near = get_close_matches(name[:LONGEST].casefold(), by_spelling, n=3, cutoff=0.6)
    if near:
        return did_you_mean(by_spelling[one] for one in near)
    return f"known: {', '.join(sorted(by_spelling.values()))}" if 0 < len(by_spelling) <= FEW else ""


def did_you_mean(names: Iterable[str]) -> str:
    """Return a question that suggests `names`."""
    return f"did you mean {' or '.join(map(repr, names))}?"
