"""The front door: `verify`, `verify_batch`, `averify`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from verif_sdk.aggregate import Aggregator
from verif_sdk.case import Case, Message
from verif_sdk.composer import Composer
from verif_sdk.constraint import Constraint
from verif_sdk.errors import InvalidSpec
from verif_sdk.problems import shown
from verif_sdk.question import Judge
from verif_sdk.verdict import Result

Spec = Constraint | Mapping[str, Any]
"""A constraint as a typed object or as a dict with its `type` and parameters."""


def verify(
    response: str | Sequence[Message],
    constraints: Spec | Sequence[Spec] | str,
    *,
    prompt: str | Sequence[Message] | None = None,
    reference: str | None = None,
    judge: Judge | str | None = None,
    aggregate: str | Aggregator = "verif",
    missing: float | Literal["raise"] | None = None,
    early_exit: bool = True,
) -> Result:
    """Return the verdicts on one response and the reward they make.

    Args:
        response: text, or chat messages of which the last of the assistant counts. Reasoning in
            `<think>` tags is removed first.
        constraints: one or a list of them, as typed objects, dicts or JSON text.
        prompt: what the response answers to; judges see it, and some checks compare with it.
        reference: a known good answer, for the constraints that compare with one.
        judge: a judge, or a spec such as "vllm:Qwen/Qwen3-8B"; else VERIF_JUDGE. Only soft
            constraints need one.
        aggregate: "verif", "mean", "weighted", "all", "product", "min", a plugin's name, or a
            function from decided verdicts to a reward in [0, 1].
        missing: the reward where a verdict is undecided: None, a number in [0, 1], or "raise".
        early_exit: whether judge calls that cannot change the reward are left out.

    Raises:
        InvalidSpec: a constraint or the case cannot be read; the message names the field.
        MissingJudge: a soft constraint, and no judge.
        UndecidedReward: a verdict is undecided and `missing` is "raise".
    """
    case = Case.of(response=response, constraints=constraints, prompt=prompt, reference=reference)
    return Composer(judge, aggregate, missing, early_exit).verify(case)


def verify_batch(
    cases: Iterable[Case | Mapping[str, Any]],
    *,
    judge: Judge | str | None = None,
    aggregate: str | Aggregator = "verif",
    missing: float | Literal["raise"] | None = None,
    early_exit: bool = True,
) -> list[Result]:
    """Return one result per case, in order; the questions of all cases reach the judge as one stream.

    A case is a `Case` or a dict of its fields; the other arguments and errors are those of `verify`. An error
    names the case by its place, counted from 0.
    """
    read = [_case(place, case) for place, case in enumerate(cases)]
    return Composer(judge, aggregate, missing, early_exit).verify_batch(read)


def _case(place: int, case: Case | Mapping[str, Any]) -> Case:
    if isinstance(case, Case):
        return case
    if not isinstance(case, Mapping):
        raise InvalidSpec(f"case {place} should be a Case or a dict of its fields, got {shown(case)}")
    try:
        return Case.of(**case)
    except InvalidSpec as error:
        raise InvalidSpec(f"case {place}: {error}") from None


async def averify(
    response: str | Sequence[Message],
    constraints: Spec | Sequence[Spec] | str,
    *,
    prompt: str | Sequence[Message] | None = None,
    reference: str | None = None,
    judge: Judge | str | None = None,
    aggregate: str | Aggregator = "verif",
    missing: float | Literal["raise"] | None = None,
    early_exit: bool = True,
) -> Result:
    """Return what `verify` does, without blocking the caller's event loop.

    Many of these at once share one engine: their questions are batched as they come in.
    """
    case = Case.of(response=response, constraints=constraints, prompt=prompt, reference=reference)
    (result,) = await Composer(judge, aggregate, missing, early_exit).averify_batch([case])
    return result
