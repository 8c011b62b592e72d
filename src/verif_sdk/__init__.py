"""One trustworthy reward per response: typed constraints, checked by code or judged by a model.

The names below are loaded on first use, so importing the package costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verif_sdk.late import names, once

if TYPE_CHECKING:
    from verif_sdk.aggregate import Aggregator, monotone
    from verif_sdk.any_constraint import AnyConstraint
    from verif_sdk.api import averify, averify_batch, verify, verify_batch
    from verif_sdk.case import Case, RowFormat
    from verif_sdk.composer import Composer
    from verif_sdk.constraint import Check, Constraint, Example, Judged
    from verif_sdk.demand import Demand
    from verif_sdk.errors import InvalidSpec, MissingJudge, Undecidable, UndecidedReward, UnknownName, VerifError
    from verif_sdk.plugins.hookspecs import Family, Readings, hookimpl
    from verif_sdk.plugins.registry import Registry
    from verif_sdk.question import Answer, Judge, JudgeFactory, Question
    from verif_sdk.text import Text
    from verif_sdk.verdict import Result, Usage, Verdict

__version__ = "0.2.0"

_HOME = {
    "aggregate": ("Aggregator", "monotone"),
    "any_constraint": ("AnyConstraint",),
    "case": ("Case", "RowFormat"),
    "composer": ("Composer",),
    "constraint": ("Check", "Constraint", "Example", "Judged"),
    "errors": ("InvalidSpec", "MissingJudge", "Undecidable", "UndecidedReward", "UnknownName", "VerifError"),
    "demand": ("Demand",),
    "plugins.hookspecs": ("Family", "Readings", "hookimpl"),
    "late": ("once",),
    "question": ("Answer", "Judge", "JudgeFactory", "Question"),
    "plugins.registry": ("Registry",),
    "text": ("Text",),
    "verdict": ("Result", "Usage", "Verdict"),
    "api": ("averify", "averify_batch", "verify", "verify_batch"),
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "Aggregator",
    "Answer",
    "AnyConstraint",
    "Case",
    "Check",
    "Composer",
    "Constraint",
    "Demand",
    "Example",
    "Family",
    "InvalidSpec",
    "Judge",
    "JudgeFactory",
    "Judged",
    "MissingJudge",
    "Question",
    "Readings",
    "Registry",
    "Result",
    "RowFormat",
    "Text",
    "Undecidable",
    "UndecidedReward",
    "UnknownName",
    "Usage",
    "Verdict",
    "VerifError",
    "averify",
    "averify_batch",
    "hookimpl",
    "monotone",
    "once",
    "verify",
    "verify_batch",
]


if not TYPE_CHECKING:
    __getattr__ = names(__name__, _MODULE, globals())


def __dir__() -> list[str]:
    return sorted([*globals(), *_MODULE])
