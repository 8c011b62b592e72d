"""Shaping: each step by hand, and steps in their order."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verif_sdk import InvalidSpec, Text
from verif_sdk.rewards.config import RewardConfig
from verif_sdk.rewards.shaping import shape


def shaped(reward: float, *steps: dict[str, Any], text: str = "one two", tokens: int | None = None) -> float:
    return shape(reward, RewardConfig.of(shaping=steps).shaping, Text(text), tokens)


def test_affine_and_clip_in_their_order() -> None:
    double, clip = {"kind": "affine", "scale": 2, "offset": -1}, {"kind": "clip", "low": 0, "high": 0.5}
    assert shaped(1.0, double) == 1.0
    assert shaped(0.25, double) == -0.5
    assert shaped(1.0, double, clip) == 0.5
    assert shaped(1.0, clip, double) == 0.0


def test_a_step_without_parameters_changes_nothing_and_an_interval_may_be_a_point() -> None:
    assert shaped(0.3, {"kind": "affine"}) == 0.3
    assert shaped(0.3, {"kind": "clip", "low": 0.5, "high": 0.5}) == 0.5
    assert shaped(1.0, {"kind": "soft-length", "soft": 0, "hard": 1}, tokens=1) == 0.0
    assert shaped(1.0, {"kind": "cosine-length", "most": 1}, tokens=1) == -2.0
    assert shaped(1.0, {"kind": "cosine-length", "most": 4, "unit": "words"}, text="one two") == pytest.approx(1.0)


@pytest.mark.parametrize(("threshold", "wanted"), [(0, 0.2), (0.1, 0.2), (0.2, -1.0), (1, -1.0)])
def test_cosine_length_has_a_threshold_from_0_to_1(threshold: float, wanted: float) -> None:
    step = {"kind": "cosine-length", "most": 10**6, "threshold": threshold}
    assert shaped(0.1, step, tokens=10**6 - 1) == pytest.approx(wanted)


def test_a_gate_fails_to_zero_and_says_when_it_is_undecided() -> None:
    gate = {"kind": "gate", "constraint": {"type": "length:words", "at_most": 1}}
    assert shaped(0.7, gate) == 0.0
    with pytest.raises(ValueError, match="gate: structure:repeats_prompt is undecided: "):
        shaped(0.7, {"kind": "gate", "constraint": {"type": "structure:repeats_prompt"}})


@pytest.mark.parametrize(("tokens", "wanted"), [(0, 1.0), (100, 1.0), (150, 0.75), (200, 0.5), (999, 0.5)])
def test_soft_length_grows_from_soft_to_hard(tokens: int, wanted: float) -> None:
    step = {"kind": "soft-length", "soft": 100, "hard": 200, "penalty": 0.5}
    assert shaped(1.0, step, tokens=tokens) == pytest.approx(wanted)


def test_soft_length_counts_words_and_characters_and_says_when_it_cannot_count_tokens() -> None:
    assert shaped(1.0, {"kind": "soft-length", "unit": "words", "soft": 1, "hard": 3}) == 0.5
    assert shaped(1.0, {"kind": "soft-length", "unit": "characters", "soft": 5, "hard": 7}) == 0.0
    with pytest.raises(ValueError, match="does not hand over"):
        shaped(1.0, {"kind": "soft-length", "soft": 1, "hard": 3})


@given(st.floats(0, 1), st.integers(0, 3000))
def test_cosine_length_is_the_published_function(reward: float, tokens: int) -> None:
    share = 0.5 * (1 - math.cos(tokens / 2000 * math.pi))
    wanted = -2.0 if tokens >= 2000 else 2 * share * reward if reward >= 0.2 else -share
    step = {"kind": "cosine-length", "most": 2000}
    assert shaped(reward, step, tokens=tokens) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(
    ("reward", "tokens", "wanted"),
    [(1, 0, 0), (1, 50, 1), (0.5, 99, 1), (0.2, 50, 0.2), (0.1, 50, -0.5), (1, 100, -3)],
)
def test_cosine_length_by_hand(reward: float, tokens: int, wanted: float) -> None:
    step = {"kind": "cosine-length", "most": 100, "too_long": -3}
    assert shaped(reward, step, tokens=tokens) == pytest.approx(wanted, abs=1e-3)
    with pytest.raises(ValueError, match="cosine-length counts tokens"):
        shaped(reward, step)


def test_a_gate_replaces_the_reward_where_its_constraint_fails() -> None:
    gate = {"kind": "gate", "constraint": {"type": "format:json"}, "otherwise": -1}
    assert shaped(0.7, gate, text='{"a": 1}') == 0.7
    assert shaped(0.7, gate, text="a") == -1


@given(st.floats(0, 1), st.integers(0, 10_000))
def test_shaping_stays_within_what_was_declared(reward: float, tokens: int) -> None:
    steps = ({"kind": "soft-length", "soft": 10, "hard": 20}, {"kind": "clip", "low": -1, "high": 1})
    assert -1 <= shaped(reward, *steps, tokens=tokens) <= reward


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"kind": "clip", "low": 1, "high": 0}, r"low \(1\) is above high \(0\)"),
        ({"kind": "soft-length", "soft": 2, "hard": 2}, r"soft \(2\) must be below hard \(2\)"),
        ({"kind": "gate", "constraint": {"type": "soft:tone", "tone": "polite"}}, "asks a judge"),
        ({"kind": "gate", "constraint": {"type": "format:jsno"}}, "did you mean 'format:json'"),
        ({"kind": "soft-length", "soft": -1, "hard": 2}, "shaping.0.soft-length.soft"),
        ({"kind": "soft-length", "soft": 0, "hard": 0}, "shaping.0.soft-length.hard"),
        ({"kind": "soft-length", "soft": 0, "hard": 1, "penalty": 0}, "shaping.0.soft-length.penalty"),
        ({"kind": "cosine-length", "most": 0}, "shaping.0.cosine-length.most"),
        ({"kind": "cosine-length", "most": 1, "threshold": 1.1}, "shaping.0.cosine-length.threshold"),
        ({"kind": "affine", "offset": math.inf}, "shaping.0.affine.offset"),
        ({"kind": "linear"}, "shaping.0"),
        ({"kind": "affine", "scale": "x"}, "shaping.0.affine.scale"),
    ],
)
def test_a_step_that_cannot_be_names_its_field(step: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidSpec, match=said):
        RewardConfig.of(shaping=[step])


def test_a_file_of_either_kind_configures_a_reward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toml, json = tmp_path / "reward.toml", tmp_path / "reward.json"
    toml.write_text('aggregate = "mean"\nundecided = 0.5\n[[shaping]]\nkind = "affine"\nscale = 2.0\n')
    json.write_text('{"aggregate": "mean", "undecided": 0.5, "shaping": [{"kind": "affine", "scale": 2.0}]}')
    monkeypatch.setenv("VERIF_REWARD", str(json))
    assert RewardConfig.of(toml) == RewardConfig.of() != RewardConfig()
    toml.write_text('agregate = "mean"')
    with pytest.raises(InvalidSpec, match="did you mean 'aggregate'"):
        RewardConfig.of(toml)
    with pytest.raises(InvalidSpec, match=r"none\.toml' cannot be read"):
        RewardConfig.of(tmp_path / "none.toml")


@pytest.mark.parametrize("name", ["deep.toml", "deep.json", "bytes.toml"])
def test_a_configuration_that_cannot_be_parsed_is_one_sentence(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(b"\xff" if name == "bytes.toml" else (b"a=" if name == "deep.toml" else b"") + b"[" * 100_000)
    with pytest.raises(InvalidSpec, match=r"nested too deeply|can't decode byte 0xff"):
        RewardConfig.of(file)
