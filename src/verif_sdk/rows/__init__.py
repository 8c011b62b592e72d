"""Data-set rows to cases, a file per format."""

from __future__ import annotations

from collections.abc import Mapping

from verif_sdk.case import RowFormat
from verif_sdk.rows import native, verinstruct

BUILT_IN: Mapping[str, RowFormat] = {"native": native.case, "verinstruct": verinstruct.case}
