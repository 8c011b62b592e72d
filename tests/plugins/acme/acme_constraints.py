"""A third-party plugin, whole: the one that the README shows, with one more hook of each kind."""

from collections.abc import Mapping, Sequence
from typing import Literal

from verif_sdk import (
    Aggregator,
    Answer,
    Case,
    Check,
    Example,
    Judged,
    JudgeFactory,
    Question,
    RowFormat,
    Text,
    Verdict,
    hookimpl,
    monotone,
)


class NoEmDash(Check):
    """The response contains no em dash."""

    type: Literal["acme:no_em_dash"] = "acme:no_em_dash"
    template = "Do not use em dashes."
    examples = (Example({}, accepts=("Plain - enough.",), rejects=("Wait \u2014 what?",)),)

    def check(self, text: Text) -> Verdict:
        return self.verdict("\u2014" not in text.raw, "looked for em dashes")


class OnBrand(Judged):
    """The response keeps to the brand voice."""

    type: Literal["acme:on_brand"] = "acme:on_brand"
    template = "Write in this voice: {voice}."
    examples = (Example({"voice": "dry"}, accepts=("Indeed.",), rejects=("Yay!!!",)),)
    voice: str


class YesJudge:
    """Says yes to everything."""

    def __init__(self, model: str) -> None:
        self.model = model

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        return [Answer(score=1.0, choice="yes", decided_by=f"acme:{self.model}") for _ in questions]


@monotone
def half(verdicts: Sequence[Verdict]) -> float:
    """Return half the share of passed verdicts."""
    return sum(bool(verdict.passed) for verdict in verdicts) / len(verdicts) / 2


@monotone
def mean(verdicts: Sequence[Verdict]) -> float:
    """Return the mean score; a decided verdict has one."""
    return sum(verdict.score or 0.0 for verdict in verdicts) / len(verdicts)


def case(row: Mapping[str, object]) -> Case:
    """Return the case of a row with `text` alone."""
    return Case.of(response=row["text"], constraints=[{"type": "acme:no_em_dash"}])


@hookimpl
def verif_constraints() -> list[type[Check] | type[Judged]]:
    return [NoEmDash, OnBrand]


@hookimpl
def verif_judges() -> Mapping[str, JudgeFactory]:
    return {"acme": YesJudge}


@hookimpl
def verif_aggregators() -> Mapping[str, Aggregator]:
    return {"acme-half": half, "acme-mean": mean}


@hookimpl
def verif_rows() -> Mapping[str, RowFormat]:
    return {"acme-text": case}
