"""One run of one program, in a process that exists for this run alone."""

from __future__ import annotations

import builtins
import io
import json
import random
import sys
from typing import Any

from verif_sdk.sandbox import protocol

_NAMES = (
    "abc array base64 bisect calendar cmath collections contextlib copy dataclasses datetime decimal difflib "
    "enum fractions functools hashlib heapq html itertools json keyword langdetect locale math nltk numbers "
    "operator random re regex statistics string sys textwrap time types typing unicodedata urllib xml csv io "
    "__future__"
)
ALLOWED = frozenset(_NAMES.split())
"""What a program may import. A courtesy that names the mistake: what protects is the sandbox."""

ASKING = frozenset({"llm_call", "local_server"})
"""The modules through which VerInstruct's programs ask a model; here they hold functions that only say so."""

NAME = "check_following"
FILE = "program.py"
MAX_NAME, MAX_WORDS = 60, 200  # characters of an error's type and message
# The usual outcomes are bytes made before the fork: to make them after it would touch the encoder's pages.
_SAID = {passed: json.dumps({"passed": passed}).encode("ascii") for passed in (True, False)}


def said(job: int) -> bytes:
    """Return the outcome, as JSON, of the program that comes through the channel `job`."""
    try:
        result = outcome(*protocol.unpacked(job))
        return _SAID[result["passed"]] if "passed" in result else json.dumps(result).encode("ascii")
    except MemoryError:
        return b'{"raised": "MemoryError: the response is larger than the memory of a run"}'


def outcome(source: str, instruction: str, response: str) -> dict[str, Any]:
    """Return {"passed": bool}, or what came instead: {"raised": error}, {"returned": type}, {"defined": False}.

    A program that asked a model comes to {"asked": function}, whatever it made of the refusal. The source runs in
    one namespace, as a module does: helpers, constants, recursion and aliases work.
    """
    result = _result(source, instruction, response)
    return {"asked": _Asking.called} if _Asking.called else result


def _result(source: str, instruction: str, response: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": "program", "__builtins__": _GUARDED}
    try:
        exec(compile(source, FILE, "exec", dont_inherit=True), namespace)  # noqa: S102  # the purpose of the sandbox
        check = namespace.get(NAME)
        if not callable(check):
            return {"defined": False}
        result = check(instruction, response)
    except BaseException as error:  # noqa: BLE001  # SystemExit and KeyboardInterrupt are the program's too
        return {"raised": _described(error)}
    if type(result) is not bool:
        return {"returned": type(result).__name__[:MAX_NAME]}
    return {"passed": result}


class _Asking:
    """A module that asks a model, or a function of it: it may be imported, and raises when called."""

    called = ""
    """The function that was called first; a run is a process of its own."""
    __all__ = ("llm_extract", "llm_judge", "llm_score")

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> _Asking:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Asking(name)

    def __call__(self, *_: object, **__: object) -> None:
        _Asking.called = _Asking.called or self._name[:MAX_NAME]
        raise RuntimeError(f"{self._name} asks a model")


def _import(
    name: str, globals: Any = None, locals: Any = None, fromlist: tuple[str, ...] = (), level: int = 0
) -> Any:
    if name.partition(".")[0] in ASKING:
        return _Asking(name)
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
        if trace.tb_frame.f_code.co_filename == FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    try:
        message = str(error)
    except BaseException:  # noqa: BLE001  # __str__ is the program's
        message = "with an unprintable message"
    where = f" (line {line})" if line else ""
    return f"{type(error).__name__[:MAX_NAME]}: {message[:MAX_WORDS]}{where}"


class _Nowhere(io.RawIOBase):
    """Takes what is printed: a program has no descriptor to print to, not even that of /dev/null."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return len(data)


def prepare() -> None:
    """Do, once per worker, what every run needs: let prints go nowhere, and random draws repeat."""
    random.seed(0)
    if "langdetect" in sys.modules:
        sys.modules["langdetect"].DetectorFactory.seed = 0  # else short texts change their language between runs
    nowhere = io.TextIOWrapper(io.BufferedWriter(_Nowhere()), "utf-8", "replace")
    sys.stdout = sys.__stdout__ = sys.stderr = sys.__stderr__ = nowhere  # type: ignore[misc]
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.BytesIO())  # type: ignore[misc]
