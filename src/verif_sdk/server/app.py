"""The application: a router per dialect, behind the gate."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi_offline import FastAPIOffline

from verif_sdk import __version__
from verif_sdk.rewards.opening import Opening
from verif_sdk.rewards.scorer import Scorer
from verif_sdk.server import native, nemo_gym, openrlhf, status
from verif_sdk.server.counts import Counts
from verif_sdk.server.errors import Ascii, in_one_shape, refused
from verif_sdk.server.gate import Gate
from verif_sdk.server.refusal import Receive, Scope, Send
from verif_sdk.server.settings import Settings
from verif_sdk.server.status import Readiness


def make(settings: Settings, readiness: Readiness | None = None) -> Gate:
    """Return the ASGI application of a server.

    Args:
        settings: what it is started with.
        readiness: what /readyz tells; ready unless given.

    Raises:
        VerifError: the judge is unknown, or its backend is not installed.
    """
    scorer, counts = Scorer(settings.reward, Opening(over=True)), Counts()
    scorer.check()
    # Its page of documentation is whole without a network.
    app = FastAPIOffline(
        title="verif_sdk", version=__version__, redoc_url=None, default_response_class=Ascii, favicon_url="data:,"
    )
    in_one_shape(app)
    app.include_router(native.router(scorer.composer, counts, log_text=settings.log_text))
    app.include_router(openrlhf.router(scorer, counts))
    app.include_router(nemo_gym.router(scorer, counts))
    app.include_router(status.router(counts, readiness or Readiness()))
    counts.know(route.path for route in app.routes if hasattr(route, "path"))
    return Gate(_within(app, settings.timeout), settings, counts)


def _within(app: Any, seconds: float) -> Any:
    """Return the application with a limit on the time of each request."""

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(seconds):
                await app(scope, receive, send)
        except TimeoutError:
            await refused(503, f"not done within {seconds:g} s")(scope, receive, send)

    return limited
