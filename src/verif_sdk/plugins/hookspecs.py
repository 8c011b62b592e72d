"""The five hooks of a plugin (entry-point group `verif_sdk`). They return; they never mutate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from verif_sdk.aggregate import Aggregator
    from verif_sdk.case import Case, RowFormat
    from verif_sdk.constraint import Constraint
    from verif_sdk.dialect import DialectFactory
    from verif_sdk.question import JudgeFactory

hookspec = pluggy.HookspecMarker("verif_sdk")
hookimpl = pluggy.HookimplMarker("verif_sdk")

MODES = ("strict", "loose")


@dataclass(frozen=True)
class Readings:
    """A row format that reads the same rows in two modes, strict and loose; calling it reads strictly."""

    strict: RowFormat
    loose: RowFormat

    def __call__(self, row: Mapping[str, object]) -> Case:
        return self.strict(row)


@dataclass(frozen=True)
class Family:
    """Constraint types that share the name before the colon, imported when one is first named or all are listed.

    For plugins with many types. A faulty class is reported then, not when the plugin is loaded.
    """

    name: str
    load: Callable[[], Iterable[type[Constraint]]]
    """Imports the classes and returns them."""


@hookspec
def verif_constraints() -> Iterable[type[Constraint] | Family]:
    """Return constraint classes, each registered under the default of its `type`, or families of classes."""
    raise NotImplementedError


@hookspec
def verif_judges() -> Mapping[str, JudgeFactory]:
    """Return judge factories by scheme: "vllm" serves the spec "vllm:Qwen/Qwen3-8B"."""
    raise NotImplementedError


@hookspec
def verif_aggregators() -> Mapping[str, Aggregator]:
    """Return aggregators by name."""
    raise NotImplementedError


@hookspec
def verif_rows() -> Mapping[str, RowFormat | Readings]:
    """Return row formats by name; `Readings` if the rows can also be read loosely (`--mode loose`)."""
    raise NotImplementedError


@hookspec
def verif_dialects() -> Mapping[str, DialectFactory]:
    """Return dialects by name: how to ask published verifier models, and how to read their replies."""
    raise NotImplementedError
