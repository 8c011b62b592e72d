"""The server's endpoints: our own, OpenRLHF's remote reward model, NeMo Gym's `/verify`."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from verif_sdk import __version__
from verif_sdk.case import Case
from verif_sdk.composer import Composer
from verif_sdk.errors import InvalidSpec, MissingJudge, VerifError
from verif_sdk.judges import resolve
from verif_sdk.question import Answer, Question
from verif_sdk.rewards.openrlhf import OpenRlhfReward
from verif_sdk.rewards.scorer import Rollout, Scorer
from verif_sdk.server import nemo_gym
from verif_sdk.server.counts import Counts
from verif_sdk.server.gate import Gate
from verif_sdk.server.settings import Settings
from verif_sdk.verdict import Result

logger = logging.getLogger("verif_sdk.server")


class Cases(BaseModel):
    """Cases to verify."""

    model_config = ConfigDict(extra="forbid")

    cases: list[dict[str, Any]] = Field(max_length=10_000)
    """Each with `response` and `constraints`, and optionally `prompt`, `reference` and `id`."""


class Results(BaseModel):
    """One result per case, in order."""

    results: list[Result]


class Questions(BaseModel):
    """Questions to the judge of this server."""

    model_config = ConfigDict(extra="forbid")

    questions: list[Question] = Field(max_length=10_000)


class Answers(BaseModel):
    """One answer per question, in order."""

    answers: list[Answer]


class Queries(BaseModel):
    """What OpenRLHF sends to a remote reward model."""

    query: list[str]
    prompts: list[str]
    labels: list[Any]


class Ascii(JSONResponse):
    """JSON in ASCII: half a surrogate pair in a response must not break the reply."""

    def render(self, content: Any) -> bytes:
        """Return the bytes of the reply."""
        return json.dumps(content).encode()


def make(settings: Settings) -> Any:
    """Return the ASGI application of a server.

    Raises:
        UnknownName: the reward's judge or aggregator is unknown.
    """
    counts = Counts()
    composer = Composer(
        settings.reward.judge,
        settings.reward.aggregate,
        early_exit=settings.reward.early_exit,
        timeout=settings.reward.timeout,
        unsandboxed=settings.reward.unsandboxed,
    )
    composer.check()
    resolve(settings.reward.judge)
    app = FastAPI(title="verif_sdk", version=__version__, default_response_class=Ascii)
    _errors(app)

    @app.post("/v1/verify")
    async def verify(body: Cases) -> Results:
        """Verify cases; every one must be readable."""
        cases = []
        for place, fields in enumerate(body.cases):
            try:
                cases.append(Case.of(**fields))
            except (InvalidSpec, TypeError) as error:
                raise InvalidSpec(f"cases[{place}]: {error}") from None
        if settings.log_text:
            logger.info(json.dumps({"cases": body.cases}))
        results = await composer.averify_batch(cases)
        counts.results(results)
        return Results(results=results)

    @app.post("/v1/judge")
    async def judge(body: Questions) -> Answers:
        """Answer questions, for the clients' judge `server:`."""
        found = resolve(settings.reward.judge)
        if found is None:
            raise MissingJudge("this server was started without a judge")
        from verif_sdk import background

        answers = await asyncio.wrap_future(background.submit(found.answer(body.questions)))
        return Answers(answers=answers)

    @app.post("/get_reward")
    async def get_reward(body: Queries) -> dict[str, Any]:
        """Score queries as OpenRLHF's remote reward model does."""
        if not isinstance(settings.reward.undecided, float):
            raise InvalidSpec("undecided: start the server with the number that OpenRLHF gets for such rewards")
        if not len(body.query) == len(body.prompts) == len(body.labels):
            raise InvalidSpec("query, prompts and labels must be of the same length")
        reward = OpenRlhfReward(**settings.reward.model_dump(exclude_unset=True))
        return await asyncio.to_thread(reward, body.query, body.prompts, body.labels)

    @app.post("/verify")
    async def nemo_gym_verify(body: dict[str, Any]) -> dict[str, Any]:
        """Score one rollout as NeMo Gym's resources servers do: the request, and `reward`."""
        rollout: Rollout = nemo_gym.rollout(body)
        config = nemo_gym.config(settings.reward, body)
        (scored,) = await Scorer(config).ascore([rollout])
        counts.usage(scored.usage)
        undecided = settings.reward.undecided
        if scored.reward is None and not isinstance(undecided, float):
            raise HTTPException(503, "; ".join(scored.causes))
        return {**body, **nemo_gym.reply(scored, undecided)}

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Tell that the server is up."""
        return {"status": "ok", "version": __version__}

    @app.get("/metrics", response_class=PlainTextResponse)
    async def metrics() -> str:
        """Return counters in Prometheus's text format."""
        return counts.text()

    counts.know(route.path for route in app.routes if hasattr(route, "path"))
    return Gate(_within(app, settings.timeout), settings, counts)


def _within(app: Any, seconds: float) -> Any:
    """Return the application with a limit on the time of each request."""

    async def limited(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(seconds):
                await app(scope, receive, send)
        except TimeoutError:
            reply = Ascii({"error": {"message": f"not done within {seconds:g} s"}}, status_code=503)
            await reply(scope, receive, send)

    return limited


def _errors(app: FastAPI) -> None:
    """Give every error one JSON shape: an object `error` with a `message` in words."""

    def reply(status: int, said: str) -> Ascii:
        return Ascii({"error": {"message": said}}, status_code=status)

    @app.exception_handler(RequestValidationError)
    async def malformed(_: Request, error: RequestValidationError) -> Ascii:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"]))
        return reply(422, f"{where}: {problem['msg']}")

    @app.exception_handler(VerifError)
    async def refused(_: Request, error: VerifError) -> Ascii:
        return reply(503 if isinstance(error, MissingJudge) else 422, str(error))

    @app.exception_handler(RecursionError)
    async def nested(_: Request, __: RecursionError) -> Ascii:
        return reply(422, "the body is nested too deeply")

    @app.exception_handler(HTTPException)
    async def known(_: Request, error: HTTPException) -> Ascii:
        # 400 is FastAPI's for bytes that are no text; to the client it is one more malformed body.
        return reply(422 if error.status_code == 400 else error.status_code, str(error.detail))
