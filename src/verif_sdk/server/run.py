"""Starting the server, and ending it without losing what it has accepted."""

from __future__ import annotations

import logging
import signal

import uvicorn

from verif_sdk.server.app import make
from verif_sdk.server.settings import Settings


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; then no new connection is taken, and what is under way is finished."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        logging.Formatter('{"time": "%(asctime)s", "level": "%(levelname)s", "log": %(message)s}')
    )
    logger = logging.getLogger("verif_sdk.server")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    # uvicorn raises again the signal that ended it; to us it is a good end.
    signal.signal(signal.SIGTERM, lambda *_: None)
    uvicorn.run(
        make(settings), host=settings.host, port=settings.port, access_log=False, log_level="warning", ws="none"
    )
