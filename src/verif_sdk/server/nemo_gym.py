"""NeMo Gym's dialect: a request with an OpenAI response in it, a reply with a reward on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter

from verif_sdk.errors import InvalidSpec
from verif_sdk.rewards import metrics
from verif_sdk.rewards.rollout import Rollout, Scored
from verif_sdk.rewards.scorer import Scorer
from verif_sdk.server.counts import Counts
from verif_sdk.server.errors import REFUSALS, Ascii


def router(scorer: Scorer, counts: Counts) -> APIRouter:
    """Return the endpoint /verify."""
    gym = APIRouter(tags=["NeMo Gym"], responses=REFUSALS)
    ifeval = replace(scorer, config=scorer.config.model_copy(update={"rows": "ifeval"}))

    @gym.post("/verify", response_model=dict[str, Any])
    async def verify(body: dict[str, Any]) -> Ascii:
        """Score one rollout as NeMo Gym's resources servers do: the request, and `reward`."""
        by_ids = scorer.config.rows is None and "instruction_id_list" in _columns(body)
        (scored,) = await (ifeval if by_ids else scorer).ascore([rollout(body)])
        counts.results([scored])
        # A reply of our own: pydantic refuses to write a body that is nested as deeply as it could read.
        return Ascii({**body, **reply(scored, scorer.config.undecided, telemetry=scorer.config.telemetry)})

    return gym


def rollout(body: Mapping[str, Any]) -> Rollout:
    """Return the rollout in a request.

    `response.output` holds the messages, of which the last one's text counts; the data set's fields stand
    beside it or in `verifier_metadata`: `constraints`, or IFEval's `instruction_id_list` and `kwargs`.

    Raises:
        InvalidSpec: there is no `response.output`.
    """
    response = body.get("response")
    output = response.get("output") if isinstance(response, Mapping) else None
    if not isinstance(output, list):
        raise InvalidSpec("field 'response.output' is missing or no list")
    columns = _columns(body)
    return Rollout(columns.get("prompt") or _prompt(body), _text(output), columns)


def reply(scored: Scored, undecided: float | str | None, *, telemetry: bool = False) -> dict[str, Any]:
    """Return what is added to the request: `reward`, and numbers about it.

    Raises:
        UndecidedReward: the reward is undecided and the server has no number for that.
    """
    return {"reward": scored.number(undecided), **metrics.constant(scored, telemetry=telemetry)}


def _columns(body: Mapping[str, Any]) -> dict[str, Any]:
    own = body.get("verifier_metadata")
    return {**body, **(own if isinstance(own, Mapping) else {})}


def _text(output: list[Any]) -> str:
    """Return the text of the last message; reasoning and tool calls do not count."""
    for item in reversed(output):
        if not isinstance(item, Mapping) or item.get("type", "message") != "message":
            continue
        content = item.get("content")
        if isinstance(content, str):
            return content
        if isinstance(content, list):
            return "".join(str(part.get("text") or "") for part in content if isinstance(part, Mapping))
    return ""


def _prompt(body: Mapping[str, Any]) -> Any:
    parameters = body.get("responses_create_params")
    asked = parameters.get("input") if isinstance(parameters, Mapping) else None
    if isinstance(asked, list):
        return [message for message in asked if isinstance(message, Mapping)] or None
    return asked if isinstance(asked, str) else None
