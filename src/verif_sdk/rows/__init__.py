"""Data-set rows to cases, a file per format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from verif_sdk.rows import native, verinstruct

if TYPE_CHECKING:
    from verif_sdk.plugins.hookspecs import RowFormat

BUILT_IN: Mapping[str, RowFormat] = {"native": native.case, "verinstruct": verinstruct.case}
