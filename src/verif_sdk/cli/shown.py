"""Untrusted text in the command line's output."""

from __future__ import annotations

from rich.markup import escape

from verif_sdk.visible import visible


def shown(text: str) -> str:
    """Return `text` as rich prints it literally: control characters escaped, and nothing read as markup."""
    return escape(visible(text))
