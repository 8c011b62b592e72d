"""One run of one program, in a process that exists for this run alone."""

from __future__ import annotations

import builtins
import random
import sys
from functools import lru_cache
from types import CodeType
from typing import Any

_NAMES = (
    "abc array base64 bisect calendar cmath collections contextlib copy dataclasses datetime decimal difflib "
    "enum fractions functools hashlib heapq html itertools json keyword langdetect locale math nltk numbers "
    "operator random re regex statistics string sys textwrap time types typing unicodedata urllib xml csv io "
    "__future__"
)
ALLOWED = frozenset(_NAMES.split())
"""What a program may import. A courtesy that names the mistake: what protects is the sandbox."""

NAME = "check_following"
MAX_WORDS = 300  # characters of an error


def outcome(source: str, instruction: str, response: str) -> dict[str, Any]:
    """Return {"passed": bool} or {"error": why there is no boolean}.

    The source runs in one namespace, as a module does: helpers, constants, recursion and aliases work.
    """
    namespace: dict[str, Any] = {"__name__": "program", "__builtins__": _GUARDED}
    try:
        exec(compiled(source), namespace)  # noqa: S102  # the purpose of the sandbox
        check = namespace.get(NAME)
        if not callable(check):
            return {"error": f"the program defines no function {NAME}(instruction, response)"}
        result = check(instruction, response)
    except BaseException as error:  # noqa: BLE001  # SystemExit and KeyboardInterrupt are the program's too
        return {"error": f"the program raised {_described(error)}"}
    if type(result) is not bool:
        return {"error": f"{NAME} returned {type(result).__name__[:80]}, True or False wanted"}
    return {"passed": result}


@lru_cache(maxsize=256)
def compiled(source: str) -> CodeType:
    """Return a program's code. Where the worker has compiled it before the fork, a run finds it here."""
    code: CodeType = compile(source, "program.py", "exec", dont_inherit=True)
    return code


def _import(
    name: str, globals: Any = None, locals: Any = None, fromlist: tuple[str, ...] = (), level: int = 0
) -> Any:
    if name.partition(".")[0] not in ALLOWED:
        raise ImportError(f"import of {name!r} is not allowed; allowed: {', '.join(sorted(ALLOWED))}")
    return builtins.__import__(name, globals, locals, fromlist, level)


# A namespace's own builtins reach its code alone: libraries import what they like. Made once, before
# the fork: every object that a child touches first costs it a page.
_GUARDED = {**vars(builtins), "__import__": _import}


def _described(error: BaseException) -> str:
    """Return type, message and line of an error whose own methods may be hostile."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "program.py":
            line = trace.tb_lineno
        trace = trace.tb_next
    try:
        message = str(error)
    except BaseException:  # noqa: BLE001  # __str__ is the program's
        message = "with an unprintable message"
    where = f" (line {line})" if line else ""
    return f"{type(error).__name__[:80]}: {message[:MAX_WORDS]}{where}".encode("utf-8", "replace").decode()


def prepare() -> None:
    """Do, once per worker, what every run needs: let prints go nowhere, and random draws repeat."""
    random.seed(0)
    sys.stdout = sys.stderr = open("/dev/null", "w", encoding="utf-8", errors="replace")  # noqa: SIM115  # till exit
