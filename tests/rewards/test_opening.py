"""A wrong configuration stops a run at its first call; what goes wrong later does not."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
import socket
from typing import Any

import pytest

from verif_sdk import InvalidSpec, UndecidedReward
from verif_sdk.errors import JudgeFailed
from verif_sdk.judges.scripted import ScriptedJudge
from verif_sdk.question import Answer, Question
from verif_sdk.rewards import RewardConfig, Rollout, Scorer
from verif_sdk.rewards.opening import Opening
from verif_sdk.rewards.openrlhf import OpenRlhfReward
from verif_sdk.rewards.trl import AsyncTrlReward, TrlReward
from verif_sdk.rewards.verl import compute_score

WORDS = {"type": "length:words", "at_most": 2}
POLITE = {"type": "soft:tone", "tone": "polite"}


def trl(function: Any, count: int, **columns: Any) -> list[float | None]:
    made = function(prompts=["p"] * count, completions=["a"] * count, **columns)
    return asyncio.run(made) if asyncio.iscoroutine(made) else made


def soft(count: int, *constraints: dict[str, str]) -> list[Rollout]:
    return [Rollout("p", f"a {n}", {"constraints": [POLITE, *constraints]}) for n in range(count)]


@pytest.mark.parametrize("kind", [TrlReward, AsyncTrlReward])
def test_a_judge_that_cannot_start_stops_trl_at_every_call(kind: Any) -> None:
    pytest.importorskip("transformers")
    reward = kind(RewardConfig(judge="hf:/no/such/model"))
    for _ in range(2):
        with pytest.raises(JudgeFailed, match=r"^the judge hf:/no/such/model cannot start: "):
            trl(reward, 1, constraints=[[POLITE]])
    assert trl(kind(RewardConfig(judge="hf:/no/such/model")), 1, constraints=[[WORDS]]) == [1.0]


def test_a_judge_that_cannot_start_stops_verl_even_where_undecided_rewards_have_a_number() -> None:
    pytest.importorskip("transformers")
    with pytest.raises(JudgeFailed, match="cannot start"):
        asyncio.run(compute_score("d", "a", [POLITE], None, undecided=0.5, judge="hf:/no/such/model"))


def test_openrlhf_logs_it_once_and_refuses_what_it_can_when_it_is_made(caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("transformers")
    reward = OpenRlhfReward(undecided=0.25, judge="hf:/no/such/model/for/openrlhf")
    with caplog.at_level(logging.ERROR):
        for _ in range(2):
            assert reward(["pa"], ["p"], [json.dumps([POLITE])])["rewards"] == 0.25
    (record,) = caplog.records
    assert "every reward is the number for undecided ones: the judge hf:/no/such" in record.message
    with pytest.raises(InvalidSpec, match="unknown judge 'vlm'"):
        OpenRlhfReward(undecided=0.25, judge="vlm:model")


@pytest.mark.parametrize("kind", [TrlReward, AsyncTrlReward])
def test_a_column_that_no_row_has_stops_the_first_call(kind: Any) -> None:
    with pytest.raises(InvalidSpec, match=r"no row has the column 'rules'; did you mean 'rule'\?"):
        trl(kind(RewardConfig(constraints="rules")), 1, rule=[[WORDS]])


def test_a_first_batch_that_is_undecided_for_one_cause_stops_the_run() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    scorer = Scorer(RewardConfig(judge=f"openai:m?base_url=http://127.0.0.1:{port}/v1&retries=0"))
    with pytest.raises(UndecidedReward, match=r"first 3 undecided rewards have one cause: .*no connection"):
        scorer.score(soft(3))
    hard = [Rollout("p", "a", {"constraints": [WORDS]})] * 3
    with pytest.raises(UndecidedReward, match="no connection"):  # hard rows do not hide that nobody judges
        Scorer(scorer.config).score([*hard, *soft(3)])
    with pytest.raises(UndecidedReward, match=r"first 2 .* bad row: field 'constraints': not JSON"):
        Scorer(RewardConfig()).score([Rollout("p", "a", {"constraints": "{"})] * 2)


def test_one_undecided_rollout_after_the_other_stops_the_run_at_the_eighth() -> None:
    scorer = Scorer(RewardConfig(judge=ScriptedJudge(lambda _: Answer(error="no credit left"))))
    (single,) = soft(1)
    for _ in range(7):
        assert [one.reward for one in scorer.score([single])] == [None]
    for count in (8, 9):
        with pytest.raises(
            UndecidedReward, match=f"first {count} undecided rewards have one cause: no credit left"
        ):
            asyncio.run(scorer.ascore([single]))


def test_once_something_was_decided_failures_are_undecided_rewards() -> None:
    works = [True]
    judge = ScriptedJudge(lambda _: 0.9 if works[0] else Answer(error="gone"))
    scorer = Scorer(RewardConfig(judge=judge))
    assert [one.reward for one in scorer.score(soft(2))] == [1.0, 1.0]
    works[0] = False
    assert [one.reward for one in scorer.score(soft(2))] == [None, None]


def test_two_causes_are_not_a_wrong_configuration() -> None:
    def fails(question: Question) -> Answer:
        return Answer(error=f"lost {question.response}")

    assert [one.reward for one in Scorer(RewardConfig(judge=ScriptedJudge(fails))).score(soft(2))] == [None, None]


def test_a_scorer_whose_opening_is_over_leaves_first_calls_undecided() -> None:
    rollouts = [Rollout("p", "a", {"rules": 1})] * 2
    assert [one.reward for one in Scorer(RewardConfig(), Opening(over=True)).score(rollouts)] == [None, None]


def test_a_copy_in_another_process_has_its_own_first_call() -> None:
    scorer = pickle.loads(pickle.dumps(Scorer(RewardConfig())))
    with pytest.raises(UndecidedReward):
        scorer.score([Rollout("p", "a", {"constraints": "{"})] * 2)
    assert scorer == Scorer(RewardConfig())
