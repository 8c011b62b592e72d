"""The columns of a data set's rows to cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event
from typing import Any

from verif_sdk.case import Case
from verif_sdk.errors import InvalidSpec, suggest
from verif_sdk.files.lines import from_row
from verif_sdk.files.scoring import in_mode
from verif_sdk.rewards.config import RewardConfig
from verif_sdk.rewards.rollout import Rollout


def cases_of(rollouts: Sequence[Rollout], config: RewardConfig, given_up: Event) -> list[Case | str]:
    """Return the case of each rollout, or the cause in words where its row cannot be read.

    Args:
        rollouts: each with its row.
        config: says how the rows are read.
        given_up: once it is set, the rollouts that are left are left alone.
    """
    read = None if config.rows is None else in_mode(config.rows, "strict")
    return [_case(rollout, config, read) for rollout in rollouts if not given_up.is_set()]


def look_for_column(rollouts: Sequence[Rollout], name: str) -> None:
    """Raise InvalidSpec unless one of the rows has the column of the constraints."""
    if rollouts and not any(name in rollout.columns for rollout in rollouts):
        known = sorted({column for rollout in rollouts for column in rollout.columns})
        raise InvalidSpec(f"no row has the column {name!r}; {suggest(name, known)}")


def _case(rollout: Rollout, config: RewardConfig, read: Callable[[Any], Case] | None) -> Case | str:
    columns, name = rollout.columns, config.constraints
    try:
        if read is not None:
            return from_row({"prompt": rollout.prompt, **columns, "response": rollout.completion}, read)
        if columns.get(name) is None:
            raise InvalidSpec(f"the column {name!r} is missing or empty; the data set has {sorted(columns)}")
        reference = columns.get("reference")
        return Case.of(
            prompt=rollout.prompt,
            response=rollout.completion,
            constraints=columns[name],
            reference=reference if isinstance(reference, str) else None,
        )
    except InvalidSpec as error:
        return f"bad row: {error}"
