"""Loading plugins: the built-ins first, then the installed entry points, one by one."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Any, get_args

import pluggy

from verif_sdk import __version__, hookspecs
from verif_sdk import builtins as builtin_plugin
from verif_sdk.constraint import Constraint
from verif_sdk.errors import PluginError
from verif_sdk.registry import Registry

GROUP = "verif_sdk"


def installed() -> Registry:
    """Return the built-ins and all installed plugins (`Registry.installed` keeps them).

    A broken plugin is left out with a warning that names its distribution, and listed in
    `Registry.broken`. `VERIF_SDK_BLOCK=a,b` leaves out the entry points of those names.
    """
    blocked = {name.strip() for name in os.environ.get("VERIF_SDK_BLOCK", "").split(",")}
    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    found = load([point for point in points if point.name not in blocked])
    for name, cls in found.constraints.items():
        cls.provider = found.owners[name]
    for plugin, cause in found.broken.items():
        warnings.warn(f"verif_sdk left out the plugin {plugin}: {cause}", stacklevel=2)
    return found


def load(points: list[EntryPoint]) -> Registry:
    """Return the registry of the built-ins and the plugins at `points`, in that order."""
    tables = _Tables()
    tables.add(builtin_plugin, f"verif-sdk {__version__}")
    for point in points:
        owner = _owner(point)
        try:
            tables.add(point.load(), owner)
        except Exception as cause:  # noqa: BLE001  # a plugin's import may raise anything; it is reported by name
            tables.broken[f"{point.name!r} ({owner})"] = f"{type(cause).__name__}: {cause}"
    return Registry(**vars(tables))


@dataclass
class _Tables:
    constraints: dict[str, type[Constraint]] = field(default_factory=dict)
    judges: dict[str, Any] = field(default_factory=dict)
    aggregators: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    def add(self, plugin: object, owner: str) -> None:
        """Add all of one plugin, or, where anything about it is wrong, raise and add nothing."""
        hooks = plugin_manager(plugin).hook
        found: dict[str, dict[str, Any]] = {
            "constraints": {_declared(cls): cls for batch in hooks.verif_constraints() for cls in _unique(batch)}
        }
        for kind in ("judges", "aggregators", "rows"):
            found[kind] = {
                name: value for table in getattr(hooks, f"verif_{kind}")() for name, value in table.items()
            }
        for kind, table in found.items():
            for name in table:
                if name in getattr(self, kind):
                    owners = f"{self.owners[name]} and {owner}"
                    raise PluginError(f"the name {name!r} is provided by both {owners}")
        for kind, table in found.items():
            getattr(self, kind).update(table)
            self.owners.update(dict.fromkeys(table, owner))


def plugin_manager(plugin: object) -> pluggy.PluginManager:
    """Return a manager that knows the four hooks and `plugin` alone.

    Raises:
        pluggy.PluginValidationError: a hook of the plugin is misspelt or takes wrong arguments.
    """
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    manager.register(plugin)
    manager.check_pending()
    return manager


def _unique(classes: Any) -> Iterator[type[Constraint]]:
    seen: set[str] = set()
    for cls in classes:
        if (name := _declared(cls)) in seen:
            raise PluginError(f"the type {name!r} is provided twice")
        seen.add(name)
        yield cls


def _declared(cls: type[Constraint]) -> str:
    """Return the type string of a constraint class whose declaration is complete."""
    if not (isinstance(cls, type) and issubclass(cls, Constraint)):
        raise PluginError(f"verif_constraints returned {cls!r}, which is no subclass of Check or Judged")
    name = cls.model_fields["type"].default
    if not isinstance(name, str) or get_args(cls.model_fields["type"].annotation) != (name,):
        raise PluginError(f'{cls.__name__} needs a field  type: Literal["family:name"] = "family:name"')
    if not cls.__dict__.get("__doc__"):
        raise PluginError(f"{cls.__name__} ({name}) needs a docstring: it is the catalogue entry")
    if not cls.template and cls.instruction is Constraint.instruction:
        raise PluginError(f"{cls.__name__} ({name}) needs a template (or an instruction method)")
    return name


def _owner(point: EntryPoint) -> str:
    dist = point.dist
    return f"{dist.name} {dist.version}" if dist is not None else point.value
