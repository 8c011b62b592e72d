"""`Types`: constraint classes by name; those of a family are imported when one of them is first named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import Any

from verif_sdk.constraint import Constraint
from verif_sdk.errors import PluginError, in_words
from verif_sdk.late import loading
from verif_sdk.plugins.declaration import declared
from verif_sdk.plugins.hookspecs import Family

Classes = dict[str, type[Constraint]]


class Types(MutableMapping[str, type[Constraint]]):
    """Type strings to classes. Looking up a name imports its family; iterating imports all of them."""

    def __init__(self, types: Mapping[str, type[Constraint]] | None = None) -> None:
        self._classes: Classes = dict(types or {})
        self._late: dict[str, Callable[[], Classes]] = {}

    def copy(self) -> Types:
        """Return the same types, to which others can be added."""
        other = Types(self._classes)
        other._late = dict(self._late)
        return other

    def add_family(self, family: Family, owner: str) -> None:
        """Add the types of a family, which stay unimported until one of them is named."""
        self._late[family.name] = lambda: owned(_loaded(family), owner)

    def has_family(self, name: str) -> bool:
        """Return whether there is a type whose name begins with `name` and a colon."""
        return name in self._late or any(known.startswith(f"{name}:") for known in self._classes)

    def __getitem__(self, name: str) -> type[Constraint]:
        if name not in self._classes:
            self._import(name.partition(":")[0])
        return self._classes[name]

    def __setitem__(self, name: str, cls: type[Constraint]) -> None:
        self._classes[name] = cls

    def __delitem__(self, name: str) -> None:
        del self._classes[name]

    def __iter__(self) -> Iterator[str]:
        for family in [*self._late]:
            self._import(family)
        return iter(self._classes)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _import(self, family: str) -> None:
        with loading():  # another thread may have imported it meanwhile
            if load := self._late.get(family):
                self._classes |= load()
                del self._late[family]


def owned(types: Classes, owner: str) -> Classes:
    """Return classes that know the distribution they come from."""
    for cls in types.values():
        cls.provider = owner
    return types


def declared_types(classes: Iterable[Any]) -> Classes:
    """Return constraint classes by their type strings.

    Raises:
        PluginError: a class is not declared as it must be, or a type is there twice.
    """
    types: Classes = {}
    for cls in classes:
        if (name := declared(cls)) in types:
            raise PluginError(f"the type {name!r} is provided twice")
        types[name] = cls
    return types


def _loaded(family: Family) -> Classes:
    try:
        types = declared_types(family.load())
    except Exception as cause:
        raise PluginError(f"the family {family.name!r} cannot be loaded: {in_words(cause)}") from cause
    for name in types:
        if name.partition(":")[0] != family.name:
            raise PluginError(f"the family {family.name!r} cannot be loaded: it has the type {name!r}")
    return types
