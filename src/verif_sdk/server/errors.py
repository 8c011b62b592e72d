"""Errors over HTTP: one JSON shape, an object `error` with a `message` in words."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from verif_sdk.errors import JudgeFailed, MissingJudge, UndecidedReward, VerifError
from verif_sdk.problems import worded


class Message(BaseModel):
    """What is wrong."""

    message: str


class Failure(BaseModel):
    """The body of every error."""

    error: Message


REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": Failure, "description": "The bearer token is missing or wrong."},
    403: {"model": Failure, "description": "A foreign Host or Origin, at a server without a token."},
    408: {"model": Failure, "description": "The body came too slowly."},
    413: {"model": Failure, "description": "The body is too large."},
    422: {"model": Failure, "description": "The body cannot be read; the message names the field."},
    429: {
        "model": Failure,
        "description": "Too much is under way; Retry-After says when to come again.",
    },
    431: {"model": Failure, "description": "Too many headers, or too large ones."},
    503: {
        "model": Failure,
        "description": "There is no judge, an undecided reward has no number, or the request took too long.",
    },
}
"""What any endpoint may answer instead of its reply, for the OpenAPI document."""


class Ascii(JSONResponse):
    """JSON in ASCII: half a surrogate pair in a response must not break the reply."""

    def render(self, content: Any) -> bytes:
        """Return the bytes of the reply."""
        return json.dumps(content).encode()


def refused(status: int, message: str) -> Ascii:
    """Return the reply to a request that an endpoint cannot serve."""
    return Ascii({"error": {"message": message}}, status_code=status)


def _model(request: Request) -> type[BaseModel]:
    """Return the class of the body that an endpoint reads, or one without fields where any object will do."""
    field = getattr(request.scope["route"], "body_field", None)
    model = None if field is None else field.field_info.annotation
    return model if isinstance(model, type) and issubclass(model, BaseModel) else BaseModel


def in_one_shape(app: FastAPI) -> None:
    """Have the application's errors answered in the shape of all errors."""

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Ascii:
        problem = error.errors()[0]
        if problem["type"] == "json_invalid":
            return refused(
                422, f"the body is not JSON: {problem['ctx']['error']}, at character {problem['loc'][-1]}"
            )
        inside = [{**one, "loc": tuple(step for step in one["loc"] if step != "body")} for one in error.errors()]
        return refused(422, f"the body: {worded(inside, _model(request))}")

    @app.exception_handler(VerifError)
    async def unusable(_: Request, error: VerifError) -> Ascii:
        ours = isinstance(error, (JudgeFailed, MissingJudge, UndecidedReward))
        if isinstance(error, MissingJudge):
            error = MissingJudge(error.needing, "start this server with --judge")
        return refused(503 if ours else 422, str(error))

    @app.exception_handler(RecursionError)
    async def nested(_: Request, __: RecursionError) -> Ascii:
        return refused(422, "the body is nested too deeply")

    @app.exception_handler(HTTPException)
    async def known(_: Request, error: HTTPException) -> Ascii:
        # 400 is FastAPI's for bytes that are not text; to the client it is one more malformed body.
        return refused(422 if error.status_code == 400 else error.status_code, str(error.detail))
