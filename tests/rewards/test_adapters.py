"""The adapters as the trainers call them; the trainers themselves are under tests/frameworks."""

from __future__ import annotations

import asyncio
import json
import pickle
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.failing_judges import Crowded
from verif_sdk import Case, InvalidSpec, MissingJudge, Registry, UndecidedReward
from verif_sdk.judges import scripted
from verif_sdk.rewards import RewardConfig, Rollout, Scorer
from verif_sdk.rewards.openrlhf import OpenRlhfReward
from verif_sdk.rewards.trl import AsyncTrlReward, TrlReward, reward
from verif_sdk.rewards.verl import compute_score

WORDS = {"type": "length:words", "at_most": 2}
POLITE = {"type": "soft:tone", "tone": "polite"}


PLUGINS = ("tests.failing_judges",)


def trl(function: Any, completions: list[Any], **columns: Any) -> list[float | None]:
    prompts = columns.pop("prompts", ["p"] * len(completions))
    made = function(prompts=prompts, completions=completions, completion_ids=[[1]] * len(completions), **columns)
    return asyncio.run(made) if asyncio.iscoroutine(made) else made


@pytest.mark.parametrize("kind", [TrlReward, AsyncTrlReward])
@pytest.mark.parametrize(
    "constraints", [json.dumps(WORDS), json.dumps([WORDS]), [WORDS], [{**WORDS, "weight": None}]]
)
def test_trl_gets_a_reward_per_completion_whatever_the_column_looks_like(kind: Any, constraints: Any) -> None:
    assert trl(kind(RewardConfig()), ["a b", "a b c"], constraints=[constraints] * 2) == [1.0, 0.0]


def test_trl_conversations_with_tool_messages_and_reserved_names() -> None:
    asked = [{"role": "user", "content": "p"}]
    called: dict[str, Any] = {"role": "assistant", "content": None, "tool_calls": []}
    completion = [called, {"role": "tool", "content": "a b c d"}, {"role": "assistant", "content": "a b"}]
    given = {"trainer_state": object(), "environments": None, "constraints": [[WORDS]]}
    assert trl(TrlReward(RewardConfig()), [completion], prompts=[asked], **given) == [1.0]


def test_trl_rows_of_a_format() -> None:
    truth = str([json.dumps({"instruction_id": ["punctuation:no_comma"], "kwargs": [None]})])
    config = RewardConfig(rows="ifrlvr")
    assert trl(TrlReward(config), ["a", "a, b"], ground_truth=[truth] * 2, dataset=["x"] * 2) == [1.0, 0.0]


def test_trl_metrics_are_values_that_the_trainer_averages() -> None:
    logged = defaultdict(list)
    table: dict[str, list[Any]] = {}
    function = TrlReward(RewardConfig(log_columns=True))
    trl(
        function,
        ["a b", "a b c"],
        constraints=[[WORDS], [WORDS]],
        log_metric=lambda name, value: logged[name].append(value),
        log_extra=table.__setitem__,
    )
    assert logged["verif/length:words"] == [1.0, 0.0]
    assert logged["verif/undecided"] == [0.0, 0.0]
    assert logged["verif/judge/asked"] == [0.0, 0.0]
    assert len(table["verdicts"]) == 2


def test_a_bad_row_is_undecided_and_counted_and_the_others_are_not() -> None:
    logged = defaultdict(list)
    given = {"log_metric": lambda name, value: logged[name].append(value)}
    assert trl(TrlReward(RewardConfig()), ["a", "a"], constraints=[[WORDS], [{"type": "x"}]], **given) == [
        1.0,
        None,
    ]
    assert logged["verif/undecided"] == [0.0, 1.0]
    assert trl(TrlReward(RewardConfig(undecided=0.5)), ["a"], constraints=["{"]) == [0.5]
    with pytest.raises(UndecidedReward, match="bad row: field 'constraints': not JSON"):
        trl(TrlReward(RewardConfig(undecided="raise")), ["a"], constraints=["{"])
    scorer = Scorer(RewardConfig())
    rollouts = [Rollout("p", "a", {"constraints": [WORDS]}), Rollout("p", "a", {"other": 1})]
    assert scorer.score(rollouts)[1].causes == (
        "bad row: the column 'constraints' is missing or empty; the data set has ['other']",
    )
    assert scorer.score(rollouts[1:])[0].reward is None


