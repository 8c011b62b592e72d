"""The numbers that trainers log about scored rollouts, by hand."""

from __future__ import annotations

from verif_sdk import Usage, Verdict
from verif_sdk.rewards import metrics
from verif_sdk.rewards.rollout import Scored
from verif_sdk.telemetry import KINDS

USAGE = Usage(asked=3, shared=1, saved=2, failed=1, prompt_tokens=40, completion_tokens=5)
DECIDED = Scored(
    0.5,
    score=0.5,
    verdicts=(
        Verdict(type="a:b", passed=True, score=1.0),
        Verdict(type="a:c", passed=False, score=0.0),
        Verdict(type="soft:d", passed=True, score=0.9, hard=False),
        Verdict(type="soft:e", skipped=True, hard=False),
    ),
    usage=USAGE,
)
UNDECIDED = Scored(None, causes=("lost",))


def test_one_rollout_has_the_same_names_whatever_it_came_to() -> None:
    assert metrics.constant(DECIDED) == {
        "verif_undecided": 0.0,
        "verif_hard": 0.5,
        "verif_soft": 1.0,
        "verif_asked": 3.0,
        "verif_saved": 2.0,
        "verif_failed": 1.0,
    }
    assert metrics.constant(UNDECIDED) == {
        "verif_undecided": 1.0,
        "verif_hard": 1.0,
        "verif_soft": 1.0,
        "verif_asked": 0.0,
        "verif_saved": 0.0,
        "verif_failed": 0.0,
    }


def test_a_batch_has_a_value_per_rollout_and_per_decided_verdict() -> None:
    assert metrics.values([DECIDED, UNDECIDED]) == [
        ("verif/undecided", 0.0),
        ("verif/undecided", 1.0),
        ("verif/a:b", 1.0),
        ("verif/a:c", 0.0),
        ("verif/soft:d", 1.0),
        ("verif/judge/asked", 3.0),
        ("verif/judge/shared", 1.0),
        ("verif/judge/saved", 2.0),
        ("verif/judge/failed", 1.0),
        ("verif/judge/tokens", 45.0),
        ("verif/judge/asked", 0.0),
        ("verif/judge/shared", 0.0),
        ("verif/judge/saved", 0.0),
        ("verif/judge/failed", 0.0),
        ("verif/judge/tokens", 0.0),
    ]


def test_with_telemetry_every_kind_of_sign_has_a_number() -> None:
    kind, *others = KINDS
    one = Scored(1.0, suspicions=(kind,))
    signs = {name: value for name, value in metrics.constant(one, telemetry=True).items() if "suspicious" in name}
    assert signs == {f"verif_suspicious_{kind}": 1.0} | {f"verif_suspicious_{other}": 0.0 for other in others}
    values = [value for value in metrics.values([one, UNDECIDED], telemetry=True) if "suspicious" in value[0]]
    assert values[0] == (f"verif/suspicious/{kind}", 1.0)
    assert values[1:] == [(f"verif/suspicious/{name}", 0.0) for name in (*others, *KINDS)]
