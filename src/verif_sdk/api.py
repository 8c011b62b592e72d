"""The front door: `verify`, `verify_batch`, and both as coroutines.

It is not called `verify.py`: a submodule of that name would hide the function `verif_sdk.verify`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from verif_sdk.aggregate import Aggregator
from verif_sdk.case import THINK, Case, Message, Specs
from verif_sdk.composer import Composer
from verif_sdk.question import Judge
from verif_sdk.verdict import Result


def verify(
    response: str | Sequence[Message] | Case | Mapping[str, Any],
    constraints: Specs | None = None,
    *,
    prompt: str | Sequence[Message] | None = None,
    reference: str | None = None,
    judge: Judge | str | None = None,
    aggregate: str | Aggregator = "verif",
    undecided: float | Literal["raise"] | None = None,
    early_exit: bool = True,
    think: tuple[str, str] | None = THINK,
    timeout: float | None = None,
    unsandboxed: bool = False,
    plugins: Sequence[str] = (),
) -> Result:
    """Return the verdicts on one response and the reward they make.

    Args:
        response: text, or chat messages, whose last assistant message counts. A `Case`, or a dict of its fields,
            brings its own constraints, prompt and reference.
        constraints: one or a list of them, as typed objects, dicts or JSON text.
        prompt: what the response answers; judges see it, and some checks compare the response with it.
        reference: a known good answer, for constraints that compare the response with one.
        judge: a judge, or a spec such as "vllm:Qwen/Qwen3-8B"; else VERIF_JUDGE. Only soft constraints need one.
        aggregate: "verif", "mean", "weighted", "all", "product", "min", a plugin's name, or a function from
            decided verdicts to a reward in [0, 1], which is first tried on made-up verdicts.
        undecided: the reward when a verdict is undecided: None, a number in [0, 1], or "raise".
        early_exit: whether to skip judge calls that cannot change the reward.
        think: the tags around reasoning, which is removed before anything is checked; None keeps it.
        timeout: seconds to wait for the judge; None waits for as long as its own limits allow.
        unsandboxed: whether programs that came with the data (`code:python`) run as plain subprocesses, which can
            read, change and send what you can.
        plugins: names of plugin modules, such as "my_constraints", or "__main__" for the running script. They
            stay loaded for the life of the process.

    Raises:
        InvalidSpec: a constraint, the case or another argument is invalid; the message names the field.
        MissingJudge: a constraint is soft and no judge is set.
        MissingExtra: the judge's backend is not installed.
        PluginError: the aggregator returned something outside [0, 1], or a plugin cannot be used.
        UndecidedReward: a verdict is undecided and `undecided` is "raise".
    """
    composer = Composer(
        judge=judge,
        aggregate=aggregate,
        undecided=undecided,
        early_exit=early_exit,
        think=think,
        timeout=timeout,
        unsandboxed=unsandboxed,
        plugins=plugins,
    )
    return composer.verify(response, constraints, prompt=prompt, reference=reference)


def verify_batch(
    cases: Iterable[Case | Mapping[str, Any]],
    *,
    judge: Judge | str | None = None,
    aggregate: str | Aggregator = "verif",
    undecided: float | Literal["raise"] | None = None,
    early_exit: bool = True,
    think: tuple[str, str] | None = THINK,
    timeout: float | None = None,
    unsandboxed: bool = False,
    plugins: Sequence[str] = (),
) -> list[Result]:
    """Return one result per case, in order; the questions of all cases reach the judge as one stream.

    A case is a `Case` or a dict of its fields; the other arguments and errors are those of `verify`. An error
    names the case by its index, counted from 0.
    """
    composer = Composer(
        judge=judge,
        aggregate=aggregate,
        undecided=undecided,
        early_exit=early_exit,
        think=think,
        timeout=timeout,
        unsandboxed=unsandboxed,
        plugins=plugins,
    )
    return composer.verify_batch(cases)


async def averify(
    response: str | Sequence[Message] | Case | Mapping[str, Any],
    constraints: Specs | None = None,
    *,
    prompt: str | Sequence[Message] | None = None,
    reference: str | None = None,
    judge: Judge | str | None = None,
    aggregate: str | Aggregator = "verif",
    undecided: float | Literal["raise"] | None = None,
    early_exit: bool = True,
    think: tuple[str, str] | None = THINK,
    timeout: float | None = None,
    unsandboxed: bool = False,
    plugins: Sequence[str] = (),
) -> Result:
    """Return what `verify` does, without blocking the caller's event loop.

    Concurrent calls share one engine: their questions are batched as they arrive.
    """
    composer = Composer(
        judge=judge,
        aggregate=aggregate,
        undecided=undecided,
        early_exit=early_exit,
        think=think,
        timeout=timeout,
        unsandboxed=unsandboxed,
        plugins=plugins,
    )
    return await composer.averify(response, constraints, prompt=prompt, reference=reference)


async def averify_batch(
    cases: Iterable[Case | Mapping[str, Any]],
    *,
    judge: Judge | str | None = None,
    aggregate: str | Aggregator = "verif",
    undecided: float | Literal["raise"] | None = None,
    early_exit: bool = True,
    think: tuple[str, str] | None = THINK,
    timeout: float | None = None,
    unsandboxed: bool = False,
    plugins: Sequence[str] = (),
) -> list[Result]:
    """Return what `verify_batch` does, without blocking the caller's event loop."""
    composer = Composer(
        judge=judge,
        aggregate=aggregate,
        undecided=undecided,
        early_exit=early_exit,
        think=think,
        timeout=timeout,
        unsandboxed=unsandboxed,
        plugins=plugins,
    )
    return await composer.averify_batch(cases)