@pytest.mark.parametrize(("judge", "said"), [("dead:", "the engine is gone"), ("hanging:", "within 0.2 s")])
def test_a_dead_or_hanging_judge_reaches_every_trainer_as_documented(judge: str, said: str) -> None:
    config: dict[str, Any] = {"plugins": PLUGINS, "judge": judge, "timeout": 0.2}
    logged = defaultdict(list)
    given = {"constraints": [[POLITE]], "log_metric": lambda name, value: logged[name].append(value)}
    assert trl(TrlReward(**config), ["a"], **given) == [None]
    assert trl(AsyncTrlReward(**config), ["a"], **given) == [None]
    assert logged["verif/undecided"] == [1.0, 1.0]
    assert logged["verif/judge/failed"] == [1.0, 1.0]
    with pytest.raises(UndecidedReward, match=said):
        asyncio.run(compute_score("d", "a", json.dumps([POLITE]), {}, **config))
    named = asyncio.run(compute_score("d", "a", json.dumps([POLITE]), {}, undecided=0.25, **config))
    assert (named["score"], named["verif_undecided"], named["verif_failed"]) == (0.25, 1.0, 1.0)
    answer = OpenRlhfReward(undecided=0.25, **config)(["pa"], ["p"], [json.dumps([POLITE])])
    assert (answer["rewards"], answer["extra_logs"]["verif_undecided"]) == (0.25, 1.0)


def test_an_error_in_a_plugin_leaves_its_rollout_undecided_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    from verif_sdk.catalogue.length import Words

    def broken(self: Any, text: Any) -> Any:
        if "boom" in text.raw:
            raise ZeroDivisionError("a bug")
        return self.verdict(True)

    monkeypatch.setattr(Words, "check", broken)
    scored = Scorer(RewardConfig()).score([Rollout("p", word, {"constraints": [WORDS]}) for word in ("a", "boom")])
    assert [one.reward for one in scored] == [1.0, None]
    assert scored[1].causes == ("ZeroDivisionError: a bug (in length:words)",)
    again = asyncio.run(
        Scorer(RewardConfig()).ascore([Rollout("p", word, {"constraints": [WORDS]}) for word in ("a", "boom")])
    )
    assert [one.causes for one in again] == [(), ("ZeroDivisionError: a bug (in length:words)",)]


def test_a_check_that_raises_costs_the_other_rollouts_no_second_question(monkeypatch: pytest.MonkeyPatch) -> None:
    from verif_sdk.catalogue.length import Words

    monkeypatch.setattr(Words, "check", lambda *_: 1 / 0)
    judge = scripted.ScriptedJudge(lambda _: 0.9)
    scorer = Scorer(RewardConfig(judge=judge))
    rollouts = [Rollout("p", f"response {n}", {"constraints": [POLITE]}) for n in range(39)]
    rollouts.insert(20, Rollout("p", "boom", {"constraints": [WORDS, POLITE]}))
    for scored in (scorer.score(rollouts), asyncio.run(scorer.ascore(rollouts))):
        assert [one.reward for one in scored] == [1.0] * 20 + [None] + [1.0] * 19
    assert len(judge.asked) == 2 * 39


def test_soft_constraints_without_any_judge_stop_the_run_at_the_first_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("VERIF_JUDGE", raising=False)
    for kind in (TrlReward, AsyncTrlReward):
        with pytest.raises(MissingJudge, match="soft:tone needs a judge"):
            trl(kind(RewardConfig()), ["a"], constraints=[[POLITE]])
    with pytest.raises(MissingJudge, match="set VERIF_JUDGE"):
        asyncio.run(compute_score("d", "a", [POLITE], None, undecided=0.5))


def test_rewards_travel_to_other_processes() -> None:
    for kind in (TrlReward, AsyncTrlReward):
        copy = pickle.loads(
            pickle.dumps(kind(RewardConfig(shaping=({"kind": "affine", "scale": 3},)), name="mine"))
        )
        assert copy.__name__ == "mine"
        assert trl(copy, ["a"], constraints=[[WORDS]]) == [3.0]
    assert pickle.loads(pickle.dumps(reward)) is reward
    assert trl(reward, ["a"], constraints=[[WORDS]]) == [1.0]


def test_verl_reads_constraints_and_prompt_and_its_keys_never_vary() -> None:
    truths = [
        [WORDS],
        json.dumps([WORDS]),
        json.dumps({"constraints": [WORDS], "prompt": "p"}),
        {"constraints": [WORDS]},
    ]
    answers = [asyncio.run(compute_score("d", "a b", truth, {"num_turns": 1})) for truth in truths]
    answers.append(asyncio.run(compute_score("d", "a b c", [WORDS], None, undecided=0.5)))
    answers.append(asyncio.run(compute_score("d", "a b c", "{", None, undecided=0.5)))
    assert [answer["score"] for answer in answers] == [1.0] * 4 + [0.0, 0.5]
    assert len({tuple(answer) for answer in answers}) == 1
    assert all(isinstance(value, float) for answer in answers for value in answer.values())
    with pytest.raises(InvalidSpec, match="did you mean 'judge'"):
        asyncio.run(compute_score("d", "a", [WORDS], None, jugde="x"))
    with pytest.raises(InvalidSpec, match="takes no"):
        asyncio.run(compute_score("d", "a", [WORDS], None, undecided="none"))


