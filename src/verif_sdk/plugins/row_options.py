"""Options of a row format, written as those of a judge are: `verinstruct?untagged=ignore&exact=true`."""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from verif_sdk.errors import InvalidSpec, suggest
from verif_sdk.spec import options_in

if TYPE_CHECKING:
    from verif_sdk.case import RowFormat


def with_options(name: str, read: RowFormat, query: str) -> RowFormat:
    """Return the row format `read` with the options of a query; they are its keyword-only parameters.

    Raises:
        InvalidSpec: it has no such option, or the option has no such value.
    """
    parameters = inspect.signature(read).parameters.values()
    hints = get_type_hints(read)
    known = {one.name: hints.get(one.name, str) for one in parameters if one.kind is one.KEYWORD_ONLY}
    given = options_in(query)
    for option in given.keys() - known.keys():
        near = suggest(option, known) if known else "it has no options"
        raise InvalidSpec(f"rows {name!r}: unknown option {option!r}" + (f"; {near}" if near else ""))
    return partial(read, **{option: _value(name, option, known[option], text) for option, text in given.items()})


def _value(name: str, option: str, hint: Any, text: str) -> Any:
    try:
        return TypeAdapter(hint).validate_python(text)
    except ValidationError:
        raise InvalidSpec(f"rows {name!r}: option {option!r} is {_choices(hint)}, got {text!r}") from None


def _choices(hint: Any) -> str:
    literal = next((one for one in (hint, *get_args(hint)) if get_origin(one) is Literal), None)
    if literal is not None:
        return " or ".join(repr(value) for value in get_args(literal))
    return "true or false" if hint is bool else f"of type {getattr(hint, '__name__', hint)}"
