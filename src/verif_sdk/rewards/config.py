"""`RewardConfig`: what a reward function in a trainer is, as one file can say it."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from verif_sdk.errors import InvalidSpec
from verif_sdk.plugins.registry import Registry
from verif_sdk.problems import described
from verif_sdk.question import Judge
from verif_sdk.rewards.shaping import Step

VARIABLE = "VERIF_REWARD"
"""The environment variable that names the file of the ready-made reward functions."""


def _used(modules: tuple[str, ...]) -> tuple[str, ...]:
    Registry.use(*modules)
    return modules


class RewardConfig(BaseModel):
    """How rollouts become rewards, the same in every trainer. Frozen and picklable."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    plugins: Annotated[tuple[str, ...], AfterValidator(_used)] = ()
    """Modules whose plugins are used, by name, such as "my_constraints", or "__main__" for the script itself; in
    every process that this configuration comes to. First, because what follows may name what they provide."""
    judge: str | Judge | None = None
    """A judge's spec, such as "vllm:Qwen/Qwen3-8B" or "server:http://host:8500", or from Python a judge; else
    VERIF_JUDGE."""
    aggregate: str = "verif"
    """The name of an aggregator."""
    rows: str | None = None
    """The row format that reads constraints out of the data set's columns, such as "ifrlvr" or
    "verinstruct"; without one they are in the column `constraints`, as JSON text or as lists."""
    constraints: str = "constraints"
    """The name of that column."""
    undecided: Annotated[float, Field(allow_inf_nan=False)] | Literal["none", "raise"] | None = None
    """What the trainer gets for an undecided reward: a number, "none", or "raise". Without it, what the
    framework has for that: None in TRL, an error in verl; for OpenRLHF, which has nothing, a number must
    be named."""
    shaping: tuple[Step, ...] = ()
    """What a decided reward goes through, in this order."""
    timeout: Annotated[float, Field(gt=0)] | None = 300.0
    """Seconds that a call waits for the judge."""
    concurrency: Annotated[int, Field(ge=1)] = 64
    """Rollouts under way at a time in this process, where the trainer calls with one at a time."""
    early_exit: bool = True
    """Whether judge calls that cannot change the reward are left out; metrics then lack those verdicts."""
    unsandboxed: bool = False
    """Whether programs that came with the data (`code:python`) run as plain subprocesses, which can read, change
    and send what you can."""
    telemetry: bool = False
    """Whether the metrics say how many responses pass and look like games (see `verif_sdk.telemetry`)."""
    log_columns: bool = False
    """Whether TRL's table of completions gets a column with the verdicts."""

    @classmethod
    def load(cls, path: str | Path | None = None) -> RewardConfig:
        """Return the configuration in a TOML or JSON file.

        Args:
            path: the file; else the one that VERIF_REWARD names, else all defaults.

        Raises:
            InvalidSpec: there is no such file, or a field of it is wrong; the message names it.
        """
        path = path or os.environ.get(VARIABLE)
        if not path:
            return cls()
        try:
            content = Path(path).read_bytes()
        except OSError as error:
            raise InvalidSpec(
                f"the reward's configuration {str(path)!r} cannot be read: {error.strerror}"
            ) from None
        try:
            text = content.decode("utf-8")
            fields = tomllib.loads(text) if str(path).endswith(".toml") else json.loads(text)
        except RecursionError:
            raise InvalidSpec(f"{path}: it is nested too deeply") from None
        except ValueError as error:
            raise InvalidSpec(f"{path}: {error}") from None
        return cls.of(fields, where=f"{path}: ")

    @classmethod
    def of(cls, fields: Mapping[str, Any], where: str = "") -> RewardConfig:
        """Return the configuration with these fields.

        Raises:
            InvalidSpec: a field is unknown or wrong; the message, which begins with `where`, names it.
        """
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            raise InvalidSpec(f"{where}{described(error, cls)}") from None

    def __setstate__(self, state: dict[Any, Any]) -> None:
        super().__setstate__(state)
        Registry.use(*self.plugins)