def test_verl_concurrency_is_limited_in_each_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Crowded, "most", 0)

    async def many() -> list[float]:
        options: dict[str, Any] = {"judge": "crowded:", "plugins": PLUGINS, "concurrency": 2, "timeout": 60}
        calls = [compute_score("d", f"Thanks {n}.", [POLITE], None, **options) for n in range(8)]
        return [answer["score"] for answer in await asyncio.gather(*calls)]

    assert asyncio.run(many()) == asyncio.run(many()) == [1.0] * 8
    assert Crowded.most == 2


def test_openrlhf_needs_a_number_for_what_is_undecided() -> None:
    with pytest.raises(InvalidSpec, match="give the number"):
        OpenRlhfReward()


def test_openrlhf_lists_of_one_from_many_threads_and_of_several() -> None:
    function = OpenRlhfReward(undecided=-1.0, shaping=[{"kind": "affine", "scale": 2}])
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda word: function([f"p {word}"], ["p "], [json.dumps(WORDS)]), ["a"] * 40))
    assert {(answer["rewards"], answer["scores"]) for answer in answers} == {(2.0, 1.0)}
    several = function(["p a", "q a", "p a b c", "p a"], ["p ", "pp", "p ", "p "], [json.dumps(WORDS)] * 3 + [""])
    assert several["rewards"] == [2.0, -1.0, 0.0, -1.0]
    assert several["extra_logs"]["verif_undecided"] == [0.0, 1.0, 0.0, 1.0]
    assert set(answers[0]["extra_logs"]) == set(several["extra_logs"])


def test_a_wrong_judge_in_the_environment_stops_the_first_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIF_JUDGE", "nosuch:model")
    rollout = Rollout("p", "one", {"constraints": [POLITE]})
    scorer = Scorer(RewardConfig())
    with pytest.raises(InvalidSpec, match="unknown judge 'nosuch'"):
        scorer.score([rollout])
    with pytest.raises(InvalidSpec, match="unknown judge 'nosuch'"):
        asyncio.run(scorer.ascore([rollout]))


def test_a_row_format_that_breaks_on_a_row_leaves_the_others_decided(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def read(row: Any) -> Any:
        return Case(response=row["response"], constraints=[WORDS]) if row["known"] else 3

    monkeypatch.setitem(Registry.installed().rows, "fragile", read)
    rows = [{"known": True}, {}, {"known": False}, {"known": True}]
    scored = Scorer(RewardConfig(rows="fragile")).score([Rollout("p", "a", row) for row in rows])
    assert [one.reward for one in scored] == [1.0, None, None, 1.0]
    assert scored[1].causes == ("bad row: the row format failed: KeyError: 'known'",)
    assert "the row format 'fragile' returned 3, not a Case" in scored[2].causes[0]


def test_a_gate_that_raises_leaves_its_rollout_undecided_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    from verif_sdk.catalogue.casing import Lower

    def broken(self: Any, text: Any) -> Any:
        if "boom" in text.raw:
            raise ZeroDivisionError("a bug")
        return self.verdict(True)

    monkeypatch.setattr(Lower, "check", broken)
    gate = {"kind": "gate", "constraint": {"type": "casing:lower"}}
    scored = Scorer(RewardConfig.of(shaping=[gate])).score(
        [Rollout("p", word, {"constraints": [WORDS]}) for word in ("a", "boom")]
    )
    assert [one.reward for one in scored] == [1.0, None]
    assert scored[1].causes == ("ZeroDivisionError: a bug",)


def test_other_tags_around_reasoning_reach_checks_judges_and_shaping() -> None:
    judge = scripted.ScriptedJudge(lambda _: 0.9)
    config = RewardConfig.of(
        judge=judge,
        think=["[THINK]", "[/THINK]"],
        shaping=[{"kind": "soft-length", "unit": "words", "soft": 2, "hard": 3}],
    )
    text = "[THINK]one two three four[/THINK]a b"
    (scored,) = Scorer(config).score([Rollout("p", text, {"constraints": [WORDS, POLITE]})])
    assert (scored.reward, judge.asked[0].response) == (1.0, "a b")
    (kept,) = Scorer(RewardConfig(think=None)).score([Rollout("p", "<think>a</think>b", {"constraints": [WORDS]})])
    assert kept.verdicts[0].reason.startswith("4 words")
