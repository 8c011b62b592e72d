"""The dialects that come with the library; the file of one is read when it is first spoken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from verif_sdk.dialect import Dialect, DialectFactory


@dataclass(frozen=True)
class _Later:
    module: str
    name: str

    def __call__(self, *, template: str = "") -> Dialect:
        made: Dialect = getattr(import_module(f"{__package__}.{self.module}"), self.name)(template)
        return made


SHIPPED: Mapping[str, DialectFactory] = {
    "if-verifier": _Later("if_verifier", "IfVerifier"),
    "compass": _Later("compass", "Compass"),
    "compass-cot": _Later("compass", "CompassCot"),
    "general-verifier": _Later("general_verifier", "GeneralVerifier"),
    "self-j": _Later("self_j", "SelfJ"),
    "self-j-ref": _Later("self_j", "SelfJRef"),
    "kalmv": _Later("kalmv", "Kalmv"),
    "spar": _Later("spar", "Spar"),
}
