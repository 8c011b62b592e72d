"""The published words of a verifier, read out of a file of its repository that the user has."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from string import Formatter

from verif_sdk.dialect import Clean
from verif_sdk.errors import InvalidSpec

LARGEST = 1_000_000
"""Bytes that a file with a template may have."""


@dataclass(frozen=True)
class Source:
    """Where a template was published.

    Attributes:
        place: the repository on GitHub, as owner/name.
        path: of the Python file in it.
        variable: that the template is assigned to; `function.variable` inside a function.
        digest: the SHA-256 of the template, in hexadecimal, of several joined by NUL.
    """

    place: str
    path: str
    variable: str
    digest: str


@dataclass(frozen=True)
class Template:
    """A text with slots: its literal parts, each followed by the name of the slot behind it, but for the last."""

    text: str

    @cached_property
    def parts(self) -> tuple[tuple[str, str | None], ...]:
        """The literal texts with the slots behind them.

        Raises:
            InvalidSpec: the braces do not pair.
        """
        try:
            read = [(literal, slot) for literal, slot, *_ in Formatter().parse(self.text)]
        except ValueError as error:
            raise InvalidSpec(f"template: {error}") from None
        found: list[tuple[str, str | None]] = [("", None)]
        numbers = itertools.count()
        for literal, slot in read:
            # A brace that stands for itself ends a literal too.
            joined = f"{found.pop()[0]}{literal}" if found[-1][1] is None else literal
            found.append((joined, str(next(numbers)) if slot == "" else slot))
        return tuple(found)

    @cached_property
    def slots(self) -> frozenset[str]:
        """The names of the slots; those without a name are numbered from 0."""
        return frozenset(slot for _, slot in self.parts if slot is not None)

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """The lines next to a slot that open with a sign, such as `[Answer]`: no inserted text may hold them."""
        lines: list[str] = []
        for place, (literal, slot) in enumerate(self.parts):
            whole = [line.strip().rstrip(":").strip() for line in literal.splitlines() if line.strip()]
            if whole and place:
                lines.append(whole[0])
            if whole and slot is not None:
                lines.append(whole[-1])
        return tuple(dict.fromkeys(line for line in lines if len(line) > 2 and not line[0].isalnum()))

    def filled(self, values: Mapping[str, str], clean: Clean) -> str:
        """Return the text with each slot's value in its place; values are never read again."""
        safe = {slot: clean(_broken(value, self.marks)) for slot, value in values.items()}
        return "".join(f"{literal}{'' if slot is None else safe[slot]}" for literal, slot in self.parts)


def templates(path: str, source: Source) -> tuple[Template, ...]:
    """Return the templates in a file: what a Python file assigns to the source's variable, or a text as a whole.

    The file is parsed and never run.

    Raises:
        InvalidSpec: it cannot be read, or holds no such variable.
    """
    try:
        with Path(path).open("rb") as file:
            text = file.read(LARGEST + 1).decode("utf-8")
    except (OSError, ValueError) as error:
        raise InvalidSpec(f"template: {path} cannot be read: {error}") from None
    if len(text) > LARGEST:
        raise InvalidSpec(f"template: {path} has more than {LARGEST:,} characters")
    if Path(path).suffix != ".py":
        return (Template(text),)
    try:
        found = list(_assigned(ast.parse(text), source.variable.split(".")))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise InvalidSpec(f"template: {path} is not a Python file: {error}") from None
    if not found:
        raise InvalidSpec(
            f"template: {path} assigns no text to {source.variable}; "
            f"take {source.path} of github.com/{source.place}"
        )
    return tuple(Template(text) for text in found[-1])


def digest(found: Sequence[Template]) -> str:
    """Return the SHA-256 of templates, in hexadecimal."""
    return sha256("\0".join(one.text for one in found).encode("utf-8", "surrogatepass")).hexdigest()


def _assigned(tree: ast.AST, names: Sequence[str]) -> Iterator[list[str]]:
    """Yield the texts of each assignment to a variable, or to one inside a function, in order."""
    scope, *rest = names
    for node in ast.iter_child_nodes(tree):
        if rest and isinstance(node, ast.FunctionDef) and node.name == scope:
            yield from _assigned(node, rest)
        elif not rest and isinstance(node, ast.Assign) and scope in map(ast.unparse, node.targets):
            listed = node.value.elts if isinstance(node.value, ast.List) else [node.value]
            texts = [text for one in listed if (text := _text(one)) is not None]
            if texts and len(texts) == len(listed):
                yield texts


def _text(node: ast.expr) -> str | None:
    """Return a string, or an f-string of plain names as a format string; None for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    pieces = []
    for value in node.values:
        if isinstance(value, ast.Constant):
            pieces.append(str(value.value).replace("{", "{{").replace("}", "}}"))
        elif isinstance(value, ast.FormattedValue) and isinstance(value.value, ast.Name):
            pieces.append(f"{{{value.value.id}}}")
        else:
            return None
    return "".join(pieces)


def _broken(value: str, marks: Sequence[str]) -> str:
    """Return a text with a blank behind the first character of each mark in it."""
    for mark in marks:
        value = re.sub(re.escape(mark), lambda found: f"{found[0][0]} {found[0][1:]}", value, flags=re.IGNORECASE)
    return value
