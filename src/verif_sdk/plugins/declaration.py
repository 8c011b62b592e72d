"""What a constraint class must declare, looked at when it is registered and when it is tested."""

from __future__ import annotations

import inspect
from typing import Any, get_args

from verif_sdk.constraint import Constraint, Example, fields_of
from verif_sdk.errors import PluginError, suggest


def declared(cls: Any) -> str:
    """Return the type string of a constraint class whose declaration is complete.

    Raises:
        PluginError: something is missing or wrong; the message names the class and the way out.
    """
    if not (isinstance(cls, type) and issubclass(cls, Constraint)):
        raise PluginError(f"{cls!r:.80} is not a subclass of Check or Judged")
    name = cls.model_fields["type"].default
    if not isinstance(name, str) or get_args(cls.model_fields["type"].annotation) != (name,):
        raise PluginError(f'{cls.__name__} needs a field  type: Literal["family:name"] = "family:name"')
    for problem in (_undocumented(cls), _abstract(cls), _wordless(cls), _examples(cls)):
        if problem:
            raise PluginError(f"{cls.__name__} ({name}) {problem}")
    return name


def _undocumented(cls: type[Constraint]) -> str:
    return "" if cls.__dict__.get("__doc__") else "needs a docstring: it is the catalogue entry"


def _abstract(cls: type[Constraint]) -> str:
    missing = sorted(cls.__abstractmethods__) if inspect.isabstract(cls) else []
    return f"needs a method {' and '.join(missing)}" if missing else ""


def _wordless(cls: type[Constraint]) -> str:
    if cls.instruction is not Constraint.instruction:
        return ""
    if not cls.template:
        return "needs a template (or an instruction method)"
    for field in fields_of(cls.template):
        if field not in cls.model_fields:
            return (
                f"has {{{field}}} in its template, which is not a field of it; {suggest(field, cls.model_fields)}"
            )
    return ""


def _examples(cls: type[Constraint]) -> str:
    examples: Any = cls.examples
    if not isinstance(examples, (tuple, list)) or not all(isinstance(one, Example) for one in examples):
        return "needs `examples` to be a tuple of Example(...)"
    if any(isinstance(responses, str) for one in examples for responses in (one.accepts, one.rejects)):
        return 'has an example whose responses are one string; write ("response",), with the comma'
    return ""
