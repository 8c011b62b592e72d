"""The settings of a server."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from verif_sdk.errors import InvalidSpec
from verif_sdk.rewards.config import RewardConfig
from verif_sdk.server.access import is_loopback

TOKEN = "VERIF_SERVER_TOKEN"  # noqa: S105  # the name of the variable
"""The environment variable with the bearer token, for the server and its clients."""


@dataclass(frozen=True)
class Settings:
    """Address, limits and rewards of one server.

    Args:
        host: the address to listen on.
        port: the port; 0 takes a free one.
        reward: how responses become rewards: judge, aggregator, undecided rewards, shaping.
        largest: the largest request body, in bytes.
        most: how many requests to handle at once; further ones get 429 and a time to retry.
        timeout: seconds for one request.
        lazy: whether to load the judge with its first question, not at the start.
        log_text: whether to log prompts and responses.

    Raises:
        InvalidSpec: the address is public and no token is set.
    """

    host: str = "127.0.0.1"
    port: int = 8500
    reward: RewardConfig = field(default_factory=RewardConfig)
    largest: int = 16 << 20
    most: int = 512
    timeout: float = 600.0
    lazy: bool = False
    log_text: bool = False
    token: str | None = field(default_factory=lambda: os.environ.get(TOKEN) or None, repr=False)

    def __post_init__(self) -> None:
        if self.token is None and not is_loopback(self.host):
            raise InvalidSpec(
                f"{self.host} can be reached from other machines: set {TOKEN} to a secret, or listen on 127.0.0.1"
            )
