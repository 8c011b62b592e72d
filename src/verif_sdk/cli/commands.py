"""`Commands`: the commands of `verif`, and those that plugins add."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from verif_sdk.errors import PluginError, UnknownName, in_words
from verif_sdk.plugins.known import KNOWN

GROUP = "verif_sdk.commands"
"""The entry-point group whose functions become commands, each under the name of its entry point."""


class Commands(TyperGroup):
    """Our own commands, then those of plugins, each loaded when it is called or all are listed.

    Depending on the version of typer, `ctx` and the commands are click's classes or typer's own.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        own = super().list_commands(ctx)
        return [*own, *sorted(entry_points(group=GROUP).names - set(own))]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if own := super().get_command(ctx, cmd_name):
            return own
        if points := tuple(entry_points(group=GROUP, name=cmd_name)):
            return _loaded(points[0])
        for plugin in KNOWN:
            if cmd_name in plugin.commands:
                raise UnknownName.of("command", cmd_name, f"it is in a plugin: pip install {plugin.distribution}")
        return None


def _loaded(point: EntryPoint) -> Any:
    """Return the command at an entry point.

    Raises:
        PluginError: it cannot be loaded.
    """
    app = typer.Typer(add_completion=False)
    try:
        app.command(point.name)(point.load())
        return get_command(app)
    except Exception as error:  # noqa: BLE001  # an import may raise anything; it is reported by name
        owner = point.dist.name if point.dist else point.value
        raise PluginError(f"the command {point.name!r} of {owner} cannot be loaded: {in_words(error)}") from None
