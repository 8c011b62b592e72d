"""`RewardConfig`: all settings of a trainer's reward function, which one file can hold."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, SkipValidation, model_validator

from verif_sdk.aggregate import Aggregator, try_out
from verif_sdk.case import THINK
from verif_sdk.errors import InvalidSpec
from verif_sdk.judges.spec import look_at
from verif_sdk.plugins.registry import Registry
from verif_sdk.problems import shown
from verif_sdk.question import Judge
from verif_sdk.rewards.shaping import Step
from verif_sdk.value import Value

VARIABLE = "VERIF_REWARD"
"""The environment variable that names the file which configures the ready-made reward functions."""

Tag = Annotated[str, Field(min_length=1)]


def _used(modules: tuple[str, ...]) -> tuple[str, ...]:
    Registry.use(*modules)
    return modules


class RewardConfig(Value):
    """How rollouts become rewards, the same in every trainer. Frozen and picklable."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    plugins: Annotated[tuple[str, ...], AfterValidator(_used)] = ()
    """Names of plugin modules, such as "my_constraints", or "__main__" for the running script; every process that
    gets this configuration loads them. First, because the other fields may name what they provide."""
    judge: str | SkipValidation[Judge] | None = None
    """A judge's spec, such as "vllm:Qwen/Qwen3-8B" or "server:http://host:8500", or, in Python, a judge object;
    else VERIF_JUDGE."""
    aggregate: str | Aggregator = "verif"
    """The name of an aggregator, or, in Python, a function from decided verdicts to [0, 1]."""
    rows: str | None = None
    """The row format that reads constraints out of the data set's columns, such as "ifrlvr" or
    "verinstruct"; without one they are in the column `constraints`, as JSON text or as lists."""
    constraints: str = "constraints"
    """The name of that column."""
    undecided: Annotated[float, Field(strict=True, allow_inf_nan=False)] | Literal["none", "raise"] | None = None
    """What the trainer gets for an undecided reward: a number, "none", or "raise". The default is what the
    framework offers: None in TRL, an error in verl; OpenRLHF offers nothing, so it requires a number."""
    shaping: tuple[Step, ...] = ()
    """The steps that shape a decided reward, in order."""
    timeout: Annotated[float, Field(gt=0)] | None = 300.0
    """Seconds that a call waits for the judge."""
    concurrency: Annotated[int, Field(ge=1)] = 64
    """How many rollouts this process handles at once, if the trainer passes them one by one."""
    early_exit: bool = True
    """Whether to skip judge calls that cannot change the reward; metrics then lack those verdicts."""
    think: tuple[Tag, Tag] | None = THINK
    """The tags around reasoning, which is removed before anything is checked; None (in JSON null) keeps it."""
    unsandboxed: bool = False
    """Whether programs that came with the data (`code:python`) run as plain subprocesses, which can read, change
    and send what you can."""
    telemetry: bool = False
    """Whether the metrics say how many responses pass and look like games (see `verif_sdk.telemetry`)."""
    log_columns: bool = False
    """Whether TRL's table of completions gets a column with the verdicts."""

    @classmethod
    def of(cls, source: RewardConfig | str | Path | None = None, /, **fields: Any) -> RewardConfig:
        """Return the configuration described by an object, a file or single fields.

        Args:
            source: a configuration, or the path of a TOML or JSON file; by default the file that VERIF_REWARD
                names, or else the defaults.
            fields: single fields, which override the source.

        Raises:
            InvalidSpec: the file cannot be read, or a field is wrong; the message names it.
            MissingExtra: the judge's backend is not installed.
        """
        config = source if isinstance(source, RewardConfig) else cls._from_file(source)
        if not fields:
            return config
        return cls(**{name: getattr(config, name) for name in config.model_fields_set} | fields)

    @classmethod
    def _from_file(cls, source: str | Path | None) -> RewardConfig:
        path = source or os.environ.get(VARIABLE)
        if not path:
            return cls()
        if not isinstance(path, (str, Path)):
            raise InvalidSpec(f"a reward's configuration is a RewardConfig or a file's path, got {shown(path)}")
        return cls.read(_fields_in(Path(path)), f"{path}: ")

    def __setstate__(self, state: dict[Any, Any]) -> None:
        super().__setstate__(state)
        Registry.use(*self.plugins)

    @model_validator(mode="after")
    def _usable(self) -> Self:
        """Refuse now whatever would stop the first call."""
        if self.judge is not None:
            look_at(self.judge)
        if isinstance(self.aggregate, str):
            Registry.installed().aggregator(self.aggregate)
        else:
            try_out(self.aggregate)
        if self.rows is not None:
            Registry.installed().row_format(self.rows)
        return self


def _fields_in(path: Path) -> Any:
    """Return what a TOML or JSON file holds."""
    try:
        text = path.read_bytes().decode("utf-8")
        return tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except OSError as error:
        raise InvalidSpec(f"the reward's configuration {str(path)!r} cannot be read: {error.strerror}") from None
    except RecursionError:
        raise InvalidSpec(f"{path}: it is nested too deeply") from None
    except ValueError as error:
        raise InvalidSpec(f"{path}: {error}") from None
