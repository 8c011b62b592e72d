"""What the server says of itself: what it serves, whether it is alive, ready, and what it has done."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from fastapi.routing import APIRoute

from verif_sdk import __version__
from verif_sdk.server.counts import Counts
from verif_sdk.server.errors import Ascii, Failure, refused


@dataclass
class Readiness:
    """Whether questions are answered at once: the judge has been loaded, or none is needed."""

    ready: bool = True


def router(counts: Counts, readiness: Readiness) -> APIRouter:
    """Return the endpoints that a browser, a supervisor and Prometheus look at."""
    status = APIRouter(tags=["status"])

    @status.get("/")
    async def home(request: Request) -> dict[str, str | dict[str, str]]:
        """Tell what this is and what it serves."""
        routes = [route for route in request.app.routes if isinstance(route, APIRoute) and route.include_in_schema]
        endpoints = {f"{_methods(route)} {route.path}": _first_line(route) for route in routes}
        return {"server": f"verif_sdk {__version__}", "docs": "/docs", "endpoints": endpoints}

    @status.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Tell that the server is alive."""
        return {"status": "alive", "version": __version__}

    @status.get("/readyz", responses={503: {"model": Failure, "description": "The judge is still being loaded."}})
    async def readyz() -> Response:
        """Tell whether the judge is loaded, so that questions are answered at once."""
        return Ascii({"status": "ready"}) if readiness.ready else refused(503, "the judge is being loaded")

    @status.get("/metrics", response_class=PlainTextResponse)
    async def metrics() -> str:
        """Return counters in Prometheus's text format."""
        return counts.text()

    return status


def _first_line(route: APIRoute) -> str:
    return route.description.partition("\n")[0]


def _methods(route: APIRoute) -> str:
    return " ".join(sorted(route.methods or ()))
