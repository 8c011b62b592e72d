"""The built-in plugin: catalogue, judges, aggregators and row formats, through the same hooks as any other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from verif_sdk import aggregate, catalogue, rows
from verif_sdk.aggregate import Aggregator
from verif_sdk.case import RowFormat
from verif_sdk.dialect import DialectFactory
from verif_sdk.judges import spec as judges
from verif_sdk.judges.dialects.shipped import SHIPPED
from verif_sdk.plugins.hookspecs import Family, hookimpl
from verif_sdk.question import JudgeFactory


@hookimpl
def verif_constraints() -> Iterable[Family]:
    return [Family(name, partial(catalogue.constraints, name)) for name in catalogue.FAMILIES]


@hookimpl
def verif_judges() -> Mapping[str, JudgeFactory]:
    return judges.BUILT_IN


@hookimpl
def verif_aggregators() -> Mapping[str, Aggregator]:
    return aggregate.BUILT_IN


@hookimpl
def verif_rows() -> Mapping[str, RowFormat]:
    return rows.BUILT_IN


@hookimpl
def verif_dialects() -> Mapping[str, DialectFactory]:
    return SHIPPED
