"""Loading plugins: the built-ins first, then the installed entry points, one by one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from verif_sdk import __version__
from verif_sdk.constraint import Constraint
from verif_sdk.errors import PluginError
from verif_sdk.plugins import hookspecs
from verif_sdk.plugins.declaration import declared
from verif_sdk.plugins.known import BLOCK

GROUP = "verif_sdk"
HOOKS = {kind: f"verif_{kind}" for kind in ("constraints", "judges", "aggregators", "rows")}
"""The hooks, by what they provide."""
NATIVE = "verif_sdk.plugins.native"
"""The built-ins, which are loaded by name, like any plugin: what they provide may itself use the registry."""


def installed() -> Tables:
    """Return what the built-ins and all installed plugins provide, but for those that VERIF_SDK_BLOCK names."""
    blocked = {name.strip() for name in os.environ.get(BLOCK, "").split(",")}
    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return load([point for point in points if point.name not in blocked])


def load(points: list[EntryPoint]) -> Tables:
    """Return what the built-ins and the plugins at `points` provide, in that order."""
    tables = Tables()
    tables.add(import_module(NATIVE), f"verif-sdk {__version__}")
    for point in points:
        owner = _owner(point)
        try:
            tables.add(point.load(), owner)
        except (Exception, SystemExit) as cause:  # noqa: BLE001  # an import may raise anything; it is reported by name
            known = isinstance(cause, PluginError)
            tables.broken[f"{point.name!r} ({owner})"] = (
                f"{cause}" if known else f"{type(cause).__name__}: {cause}"
            )
    return tables


@dataclass
class Tables:
    """What plugins provide, by name; the fields are those of `Registry`."""

    constraints: dict[str, type[Constraint]] = field(default_factory=dict)
    judges: dict[str, Any] = field(default_factory=dict)
    aggregators: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    plugins: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    def add(self, plugin: object, owner: str) -> None:
        """Add all of one plugin, or, where anything about it is wrong, raise and add nothing."""
        found = _provided(plugin)
        for kind, table in found.items():
            for name in table:
                if name in getattr(self, kind):
                    raise PluginError(
                        f"the name {name!r} is provided by both {self._owner(kind, name)} and {owner}"
                    )
        names = self.plugins.setdefault(owner, {})
        for kind, table in found.items():
            getattr(self, kind).update(table)
            names[kind] = (*names.get(kind, ()), *table)
        for name, cls in found["constraints"].items():
            self.owners[name] = cls.provider = owner

    def _owner(self, kind: str, name: str) -> str:
        return next(owner for owner, names in self.plugins.items() if name in names[kind])


def _provided(plugin: object) -> dict[str, dict[str, Any]]:
    """Return what the hooks of a plugin return, by kind and name."""
    manager = plugin_manager(plugin)
    if not manager.get_hookcallers(plugin):
        raise PluginError("it has no hook: mark one of " + ", ".join(HOOKS.values()) + " with @hookimpl")
    returned = {kind: _returned(manager, hook) for kind, hook in HOOKS.items()}
    types = _types(returned.pop("constraints"))
    return {"constraints": types, **{kind: _table(HOOKS[kind], value) for kind, value in returned.items()}}


def _returned(manager: pluggy.PluginManager, hook: str) -> Any:
    """Return what one plugin's hook returns, or an empty tuple where it has none.

    Pluggy's own call drops a None, which here is a forgotten `return`.
    """
    for implementation in getattr(manager.hook, hook).get_hookimpls():
        return implementation.function()
    return ()


def _types(classes: Any) -> dict[str, type[Constraint]]:
    if not isinstance(classes, Iterable) or isinstance(classes, (str, Mapping, type)):
        raise PluginError(f"verif_constraints returned {classes!r:.80}; return a list of classes")
    types: dict[str, type[Constraint]] = {}
    for cls in classes:
        if (name := declared(cls)) in types:
            raise PluginError(f"the type {name!r} is provided twice")
        types[name] = cls
    return types


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
    """Return a manager that knows the four hooks and `plugin` alone.

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


def _owner(point: EntryPoint) -> str:
    dist = point.dist
    return f"{dist.name} {dist.version}" if dist is not None else point.value
