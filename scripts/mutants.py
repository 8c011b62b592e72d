"""The mutants of a source file: every small change that a careless edit could make to its code."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_PAIRS = (("any", "all"), ("min", "max"), ("startswith", "endswith"), ("lstrip", "rstrip"), ("lower", "upper"))
CALLED = dict(_PAIRS) | {second: first for first, second in _PAIRS}
PROSE = re.compile(r"\w[,;:]? \w")  # messages and instructions are words for people, not decisions


@dataclass(frozen=True)
class Mutant:
    """A file with one change.

    Args:
        path: the file, from the root of the repository.
        line: the first line of the change, from 1.
        before, after: the changed code.
        original, changed: the whole file, without and with it.
    """

    path: str
    line: int
    before: str
    after: str
    original: str
    changed: str

    def compiles(self) -> bool:
        """Return whether the change is still Python."""
        try:
            compile(self.changed, self.path, "exec")
        except SyntaxError:
            return False
        return True

    def diff(self) -> str:
        """Return the change as a unified diff."""
        before, after = (text.splitlines(keepends=True) for text in (self.original, self.changed))
        return "".join(difflib.unified_diff(before, after, self.path, f"{self.path}, mutated", n=2))


def places(path: str, source: str) -> list[list[Mutant]]:
    """Return the mutants of a file, those of the same place together."""
    return [[_changed(path, source, node, new) for new in news] for node, news in _changes(ast.parse(source))]


def _changed(path: str, source: str, node: ast.expr | ast.stmt, new: str) -> Mutant:
    lines = source.encode().splitlines(keepends=True)
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    head, tail = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
    before = ast.get_source_segment(source, node) or ""
    text = b"".join([*lines[:first], head, new.encode(), tail, *lines[last + 1 :]]).decode()
    return Mutant(path, node.lineno, before, new, source, text)


def _changes(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, list[str]]]:
    """Yield what can be changed below a node, with the code that may take its place."""
    if isinstance(node, (ast.expr, ast.stmt)) and (news := list(_instead(node))):
        yield node, [_code(new) for new in news]
    for test in _tests(node):
        yield test, [_code(ast.UnaryOp(ast.Not(), test))]
    for child in _decisions(node):
        yield from _changes(child)


def _tests(node: ast.AST) -> list[ast.expr]:
    """Return the conditions of a node that `_instead` does not already turn round."""
    match node:
        case ast.If(test=test) | ast.While(test=test):
            tests = [test]
        case ast.comprehension(ifs=tests):
            pass
        case _:
            tests = []
    return [test for test in tests if not isinstance(test, (ast.Compare, ast.UnaryOp))]


def _code(new: ast.AST) -> str:
    code = ast.unparse(new)
    compound = (ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.UnaryOp)
    return f"({code})" if isinstance(new, compound) else code


def _decisions(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the children of a node that decide something: no annotations, docstrings, messages or examples."""
    match node:
        case ast.JoinedStr() | ast.FormattedValue() | ast.ImportFrom():
            return
        case ast.If(test=ast.Name("TYPE_CHECKING")) | ast.Assign(targets=[ast.Name("examples" | "__all__")]):
            return
        case ast.Expr(value=ast.Constant()) | ast.arg() | ast.Call(func=ast.Name("TypeVar" | "lru_cache")):
            return  # nobody sees the size of a cache
        case ast.AnnAssign(annotation=annotation, value=value):
            yield from (call for call in ast.walk(annotation) if isinstance(call, ast.Call))  # Field(ge=0)
            yield from [value] if value else []
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from [*node.decorator_list, node.args, *node.body]
        case _:
            yield from ast.iter_child_nodes(node)


def _instead(node: ast.expr | ast.stmt) -> Iterator[ast.AST]:  # noqa: PLR0912  # a case per kind of change
    match node:
        case ast.Compare(left, [operator], [right]):
            for other in COMPARED[type(operator)]:
                yield ast.Compare(left, [other()], [right])
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield operand
        case ast.BinOp(left, operator, right) if type(operator) in COMPUTED:
            yield ast.BinOp(left, COMPUTED[type(operator)](), right)
        case ast.AugAssign(target, operator, value) if type(operator) in COMPUTED:
            yield ast.AugAssign(target, COMPUTED[type(operator)](), value)
        case ast.IfExp(test, body, otherwise):
            yield ast.IfExp(test, otherwise, body)
        case ast.Constant(value):
            yield from (ast.Constant(other) for other in _values(value))
        case ast.Call(ast.Name(name), arguments, keywords) if name in CALLED:
            yield ast.Call(ast.Name(CALLED[name]), arguments, keywords)
        case ast.Attribute(owner, name) if name in CALLED:
            yield ast.Attribute(owner, CALLED[name])
        case ast.Return(value) if value is not None and not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(ast.Call()):
            yield ast.Pass()
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()


def _values(value: object) -> list[bool | int | float | str]:
    """Return the constants to put in the place of one."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, (int, float)):
        return [value + 1, value - 1]
    if isinstance(value, str) and not PROSE.search(value):
        return [f"XX{value}XX"] if value else ["XX"]
    return []
