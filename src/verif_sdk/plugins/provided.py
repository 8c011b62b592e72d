"""What one plugin provides: what its hooks return, looked at before anything of it is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pluggy

from verif_sdk.errors import PluginError
from verif_sdk.plugins import hookspecs
from verif_sdk.plugins.hookspecs import Family
from verif_sdk.plugins.types import Classes, declared_types

GROUP = "verif_sdk"
HOOKS = {kind: f"verif_{kind}" for kind in ("constraints", "judges", "aggregators", "rows", "dialects")}
"""The hooks, by what they provide."""


def provided(plugin: object) -> tuple[dict[str, dict[str, Any]], list[Family]]:
    """Return what the hooks of a plugin return, by kind and name; and the families that load later.

    Raises:
        PluginError: it has no hook, or one returned something that cannot be used.
        pluggy.PluginValidationError: a hook is misspelt or takes wrong arguments.
    """
    manager = plugin_manager(plugin)
    if not manager.get_hookcallers(plugin):
        raise PluginError("it has no hook: mark one of " + ", ".join(HOOKS.values()) + " with @hookimpl")
    returned = {kind: _returned(manager, hook) for kind, hook in HOOKS.items()}
    types, families = _split(returned.pop("constraints"))
    tables = {kind: _table(HOOKS[kind], value) for kind, value in returned.items()}
    return {"constraints": types, **tables}, families


def _returned(manager: pluggy.PluginManager, hook: str) -> Any:
    """Return what one plugin's hook returns, or an empty tuple where it has none.

    Pluggy's own call drops a None, which here is a forgotten `return`.
    """
    for implementation in getattr(manager.hook, hook).get_hookimpls():
        return implementation.function()
    return ()


def _split(returned: Any) -> tuple[Classes, list[Family]]:
    """Return the classes that a hook returned, by name, and the families."""
    if not isinstance(returned, Iterable) or isinstance(returned, (str, Mapping, type)):
        raise PluginError(f"verif_constraints returned {returned!r:.80}; return a list of classes")
    listed = [*returned]
    families = [one for one in listed if isinstance(one, Family)]
    return declared_types(one for one in listed if not isinstance(one, Family)), families


def _table(hook: str, table: Any) -> dict[str, Any]:
    if table == ():
        return {}
    if not isinstance(table, Mapping):
        raise PluginError(f"{hook} returned {table!r:.80}; return a dict of names to functions or classes")
    for name, value in table.items():
        if not (isinstance(name, str) and callable(value)):
            raise PluginError(
                f"{hook} returned {name!r:.80}: {value!r:.80}; it takes names to functions or classes"
            )
    return dict(table)


def plugin_manager(plugin: object) -> pluggy.PluginManager:
    """Return a manager that knows the five hooks and `plugin` alone.

    Raises:
        pluggy.PluginValidationError: a hook of the plugin is misspelt or takes wrong arguments.
        PluginError: a hook is not marked as one.
    """
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    manager.register(plugin)
    manager.check_pending()
    for hook in HOOKS.values():
        if callable(getattr(plugin, hook, None)) and not getattr(manager.hook, hook).get_hookimpls():
            raise PluginError(f"{hook} needs @hookimpl above it")
    return manager
