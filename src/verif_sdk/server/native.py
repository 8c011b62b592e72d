"""Our own endpoints: cases to results, and questions to the judge's answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, FailFast, Field

from verif_sdk import event_loop, visible
from verif_sdk.case import Case
from verif_sdk.composer import Composer
from verif_sdk.errors import MissingJudge, in_words
from verif_sdk.judges.asking import ask
from verif_sdk.judges.shared import resolve
from verif_sdk.question import Answer, Question
from verif_sdk.server.counts import Counts
from verif_sdk.server.errors import REFUSALS, Ascii
from verif_sdk.verdict import Result, Verdict

logger = visible.logger("verif_sdk.server")

_WORDS = {"type": "length:words", "at_most": 10}
_EXAMPLE: dict[str, Any] = {"cases": [{"response": "A short answer.", "constraints": [_WORDS]}]}


# FailFast: of a body of millions of wrong items the first is described, and the others are not looked at.
class Cases(BaseModel):
    """Cases to verify."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": _EXAMPLE})

    cases: Annotated[list[dict[str, Any]], FailFast()] = Field(max_length=10_000)
    """Each with `response` and `constraints`, and optionally `prompt`, `reference` and `id`."""


class Results(BaseModel):
    """One result per case, in order."""

    results: list[Result]


class Questions(BaseModel):
    """Questions to the judge of this server."""

    model_config = ConfigDict(extra="forbid")

    questions: Annotated[list[Question], FailFast()] = Field(max_length=10_000)


class Answers(BaseModel):
    """One answer per question, in order."""

    answers: list[Answer]


def router(composer: Composer, counts: Counts, *, log_text: bool) -> APIRouter:
    """Return the endpoints under /v1."""
    own = APIRouter(tags=["verif_sdk"], responses=REFUSALS)

    @own.post("/v1/verify", response_model=Results)
    async def verify(body: Cases) -> Ascii:
        """Verify cases; every one must be readable."""
        if log_text:
            logger.info(json.dumps({"cases": body.cases}))
        cases: list[Case] = []
        # Read in a thread: a pattern takes as long to compile as its author likes.
        outcomes = await composer.aoutcomes(_read(body.cases, cases))
        results = [_result(case, outcome) for case, outcome in zip(cases, outcomes, strict=True)]
        counts.results(results)
        return Ascii({"results": [result.model_dump() for result in results]})

    @own.post("/v1/judge")
    async def judge(body: Questions) -> Answers:
        """Answer questions, for the clients' judge `server:`."""
        found = resolve(composer.judge)
        if found is None:
            raise MissingJudge("/v1/judge")
        answers = await asyncio.wrap_future(event_loop.submit(ask(found, body.questions)))
        counts.answers(answers)
        return Answers(answers=answers)

    return own


def _read(bodies: list[dict[str, Any]], cases: list[Case]) -> Iterator[Case]:
    """Yield the cases one by one, and keep them."""
    for place, fields in enumerate(bodies):
        cases.append(Case.read(fields, f"cases[{place}]: "))
        yield cases[-1]


def _result(case: Case, outcome: Result | Exception) -> Result:
    """Return what became of a case; where a check raised, it is undecided with the cause."""
    if isinstance(outcome, Result):
        return outcome
    logger.warning(json.dumps(f"a case could not be verified: {in_words(outcome)}"))
    cause = in_words(outcome)
    verdicts = tuple(Verdict(type=one.type, error=cause, hard=one.hard) for one in case.constraints)
    return Result(reward=None, verdicts=verdicts, id=case.id)
