"""`Registry`: names to constraint types, judges, aggregators, row formats and dialects."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from verif_sdk import late, limits
from verif_sdk.constraint import Constraint
from verif_sdk.errors import InvalidSpec, UnknownName, did_you_mean, suggest
from verif_sdk.nearest import nearest_types
from verif_sdk.plugins import known, loading
from verif_sdk.plugins.constraint_schema import union
from verif_sdk.plugins.hookspecs import MODES, Readings
from verif_sdk.plugins.loading import MAIN
from verif_sdk.problems import described, kind, shown
from verif_sdk.spec import from_json

if TYPE_CHECKING:
    from verif_sdk.aggregate import Aggregator
    from verif_sdk.case import RowFormat
    from verif_sdk.dialect import DialectFactory
    from verif_sdk.question import JudgeFactory

T = TypeVar("T")


@dataclass(frozen=True)
class Registry:
    """Everything that plugins provide, by name."""

    constraints: Mapping[str, type[Constraint]]
    judges: Mapping[str, JudgeFactory] = field(default_factory=dict)
    aggregators: Mapping[str, Aggregator] = field(default_factory=dict)
    rows: Mapping[str, RowFormat | Readings] = field(default_factory=dict)
    dialects: Mapping[str, DialectFactory] = field(default_factory=dict)
    plugins: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """Per distribution, with its version, the names it provides: of judges, aggregators, rows and dialects, and of
    the constraints that are in no family."""
    modules: Mapping[str, str] = field(default_factory=dict)
    """Modules that are plugins, by name, to the distribution, the module or the script as `plugins` has it."""
    broken: Mapping[str, str] = field(default_factory=dict)
    """Plugins that could not be used: entry point and distribution to the cause."""

    @property
    def owners(self) -> Mapping[str, str]:
        """Type string to the distribution that provides it."""
        return {name: cls.provider for name, cls in self.constraints.items()}

    @staticmethod
    def installed() -> Registry:
        """Return the registry of this process: built-ins, installed plugins, and the modules that the user names.

        A broken plugin is left out with a warning that names its distribution, and listed in `broken`.
        `VERIF_SDK_BLOCK=a,b` leaves out the entry points of those names; `VERIF_SDK_PLUGINS=a,b` adds the modules
        of those names.
        """
        return _registry or _first()

    @staticmethod
    def use(*modules: str) -> None:
        """Add the plugins in these modules to the registry of this process; one that is there is left alone.

        Args:
            modules: names as `import` takes them; "__main__" is the running script or notebook.

        Raises:
            PluginError: a module cannot be imported, or what it provides is wrong; then nothing is added.
        """
        global _registry  # noqa: PLW0603  # a new registry takes the place of the old one, which never changes
        if MAIN not in modules and all(name in Registry.installed().modules for name in modules):
            return
        with late.loading():
            tables = loading.Tables(**{name: table.copy() for name, table in vars(Registry.installed()).items()})
            for name in modules:
                tables.use(name)
            _registry = Registry(**vars(tables))

    def parse(self, spec: Constraint | Mapping[str, Any] | str) -> Constraint:
        """Return the typed constraint that `spec` (an object, a dict or its JSON) describes.

        Raises:
            InvalidSpec: the type or a parameter is unknown, missing or out of range; the message
                names the field and what was expected.
        """
        if isinstance(spec, str):
            spec = from_json(spec)
        if not isinstance(spec, Constraint):
            limits.check(spec)
        return self.typed(spec)

    def typed(self, spec: Constraint | Mapping[str, Any] | str) -> Constraint:
        """Return what `parse` does for a spec that is known to keep the limits, such as a part of one."""
        if isinstance(spec, str):
            return self.parse(spec)
        if not isinstance(spec, dict):
            if isinstance(spec, Constraint):
                return spec
            if not isinstance(spec, Mapping):
                raise InvalidSpec(f"a constraint is an object with a 'type', got {kind(spec)}: {shown(spec)}")
            spec = dict(spec)
        if not isinstance(name := spec.get("type"), str):
            raise InvalidSpec(f"a constraint needs a 'type' such as 'length:words', got {shown(spec)}")
        cls = self.constraint_type(name)
        try:
            return cls.model_validate(spec) if len(spec) > 1 else _without_parameters(cls)
        except ValidationError as error:
            raise InvalidSpec(f"{name}: {described(error, cls)}") from None

    def constraint_type(self, name: str) -> type[Constraint]:
        """Return the class of the type called `name`."""
        try:
            return self.constraints[name]
        except KeyError:
            near = nearest_types(name, self.constraints)
            hint = did_you_mean(near) if near else "`verif list WORD` searches them all"
            raise self._unknown("constraint type", name, hint) from None

    def judge_factory(self, scheme: str) -> JudgeFactory:
        """Return the factory of the judges whose spec starts with `scheme:`."""
        return self._find("judge", self.judges, scheme)

    def aggregator(self, name: str) -> Aggregator:
        """Return the aggregator called `name`."""
        return self._find("aggregator", self.aggregators, name)

    def row_format(self, spec: str, mode: str = "strict") -> RowFormat:
        """Return the row format of a spec: its name, with options as in `verinstruct?untagged=ignore`, or without.

        Args:
            spec: a name; one that ends in `-loose` is the loose reading, as it was once called.
            mode: "strict", or "loose" where the format has that.

        Raises:
            UnknownName: no row format has that name.
            InvalidSpec: the format does not have the mode or the option, or the option not the value.
        """
        name, _, query = spec.partition("?")
        read = self._reading(name, mode)
        if not query:
            return read
        from verif_sdk.plugins.row_options import with_options

        return with_options(name, read, query)

    def modes(self, spec: str) -> tuple[str, ...]:
        """Return the modes in which a row format reads: "strict", and "loose" where it has that."""
        read = self._find("row format", self.rows, spec.partition("?")[0])
        return MODES if isinstance(read, Readings) else MODES[:1]

    def _reading(self, name: str, mode: str) -> RowFormat:
        if mode not in MODES:
            raise InvalidSpec(f"mode {mode!r} is neither {' nor '.join(MODES)}")
        if name not in self.rows and isinstance(self.rows.get(name.removesuffix("-loose")), Readings):
            return self._reading(name.removesuffix("-loose"), "loose")
        read = self._find("row format", self.rows, name)
        if isinstance(read, Readings):
            return read.loose if mode == "loose" else read.strict
        if mode == "strict":
            return read
        having = ", ".join(sorted(name for name in self.rows if self.modes(name) == MODES)) or "none"
        raise InvalidSpec(f"rows {name!r} have no loose mode; those that have: {having}")

    def json_schema(self, type: str | None = None) -> dict[str, Any]:
        """Return the JSON Schema (2020-12) of one constraint type, or of any constraint."""
        if type is not None:
            self.constraint_type(type)
        return union(self.constraints, type)

    def _find(self, kind: str, known: Mapping[str, T], name: str) -> T:
        try:
            return known[name]
        except KeyError:
            raise self._unknown(kind, name, suggest(name, known)) from None

    def _unknown(self, kind: str, name: str, near: str) -> UnknownName:
        if way := known.absent(name, self.plugins, self.broken):
            return UnknownName.of(kind, name, way)
        return UnknownName.of(kind, name, known.told(self.broken), near)


_registry: Registry | None = None


def _first() -> Registry:
    """Return the registry of this process, read now unless another thread has read it meanwhile."""
    global _registry  # noqa: PLW0603  # it is read once
    with late.loading():
        if _registry is None:
            _registry = Registry(**vars(loading.installed()))
            for plugin, cause in _registry.broken.items():
                warnings.warn(f"verif_sdk left out the plugin {plugin}: {cause}", stacklevel=3)
        return _registry


@cache
def _without_parameters(cls: type[Constraint]) -> Constraint:
    """Return the constraint of a type alone; it never changes, so one is enough."""
    return cls.model_validate({})
