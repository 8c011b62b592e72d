"""`Case`: one response, the prompt it answers, and its constraints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from threading import Event
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, ConfigDict, Field

from verif_sdk import limits
from verif_sdk.any_constraint import AnyConstraint
from verif_sdk.constraint import Constraint
from verif_sdk.errors import InvalidSpec
from verif_sdk.problems import shown
from verif_sdk.spec import from_json
from verif_sdk.text import Text
from verif_sdk.value import Value

Message = Mapping[str, Any]
"""A chat message as the trainers hand it over: `role`, and `content` as text, parts or None."""

Spec: TypeAlias = Constraint | Mapping[str, Any]
"""A constraint as a typed object, or as a dict with its `type` and parameters."""

Specs: TypeAlias = Spec | Sequence[Spec] | str
"""The constraints of a case: one, several, or JSON text."""

THINK = ("<think>", "</think>")
"""The default tags around reasoning."""


def _as_list(value: Any) -> Any:
    read = from_json(value) if isinstance(value, str) else value
    listed = [read] if isinstance(read, (Constraint, Mapping)) else read
    limits.check(listed)
    return listed


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Case(Value):
    """What is verified: a response to a prompt, under constraints."""

    model_config = ConfigDict(defer_build=True)

    response: str | tuple[dict[str, Any], ...]
    """Text, or chat messages, whose last assistant message counts."""
    constraints: Annotated[tuple[AnyConstraint, ...], BeforeValidator(_as_list), Field(min_length=1)]
    """One or more: typed objects, dicts, or JSON text."""
    prompt: str | tuple[dict[str, Any], ...] | None = None
    """Text or chat messages."""
    reference: str | None = None
    id: Annotated[str | None, BeforeValidator(_as_text)] = None
    """Text; a whole number becomes text."""
    metadata: dict[str, Any] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """How the row format read parts of the row, one phrase each; the summary of a run counts equal phrases."""

    @classmethod
    def of(cls, /, **fields: Any) -> Case:
        """Return the case with these fields.

        Raises:
            InvalidSpec: a field is wrong; the message names it and says what was expected.
        """
        return cls.read(fields)

    def text(self, think: tuple[str, str] | None = THINK) -> Text:
        """Return the response to check, without its reasoning.

        Args:
            think: the tags around reasoning, or None to keep everything.
        """
        raw = self.response if isinstance(self.response, str) else last_reply(self.response)
        prompt = self.prompt if self.prompt is None or isinstance(self.prompt, str) else as_text(self.prompt)
        answer = raw if think is None else without_reasoning(raw, *think)
        return Text(answer, prompt=prompt, reference=self.reference)


RowFormat: TypeAlias = Callable[[Mapping[str, object]], Case]
"""Turns one row of a data set, as read from JSON, into a case; raises InvalidSpec for a row it cannot read."""


def case_of(
    response: str | Sequence[Message] | Case | Mapping[str, Any],
    constraints: Specs | None = None,
    *,
    prompt: str | Sequence[Message] | None = None,
    reference: str | None = None,
) -> Case:
    """Return the case of one response; `response` may itself be a complete case.

    Raises:
        InvalidSpec: a field cannot be read, or a complete case came together with constraints or a prompt.
    """
    fields = {"constraints": constraints, "prompt": prompt, "reference": reference}
    named = {name: value for name, value in fields.items() if value is not None}
    if not isinstance(response, (Case, Mapping)):
        return Case.of(response=response, **named)
    if named:
        raise InvalidSpec(f"a case has its own {', '.join(fields)}: put {' and '.join(named)} into it")
    return response if isinstance(response, Case) else Case.read(response)


def read_cases(cases: Iterable[Case | Mapping[str, Any]], given_up: Event | None = None) -> Iterator[Case]:
    """Yield the cases of a batch of objects or dicts of their fields.

    Args:
        cases: the cases.
        given_up: once it is set, the remaining cases are abandoned.

    Raises:
        InvalidSpec: a case cannot be read; the message names its index, counted from 0.
    """
    if isinstance(cases, (Case, Mapping, str)):
        raise InvalidSpec("a batch is a list of cases; put the one case into a list")
    for place, case in enumerate(cases):
        if given_up is not None and given_up.is_set():
            return
        if isinstance(case, Case):
            yield case
        elif isinstance(case, Mapping):
            yield Case.read(case, f"case {place}: ")
        else:
            raise InvalidSpec(f"case {place} should be a Case or a dict of its fields, got {shown(case)}")


def without_reasoning(response: str, opening: str, closing: str) -> str:
    """Return what follows the last `closing` tag; nothing if an `opening` tag stays unclosed.

    A chat template often writes the opening tag itself, so a closing tag alone counts too.
    """
    end = response.rfind(closing)
    if end >= 0:
        response = response[end + len(closing) :].lstrip("\n")
    return response if response.rfind(opening) < 0 else ""  # measured: about three times faster than `in`


def last_reply(messages: Sequence[Message]) -> str:
    """Return the content of the last assistant message, or nothing if there is no such message."""
    for message in reversed(messages):
        if message.get("role") == "assistant" and message.get("content"):
            return content(message)
    return ""


def as_text(messages: Sequence[Message]) -> str:
    """Return a conversation as plain text: a lone message unchanged, several each after its role."""
    if len(messages) == 1:
        return content(messages[0])
    return "\n\n".join(f"{message.get('role', '')}: {content(message)}" for message in messages)


def content(message: Message) -> str:
    """Return the text of one message; of a list of parts, the text parts joined."""
    value = message.get("content")
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return "".join(str(part.get("text") or "") for part in value if isinstance(part, Mapping))
    return ""
