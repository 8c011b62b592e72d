"""Numbers about a batch of scored rollouts, with the same names in every trainer."""

from __future__ import annotations

from collections.abc import Sequence

from verif_sdk.plugins.registry import Registry
from verif_sdk.rewards.rollout import Scored
from verif_sdk.verdict import Verdict


def constant(scored: Scored, *, telemetry: bool = False) -> dict[str, float]:
    """Return one rollout's numbers under names that never vary, as verl and OpenRLHF need them.

    `verif_undecided` is 1 or 0; `verif_hard` and `verif_soft` are the shares of decided constraints that
    passed, in [0, 1], 1 if none was decided; the next three count judge questions. With
    `telemetry`, `verif_suspicious_KIND` is 1 or 0 for every kind.
    """
    signs = {f"verif_suspicious_{kind}": shown for kind, shown in _signs(scored)} if telemetry else {}
    return {
        "verif_undecided": float(scored.reward is None),
        "verif_hard": _share(scored, hard=True),
        "verif_soft": _share(scored, hard=False),
        "verif_asked": float(scored.usage.asked),
        "verif_saved": float(scored.usage.saved),
        "verif_failed": float(scored.usage.failed),
        **signs,
    }


def values(batch: Sequence[Scored], *, telemetry: bool = False) -> list[tuple[str, float]]:
    """Return every value of a batch under the name of its mean, as TRL averages them.

    `verif/TYPE` is the share of responses that follow a constraint of that type, and `verif/TYPE/LABEL` the share
    that the judge gave that label, such as `verif/soft:correctness/invalid`; `verif/undecided` is the share of
    rollouts without a reward; `verif/judge/…` are means per rollout of what the judge was asked. With
    `telemetry`, `verif/suspicious/KIND` is the share of responses that pass and show this kind.
    """
    named = [("verif/undecided", float(one.reward is None)) for one in batch]
    if telemetry:
        named += [(f"verif/suspicious/{kind}", shown) for one in batch for kind, shown in _signs(one)]
    for one in batch:
        named += [
            (f"verif/{verdict.type}", float(verdict.passed))
            for verdict in one.verdicts
            if verdict.passed is not None
        ]
        named += [label for verdict in one.verdicts for label in _labels(verdict)]
        usage = one.usage
        counts = {
            "asked": usage.asked,
            "shared": usage.shared,
            "saved": usage.saved,
            "failed": usage.failed,
            "tokens": usage.prompt_tokens + usage.completion_tokens,
        }
        named += [(f"verif/judge/{name}", float(count)) for name, count in counts.items()]
    return named


def _labels(verdict: Verdict) -> list[tuple[str, float]]:
    """Return 1 for the label of a verdict and 0 for its type's other labels, so that the means are shares."""
    if verdict.label is None:
        return []
    known = getattr(Registry.installed().constraints.get(verdict.type), "labels", ())
    return [(f"verif/{verdict.type}/{label}", float(label == verdict.label)) for label in known]


def _signs(scored: Scored) -> list[tuple[str, float]]:
    from verif_sdk.telemetry import KINDS

    return [(kind, float(kind in scored.suspicions)) for kind in KINDS]


def _share(scored: Scored, *, hard: bool) -> float:
    passed = [verdict.passed for verdict in scored.verdicts if verdict.hard == hard and verdict.passed is not None]
    return sum(passed) / len(passed) if passed else 1.0
