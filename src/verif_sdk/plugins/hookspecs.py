"""The four hooks of a plugin (entry-point group `verif_sdk`). They return; they never mutate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

import pluggy

from verif_sdk.case import Case
from verif_sdk.constraint import Constraint
from verif_sdk.question import Judge
from verif_sdk.verdict import Verdict

hookspec = pluggy.HookspecMarker("verif_sdk")
hookimpl = pluggy.HookimplMarker("verif_sdk")

JudgeFactory: TypeAlias = Callable[..., Judge]
"""Called with what follows the scheme of a judge spec, and its options as keyword arguments."""

Aggregator: TypeAlias = Callable[[Sequence[Verdict]], float]
"""Decided verdicts to a reward in [0, 1]; decorated with `aggregate.monotone` where it is."""

RowFormat: TypeAlias = Callable[[Mapping[str, object]], Case]
"""One row of a data set, as read from JSON, to a case; raises InvalidSpec for a row it cannot read."""


@hookspec
def verif_constraints() -> Iterable[type[Constraint]]:
    """Return constraint classes; each registers under the default of its `type`."""
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
def verif_rows() -> Mapping[str, RowFormat]:
    """Return row formats by name."""
    raise NotImplementedError
