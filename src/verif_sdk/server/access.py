"""Who may ask: the token, or without one the loopback names and nobody's web page; and how large a head may be."""

from __future__ import annotations

import hmac
import ipaddress
import re

from verif_sdk.server.refusal import Refused, Scope

LARGEST_HEAD = 16 << 10
"""Bytes of a request's line and headers at most, as in Node.js and h11."""
MOST_HEADERS = 100
"""Headers of a request at most, as in Apache."""

OPEN = frozenset({"/healthz", "/readyz"})
"""Paths that need no token."""

_HOST = re.compile(r"(?:\[([^\[\]]*)\]|([^:\[\]]*))(?::\d*)?")


def check(scope: Scope, token: str | None) -> None:
    """Let a request pass by what its head says.

    A browser sends the name that it looked up as the Host, also where that name has been pointed at this machine
    (DNS rebinding), and the page that a request comes from as its Origin. A server with a token needs neither: no
    foreign page knows the token.

    Raises:
        Refused: 401, 403 or 431.
    """
    headers = scope["headers"]
    size = len(scope.get("raw_path", b"")) + len(scope["query_string"])
    size += sum(len(name) + len(value) + 4 for name, value in headers)
    if len(headers) > MOST_HEADERS or size > LARGEST_HEAD:
        raise too_large_a_head()
    if token is None:
        _local(_values(scope, b"host"), _values(scope, b"origin"))
    elif scope["path"] not in OPEN and not _knows(token, _values(scope, b"authorization")):
        raise Refused(401, "the bearer token is missing or wrong", (b"www-authenticate", b"Bearer"))


def too_large_a_head() -> Refused:
    """Return the refusal of a request with too many headers or too long ones."""
    return Refused(431, f"more than {MOST_HEADERS} headers, or more than {LARGEST_HEAD} bytes before the body")


def is_loopback(host: str) -> bool:
    """Return whether a name or an address can only be this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _values(scope: Scope, wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in scope["headers"] if name == wanted]


def _knows(token: str, given: list[str]) -> bool:
    scheme, _, secret = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    # The scheme is case-insensitive (RFC 9110, 11.1).
    return scheme.lower() == "bearer" and hmac.compare_digest(secret.strip().encode("latin-1"), token.encode())


def _local(hosts: list[str], origins: list[str]) -> None:
    for host in hosts:
        match = _HOST.fullmatch(host)
        if match is None or not is_loopback(match[1] or match[2]):
            raise Refused(
                403, "without VERIF_SERVER_TOKEN this server answers to localhost, 127.0.0.1 and [::1] alone"
            )
    for origin in origins:
        if [origin.partition("://")[2].lower()] != [host.lower() for host in hosts]:
            raise Refused(403, "without VERIF_SERVER_TOKEN this server answers no page of another origin")
