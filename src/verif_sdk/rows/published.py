"""A checker's program as VerIF's published code runs it, quirks included, for runs that reproduce its rewards.

Source: `code_executer.py` of VerIF's repository (arXiv 2506.09942). That code
- runs a program in two namespaces, so that its functions see neither helpers nor constants nor aliases of imports,
  only what it imports, under the original names;
- calls the function with the word "instruction" in the place of the instruction;
- takes every true value for a pass.

What it makes a silent 0, a program that raises, is undecided here and counted.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from verif_sdk.rows.checkers import parsed

_RUNNER = """\
def check_following(instruction, response):
    imported = {{}}
    for statement in {imports!r}:
        exec(statement, imported)
    defined = {{"response": response}}
    exec({source!r}, imported, defined)
    return bool(defined["check_following"]("instruction", response))
"""


def as_published(source: str) -> str:
    """Return a program that runs `source` as the published code does; `source` itself where it is not Python."""
    tree = parsed(source)
    return source if tree is None else _RUNNER.format(imports=list(_imports(tree)), source=source)


def _imports(tree: ast.Module) -> Iterator[str]:
    """Yield every import, wherever it stands, under its original name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (f"import {alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"from {node.module} import {alias.name}" for alias in node.names)
