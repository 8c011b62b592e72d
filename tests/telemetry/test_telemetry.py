"""What looks like a game is counted by kind; what a person writes is not; no verdict changes."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verif_sdk import Case, Composer
from verif_sdk.rewards import RewardConfig, Rollout, Scorer, metrics
from verif_sdk.rewards.openrlhf import OpenRlhfReward
from verif_sdk.rewards.trl import TrlReward
from verif_sdk.rewards.verl import compute_score
from verif_sdk.telemetry import KINDS, suspicions

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "reference" / "telemetry.md").read_text("utf-8")
ROW = re.compile(r"^\| `(\w+)` \| .* \| `(\".*\")` \| `(\{.*\})` \|$", re.MULTILINE)
PLANTED = [json.loads(line) for line in (HERE / "planted.jsonl").read_text("utf-8").splitlines()]
ONE_SENTENCE = {"type": "length:sentences", "at_least": 1}


def kinds(response: str, *constraints: dict[str, Any]) -> tuple[str, ...]:
    case = Case.of(response=response, constraints=list(constraints or [ONE_SENTENCE]))
    (result,) = Composer().verify_batch([case])
    return suspicions(case, result)


@pytest.mark.parametrize(("kind", "response", "constraint"), ROW.findall(PAGE))
def test_the_example_of_each_kind_on_the_page_shows_that_kind_alone(
    kind: str, response: str, constraint: str
) -> None:
    assert kinds(json.loads(response), json.loads(constraint)) == (kind,)


def test_the_page_has_every_kind() -> None:
    assert [kind for kind, *_ in ROW.findall(PAGE)] == list(KINDS)


@pytest.mark.parametrize("game", PLANTED, ids=lambda game: game["why"])
def test_a_planted_game_is_counted_as_its_kind(game: dict[str, Any]) -> None:
    assert game["kind"] in kinds(game["response"], *game["constraints"])


HONEST = [
    "The family 👨‍👩‍👧 went to 🏴󠁧󠁢󠁳󠁣󠁴󠁿 and 🇫🇷 in spring, and I ❤️ the pictures.",
    "می‌خواهم به خانه بروم و کتاب بخوانم.",
    "क्‍या आप मेरे साथ चलेंगे?",
    "Мы купили SMSки и Wi-Fi-роутер для IT-компании.",
    "The angle α and the wave length λ are given in µm, as in 5 Ω.",
    "Row, row, row your boat gently down the stream. Merrily, merrily, life is but a dream.",
    "Use `<!-- a comment -->` like this:\n\n```html\n<!-- a comment -->\n<p hidden>x</p>\n```\nThat is all.",
    "Rain, snow and wind came early, and nobody was ready for the storm.",
    "First paragraph.\n\n\nSecond paragraph after two blank lines.",
    "| a | b |\n|---|---|\n| 1 | 2 |\n| 1 | 2 |\n\nThat is the table of this week.",
    "<think>Let me see.</think>\nThe train leaves at nine in the morning.",
    "If a < b, then b > a holds, and the same is true the other way round.",
]


@pytest.mark.parametrize("response", HONEST)
def test_what_a_person_writes_shows_nothing(response: str) -> None:
    assert (
        kinds(response, ONE_SENTENCE, {"type": "keywords:exclude", "keywords": ["unicorn", "dragon", "elf"]}) == ()
    )


def test_keywords_in_running_text_are_not_stuffed() -> None:
    wanted = {"type": "keywords:include", "keywords": ["rain", "snow", "wind"]}
    assert kinds("Rain fell on Monday.\nSnow, wind and more rain came later in the week.", wanted) == ()
    assert kinds("Tags: rain, snow, wind\n\nRain fell, then snow, and the wind rose.", wanted) == ()
    assert kinds("It was a dark night.\nTags: rain, snow, wind", wanted) == ("stuffed_line",)


@pytest.mark.parametrize(
    "constraint",
    [
        {"type": "format:options", "options": ["yes", "no"]},
        {"type": "length:words", "at_most": 5},
        {"type": "format:regex", "pattern": "yes"},
    ],
)
def test_a_word_is_enough_where_little_is_asked_for(constraint: dict[str, Any]) -> None:
    assert kinds("yes", constraint) == ()


def test_a_response_that_passes_nothing_is_not_looked_at() -> None:
    assert kinds("no " * 30, {"type": "length:words", "at_most": 5}) == ()


def test_every_kind_runs_on_any_text() -> None:
    @given(st.text(max_size=200))
    def runs(response: str) -> None:
        assert set(kinds(response, {"type": "logic:not", "constraint": ONE_SENTENCE}, ONE_SENTENCE)) <= set(KINDS)

    runs()


@pytest.mark.parametrize(
    "piece", ["<!--", "<a ", "](", "[//]: # (", "a b c\n", "\u200b", "a\u0430 ", "\n", "<think>"]
)
def test_the_cost_grows_with_the_length_alone(piece: str) -> None:
    wanted = {"type": "keywords:include", "keywords": ["a", "b", "c"], "at_least": 1, "whole_word": False}

    def seconds(length: int) -> float:
        case = Case.of(response="a b " + piece * (length // len(piece)), constraints=[wanted])
        (result,) = Composer().verify_batch([case])
        started = time.process_time()
        suspicions(case, result)
        return time.process_time() - started

    assert seconds(100_000) < 40 * max(seconds(10_000), 0.01)


DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.mark.skipif(not DATA.exists(), reason="the real responses are not here")
@pytest.mark.parametrize(
    ("name", "rows", "counted"), [("ifeval_gpt4", "ifeval", 6), ("ifbench_sample", "ifbench", 4)]
)
def test_real_responses_are_counted_as_the_page_says(name: str, rows: str, counted: int) -> None:
    from verif_sdk.plugins.registry import Registry

    read = Registry.installed().row_format(rows)
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        cases = [read(json.loads(line)) for line in lines]
    shown = [suspicions(case, result) for case, result in zip(cases, Composer().verify_batch(cases), strict=True)]
    assert sum(map(bool, shown)) == counted


ROLLOUTS = [Rollout("Say it.", "It was fine. " * 5, {"constraints": [ONE_SENTENCE]}), Rollout("Say it.", "", {})]


def test_rewards_are_the_same_with_and_without() -> None:
    plain, watched = (Scorer(RewardConfig(telemetry=on)).score(ROLLOUTS[:1]) for on in (False, True))
    assert plain[0].suspicions == ()
    assert watched[0].suspicions == ("repetition",)
    assert (plain[0].reward, plain[0].verdicts) == (watched[0].reward, watched[0].verdicts)


def test_the_names_of_the_numbers_never_vary() -> None:
    scored = Scorer(RewardConfig(telemetry=True)).score(ROLLOUTS)
    one, bad = (metrics.constant(each, telemetry=True) for each in scored)
    assert one.keys() == bad.keys()
    assert one["verif_suspicious_repetition"] == 1.0
    assert bad["verif_suspicious_repetition"] == 0.0
    assert not any("suspicious" in name for name in metrics.constant(scored[0]))


@pytest.mark.parametrize("on", [False, True])
def test_trl_logs_the_share_of_each_kind_where_asked(on: bool) -> None:
    logged: list[tuple[str, float]] = []
    TrlReward(RewardConfig(telemetry=on))(
        prompts=["a", "b"],
        completions=["It was fine. " * 5, "It rains in the morning."],
        constraints=[[ONE_SENTENCE]] * 2,
        log_metric=lambda name, value: logged.append((name, value)),
    )
    assert [value for name, value in logged if name == "verif/suspicious/repetition"] == ([1.0, 0.0] if on else [])


def test_verl_and_openrlhf_get_a_number_for_every_kind() -> None:
    truth = json.dumps([ONE_SENTENCE])
    verl = asyncio.run(compute_score("data", "It was fine. " * 5, truth, telemetry=True))
    named = {name.removeprefix("verif_suspicious_"): value for name, value in verl.items() if "suspicious" in name}
    assert named == {kind: float(kind == "repetition") for kind in KINDS}
    openrlhf = OpenRlhfReward(undecided=0.0, telemetry=True)
    logs = openrlhf(["ab It was fine.", "lost"], ["ab ", "not its prompt"], [truth, truth])["extra_logs"]
    assert all(len(logs[f"verif_suspicious_{kind}"]) == 2 for kind in KINDS)
