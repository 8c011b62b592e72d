"""Loading plugins: the built-ins first, then the installed entry points and the modules that the user names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from verif_sdk import __version__
from verif_sdk.errors import PluginError
from verif_sdk.plugins import bounds
from verif_sdk.plugins.known import BLOCK, NAMED
from verif_sdk.plugins.provided import GROUP, provided
from verif_sdk.plugins.types import Types, owned

NATIVE = "verif_sdk.plugins.native"
"""The built-ins, which are loaded by name, like any plugin: what they provide may itself use the registry."""
MAIN = "__main__"


def installed() -> Tables:
    """Return what the built-ins, the installed plugins and the modules in VERIF_SDK_PLUGINS provide.

    VERIF_SDK_BLOCK names the entry points to leave out.
    """
    blocked = _names(BLOCK)
    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    tables = load([point for point in points if point.name not in blocked])
    for name in _names(NAMED):
        with tables.reporting(f"{name!r} (named in {NAMED})"):
            tables.add_module(name)
    return tables


def _names(variable: str) -> list[str]:
    return [name.strip() for name in os.environ.get(variable, "").split(",") if name.strip()]


def load(points: list[EntryPoint]) -> Tables:
    """Return what the built-ins and the plugins at `points` provide, in that order."""
    tables = Tables()
    tables.modules[NATIVE] = owner = f"verif-sdk {__version__}"
    tables.add(import_module(NATIVE), owner)
    for point in points:
        owner = _owner(point)
        with tables.reporting(f"{point.name!r} ({owner})"):
            bounds.check((point.dist and point.dist.requires) or ())
            tables.add(point.load(), owner)
            tables.modules[point.value] = owner
    return tables


@dataclass
class Tables:
    """What plugins provide, by name; the fields are those of `Registry`."""

    constraints: Types = field(default_factory=Types)
    judges: dict[str, Any] = field(default_factory=dict)
    aggregators: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)
    dialects: dict[str, Any] = field(default_factory=dict)
    plugins: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def reporting(self, plugin: str) -> Iterator[None]:
        """Note under `plugin` why it cannot be used, instead of raising."""
        try:
            yield
        except (Exception, SystemExit) as cause:  # noqa: BLE001  # an import may raise anything; it is reported by name
            self.broken[plugin] = _cause(cause)

    def add_module(self, name: str) -> None:
        """Add the plugin in the module called `name`, as `add` does, unless it is there.

        A notebook may have defined the classes of `__main__` anew, so those are always added again.

        Raises:
            PluginError: the module cannot be imported.
        """
        if name in self.modules and name != MAIN:
            return
        module = _imported(name)
        owner = _owner_of(name, module)
        self._forget(owner)
        self.add(module, owner)
        self.modules[name] = owner

    def use(self, name: str) -> None:
        """Add the plugin in the module called `name`, as `add_module` does.

        Raises:
            PluginError: whatever is wrong with it, under its name.
        """
        try:
            self.add_module(name)
        except (Exception, SystemExit) as cause:  # an import may raise anything; it is reported by name
            raise PluginError(f"the plugin {name!r} cannot be used: {_cause(cause)}") from cause

    def _forget(self, owner: str) -> None:
        for kind, names in self.plugins.pop(owner, {}).items():
            for name in names:
                getattr(self, kind).pop(name)

    def add(self, plugin: object, owner: str) -> None:
        """Add all of one plugin, or, where anything about it is wrong, raise and add nothing."""
        found, families = provided(plugin)
        for kind, table in found.items():
            for name in table:
                if name in getattr(self, kind):
                    raise PluginError(
                        f"the name {name!r} is provided by both {self._owner(kind, name)} and {owner}"
                    )
        for family in families:
            if self.constraints.has_family(family.name):
                raise PluginError(f"the family {family.name!r} of {owner} is provided by another plugin too")
        for family in families:
            self.constraints.add_family(family, owner)
        names = self.plugins.setdefault(owner, {})
        for kind, table in found.items():
            getattr(self, kind).update(table)
            names[kind] = (*names.get(kind, ()), *table)
        owned(found["constraints"], owner)

    def _owner(self, kind: str, name: str) -> str:
        if kind == "constraints":
            return self.constraints[name].provider
        return next(owner for owner, names in self.plugins.items() if name in names[kind])


def _imported(name: str) -> ModuleType:
    if name.endswith(".py") or not all(part.isidentifier() for part in name.split(".")):
        raise PluginError("name the module as `import` does, such as my_constraints")
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        raise PluginError(f"Python finds no module {name!r}; put its folder on PYTHONPATH") from None


def _cause(error: BaseException) -> str:
    return f"{error}" if isinstance(error, PluginError) else f"{type(error).__name__}: {error}"


def _owner_of(name: str, module: ModuleType) -> str:
    """Return who provides what a module named by the user has: its name, with its version where it has one."""
    path = getattr(module, "__file__", None)
    if name == MAIN and path:
        name = Path(path).name
    version = getattr(module, "__version__", None)
    return f"{name} {version}" if isinstance(version, str) else name


def _owner(point: EntryPoint) -> str:
    dist = point.dist
    return f"{dist.name} {dist.version}" if dist is not None else point.value
