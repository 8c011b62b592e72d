"""OpenRLHF's dialect: its remote reward model."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, FailFast, Field

from verif_sdk.errors import InvalidSpec, UndecidedReward
from verif_sdk.rewards import openrlhf
from verif_sdk.rewards.scorer import Scorer
from verif_sdk.server.counts import Counts
from verif_sdk.server.errors import REFUSALS


class Queries(BaseModel):
    """What OpenRLHF sends."""

    query: Annotated[list[str], FailFast()] = Field(max_length=10_000)
    """Prompts and completions as decoded, special tokens included."""
    prompts: Annotated[list[str], FailFast()]
    labels: list[Any]
    """The constraints of each, as JSON text."""


def router(scorer: Scorer, counts: Counts) -> APIRouter:
    """Return the endpoint /get_reward."""
    remote = APIRouter(tags=["OpenRLHF"], responses=REFUSALS)
    undecided = scorer.config.undecided

    @remote.post("/get_reward")
    async def get_reward(body: Queries) -> dict[str, Any]:
        """Score queries as OpenRLHF's remote reward model does."""
        if not isinstance(undecided, float):
            raise UndecidedReward(
                "start the server with --undecided: the number that OpenRLHF gets for such rewards"
            )
        if not len(body.query) == len(body.prompts) == len(body.labels):
            raise InvalidSpec("query, prompts and labels must be of the same length")
        rollouts = await asyncio.to_thread(openrlhf.rollouts, scorer.config, body.query, body.prompts, body.labels)
        readable = iter(await scorer.ascore([rollout for rollout in rollouts if rollout is not None]))
        scored = [openrlhf.LOST if rollout is None else next(readable) for rollout in rollouts]
        counts.results(scored)
        return openrlhf.reply(scored, undecided, telemetry=scorer.config.telemetry)

    return remote
