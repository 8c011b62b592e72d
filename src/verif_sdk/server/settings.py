"""What a server is started with."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from verif_sdk.errors import InvalidSpec
from verif_sdk.rewards.config import RewardConfig
from verif_sdk.server.access import is_loopback

TOKEN = "VERIF_SERVER_TOKEN"  # noqa: S105  # the name of the variable
"""The environment variable with the bearer token, of the server and of its clients."""


@dataclass(frozen=True)
class Settings:
    """Address, limits and rewards of one server.

    Args:
        host: the address to listen on.
        port: the port; 0 takes a free one.
        reward: judge, aggregator, what undecided rewards become, shaping.
        largest: bytes of a request's body at most.
        most: requests under way at most; further ones are told to come again (429).
        timeout: seconds for one request.
        lazy: whether the judge is loaded with its first question, not at the start.
        log_text: whether prompts and responses are logged.

    Raises:
        InvalidSpec: the address is public and there is no token.
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
