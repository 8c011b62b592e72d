"""One checker of VerInstruct: a name, and perhaps the source of a program, to constraints.

Sources are parsed, never run: a row is a stranger's.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

RULE, JUDGED = "[rule]", "[llm]"
NO_PROGRAM = "# This checker came without a program.\n"

_MOST_SOURCE = 100_000  # characters; `code:python` takes no longer one
_FUNCTION = "check_following"
_ASKING = frozenset({"llm_score", "llm_judge"})
_LABEL = re.compile(r"\w+(?:_\w+)*")
_LABELLED = re.compile(r"\w+_\w+\s*:\s*")
_NUMBER = re.compile(r"(?:^|(?<=\s))(\d{1,2})[.)](?:\s+(?=\S)|(?=[^\s\d]))")


class Checker(NamedTuple):
    """One checker as a row has it."""

    name: str
    source: str | None

    @property
    def tag(self) -> str:
        """`[llm]`, which wins where a name has both, `[rule]`, or nothing."""
        return JUDGED if JUDGED in self.name else RULE if RULE in self.name else ""

    @property
    def words(self) -> str:
        """The name without its tags."""
        return self.name.replace(RULE, " ").replace(JUDGED, " ").strip()


class Reading(NamedTuple):
    """What a checker became: constraints as data, and the note that a run counts."""

    constraints: tuple[dict[str, Any], ...]
    note: str


def read(checker: Checker) -> Reading:
    """Return the constraints of a checker of any shape; one without a tag is known by its program."""
    tag = checker.tag
    called = f"{tag or 'untagged'} checker"
    wording = asked_of_a_model(checker.source or "")
    if tag == JUDGED:
        return _judged(checker, wording, called)
    if wording:
        return Reading(_criteria(wording), f"{called} whose program only asks a model: judged by its words")
    if tag == RULE or checker.source:
        lacks = "" if checker.source else " without a program: undecided"
        return Reading((program(checker, checker.source),), f"{called}{lacks or ': run as a program'}")
    return _judged(checker, wording, called)


def _judged(checker: Checker, wording: list[str], called: str) -> Reading:
    if not _LABEL.fullmatch(checker.words):
        return Reading(_criteria([checker.words]), f"{called}: judged by its name")
    if wording:
        return Reading(_criteria(wording), f"{called} with a label for a name: judged by its program's words")
    return Reading(_criteria([checker.words]), f"{called} with a label and no more words: judged by the label")


def program(checker: Checker, source: str | None) -> dict[str, Any]:
    """Return the `code:python` that runs `source` for a checker."""
    named = {"requirement": checker.words} if checker.words else {}
    return {"type": "code:python", "source": source or NO_PROGRAM, **named}


def _criteria(wording: list[str]) -> tuple[dict[str, Any], ...]:
    return tuple({"type": "soft:criterion", "criterion": words} for words in wording)


def asked_of_a_model(source: str) -> list[str]:
    """Return what a program asks of a model, where that is all it does; a numbered list item by item.

    That is one whose `check_following` only returns `llm_score(instruction, response, "...")`, or `llm_judge`.
    """
    statements = _statements(source)
    if len(statements) != 1 or not isinstance(statements[0], ast.Return):
        return []
    text = _literal(statements[0].value)
    return [_LABELLED.sub("", item, count=1).strip() for item in items(text)] if text.strip() else []


def parsed(source: str) -> ast.Module | None:
    """Return the syntax tree of a stranger's source, which is not run; None if it is too long or not Python."""
    try:
        return ast.parse(source) if len(source) <= _MOST_SOURCE else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _statements(source: str) -> list[ast.stmt]:
    """Return the statements of `check_following` but for its docstring and imports."""
    tree = parsed(source)
    body = [] if tree is None else tree.body
    functions = [node for node in body if isinstance(node, ast.FunctionDef) and node.name == _FUNCTION]
    body = functions[-1].body if functions else []
    return [node for node in body if not isinstance(node, (ast.Import, ast.ImportFrom)) and not _docstring(node)]


def _docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _literal(node: ast.expr | None) -> str:
    """Return the third argument of a call that asks a model, where it is a literal text."""
    if not isinstance(node, ast.Call) or _called(node.func) not in _ASKING:
        return ""
    third = node.args[2] if len(node.args) == 3 else node.keywords[-1].value if node.keywords else None
    return third.value if isinstance(third, ast.Constant) and isinstance(third.value, str) else ""


def _called(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def items(text: str) -> list[str]:
    """Return the items of a text that is one numbered list from 1, else the text alone."""
    starts = list(_counted(text))
    if len(starts) < 2 or text[: starts[0].start()].strip():
        return [text.strip()]
    ends = [start.start() for start in starts[1:]] + [len(text)]
    return [text[start.end() : end].strip() for start, end in zip(starts, ends, strict=True)]


def _counted(text: str) -> Iterator[re.Match[str]]:
    """Yield the numbers that count on from 1."""
    wanted = 1
    for found in _NUMBER.finditer(text):
        if int(found[1]) == wanted:
            yield found
            wanted += 1
