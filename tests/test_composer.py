"""The composer, with a scripted judge so that every answer, failure and call count is known.

What a real engine does is tested in `tests/judges`.
"""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any, Literal, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verif_sdk import (
    Answer,
    Case,
    Check,
    Composer,
    Constraint,
    InvalidSpec,
    Judged,
    MissingJudge,
    Question,
    Text,
    Undecidable,
    UndecidedReward,
    Verdict,
    averify,
    monotone,
    verify,
    verify_batch,
)
from verif_sdk.aggregate import BUILT_IN
from verif_sdk.errors import PluginError, in_words
from verif_sdk.judges.scripted import ScriptedJudge


class Contains(Check):
    """The response contains a text."""

    template = "Write {part}."
    type: Literal["test:contains"] = "test:contains"
    part: str

    def check(self, text: Text) -> Verdict:
        return self.verdict(self.part in text.raw)


class Unreadable(Check):
    """A check that cannot decide."""

    template = "Be decidable."
    type: Literal["test:unreadable"] = "test:unreadable"

    def check(self, text: Text) -> Verdict:
        raise Undecidable("its data is missing")


class Buggy(Check):
    """A check with a bug."""

    template = "Have no bugs."
    type: Literal["test:buggy"] = "test:buggy"

    def check(self, text: Text) -> Verdict:
        raise ZeroDivisionError("a bug")


class Is(Judged):
    """The response has a quality."""

    template = "Be {quality}."
    type: Literal["test:is"] = "test:is"
    quality: str


def saying(score: float) -> ScriptedJudge:
    return ScriptedJudge(
        lambda _: Answer(score=score, choice="yes" if score >= 0.5 else "no", prompt_tokens=7, completion_tokens=1)
    )


def failing() -> ScriptedJudge:
    return ScriptedJudge(lambda _: Answer(error="the judge timed out after 30 s"))


class DeadJudge:
    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        raise RuntimeError("engine died")


class ShortJudge:
    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        return []


def test_verdicts_come_in_the_order_of_the_constraints_even_when_a_type_repeats() -> None:
    result = verify("a b", [Is(quality="kind"), Contains(part="b"), Contains(part="c")], judge=saying(1.0))
    assert [verdict.type for verdict in result.verdicts] == ["test:is", "test:contains", "test:contains"]
    assert [verdict.passed for verdict in result.verdicts] == [True, True, False]
    assert result.reward == 0.5
    assert result.passed is False


def test_the_score_of_a_judged_constraint_is_the_judges_own() -> None:
    (verdict,) = verify("a", Is(quality="kind"), judge=saying(0.8)).verdicts
    assert (verdict.passed, verdict.score, verdict.hard) == (True, 0.8, False)


def test_soft_constraints_without_a_judge_are_an_error_before_anything_is_scored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("VERIF_JUDGE", raising=False)
    with pytest.raises(MissingJudge, match="test:is needs a judge: pass judge=, or set VERIF_JUDGE"):
        verify("a", [Buggy(), Is(quality="kind")])


def test_hard_constraints_never_touch_the_judge() -> None:
    judge = failing()
    assert verify("a", Contains(part="a"), judge=judge).reward == 1.0
    assert judge.asked == []


def test_an_undecided_check_makes_the_reward_none() -> None:
    result = verify("a", [Contains(part="a"), Unreadable()])
    assert result.reward is None
    assert result.passed is None
    assert result.errors == ("its data is missing",)


def test_a_judge_error_makes_the_reward_none_and_is_counted() -> None:
    result = verify("a", [Contains(part="a"), Is(quality="kind")], judge=failing())
    assert result.reward is None
    assert result.errors == ("the judge timed out after 30 s",)
    assert result.usage.failed == 1


@pytest.mark.parametrize("judge", [DeadJudge(), ShortJudge()])
def test_a_judge_that_fails_as_a_whole_leaves_each_question_undecided(judge: DeadJudge | ShortJudge) -> None:
    result = verify("a", [Is(quality="kind"), Is(quality="short")], judge=judge)
    assert result.reward is None
    assert len(result.errors) == 2


def test_undecided_names_the_reward_of_an_undecided_response() -> None:
    assert verify("a", Unreadable(), undecided=0.25).reward == 0.25


def test_undecided_raise_raises_with_the_cause() -> None:
    with pytest.raises(UndecidedReward, match="test:unreadable is undecided: its data is missing"):
        verify("a", Unreadable(), undecided="raise")


def test_a_bug_in_a_check_raises() -> None:
    with pytest.raises(ZeroDivisionError):
        verify("a", Buggy())


def test_what_a_batch_raises_names_the_check_and_the_case() -> None:
    good = Case(response="a", constraints=(Contains(part="a"),))
    with pytest.raises(ZeroDivisionError) as raised:
        verify_batch([good, good, Case(response="a", constraints=(Buggy(),))])
    assert raised.value.__notes__ == ["in test:buggy", "case 2 of the batch, from 0"]
    with pytest.raises(InvalidSpec, match=r"^case 1: field 'constraints' is missing"):
        verify_batch([good, {"response": "a"}])


def test_a_batch_that_raises_does_not_wait_for_its_judge() -> None:
    cases = [Case(response="a", constraints=(Is(quality="kind"),)), Case(response="a", constraints=(Buggy(),))]

    class Silent:
        async def answer(self, questions: Sequence[Question]) -> list[Answer]:
            await asyncio.Event().wait()
            return []

    with pytest.raises(ZeroDivisionError):
        verify_batch(cases, judge=Silent())


class BuggyOnce(Judged):
    """Raises when it is given its answer."""

    template = "Be whole."
    type: Literal["test:buggy_once"] = "test:buggy_once"

    def decide(self, text: Text, answers: Sequence[Answer | None] = ()) -> Verdict:
        if answers != [None]:
            raise KeyError("a bug")
        return super().decide(text, answers)


def odd(verdicts: Sequence[Verdict]) -> float:
    if verdicts[0].passed:
        raise ValueError("a bug of the aggregator")
    return 0.0


def test_outcomes_keep_what_a_case_raises_with_that_case() -> None:
    judge = saying(1.0)
    constraints: list[Constraint] = [Buggy(), BuggyOnce(), Is(quality="kind"), Contains(part="a")]
    cases = [Case(response="a", constraints=(constraint,)) for constraint in constraints]
    composer = Composer(judge=judge)
    for outcomes in (composer.outcomes(cases), asyncio.run(composer.aoutcomes(cases))):
        assert [type(outcome).__name__ for outcome in outcomes] == [
            "ZeroDivisionError",
            "KeyError",
            "Result",
            "Result",
        ]
        assert in_words(cast("Exception", outcomes[1])) == "KeyError: 'a bug' (in test:buggy_once)"
    assert len(judge.asked) == 4
    buggy_aggregate = Composer(judge=judge, aggregate=odd).outcomes(cases[2:])
    assert [type(outcome).__name__ for outcome in buggy_aggregate] == ["ValueError", "ValueError"]
    undecided = Composer(judge=failing(), undecided="raise").outcomes(cases[2:])
    assert [type(outcome).__name__ for outcome in undecided] == ["UndecidedReward", "Result"]


@pytest.mark.parametrize("blank", ["", "  \n", "\u200b", "<think>so long</think>\n", "<think>never closed"])
def test_a_blank_response_fails_everything_and_asks_nothing(blank: str) -> None:
    judge = saying(1.0)
    result = verify(blank, [Contains(part=""), Is(quality="kind")], judge=judge)
    assert [verdict.passed for verdict in result.verdicts] == [False, False]
    assert result.reward == 0.0
    assert judge.asked == []


def test_identical_questions_are_asked_once_and_paid_for_once() -> None:
    judge = saying(1.0)
    cases = [Case(response="a", constraints=(Is(quality="kind"), Is(quality="kind"))) for _ in range(3)]
    results = verify_batch(cases, judge=judge)
    assert len(judge.asked) == 1
    assert [result.usage.asked for result in results] == [1, 0, 0]
    assert [result.usage.shared for result in results] == [1, 2, 2]
    assert [result.usage.prompt_tokens for result in results] == [7, 0, 0]


def test_a_call_that_cannot_change_the_reward_is_saved_and_counted() -> None:
    judge = saying(1.0)
    result = verify("a", [Contains(part="z"), Is(quality="kind"), Is(quality="short")], judge=judge)
    assert judge.asked == []
    assert result.reward == 0.0
    assert result.usage.saved == 2
    assert [verdict.skipped for verdict in result.verdicts] == [False, True, True]
    assert result.passed is False


def test_early_exit_can_be_switched_off_for_a_full_report() -> None:
    judge = saying(1.0)
    result = verify("a", [Contains(part="z"), Is(quality="kind")], judge=judge, early_exit=False)
    assert len(judge.asked) == 1
    assert (result.reward, result.usage.saved) == (0.0, 0)


def test_an_aggregator_that_is_not_marked_monotone_is_always_given_every_verdict() -> None:
    judge = saying(1.0)
    result = verify(
        "a",
        [Contains(part="z"), Is(quality="kind")],
        judge=judge,
        aggregate=lambda verdicts: float(verdicts[0].passed != verdicts[1].passed),
    )
    assert (result.reward, len(judge.asked)) == (1.0, 1)


constraints = st.lists(
    st.sampled_from([Contains(part="a"), Contains(part="z"), Is(quality="kind"), Is(quality="short", weight=3.0)]),
    min_size=1,
    max_size=5,
)


@given(
    constraints,
    st.sampled_from(sorted(BUILT_IN)),
    st.sampled_from([0.0, 0.3, 1.0]),
)
def test_early_exit_never_changes_the_reward(items: list[Constraint], name: str, score: float) -> None:
    case = Case(response="a", constraints=tuple(items))
    full = Composer(judge=saying(score), aggregate=name, early_exit=False).verify(case)
    short = Composer(judge=saying(score), aggregate=name).verify(case)
    assert short.reward == full.reward
    assert short.passed in (full.passed, None)


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_built_in_aggregator_gives_one_when_all_is_well(name: str) -> None:
    result = verify("a", [Contains(part="a"), Is(quality="kind")], judge=saying(1.0), aggregate=name)
    assert result.reward == 1.0


def test_a_function_marked_monotone_saves_calls_too() -> None:
    judge = saying(1.0)
    worst = monotone(lambda verdicts: min(verdict.score or 0.0 for verdict in verdicts))
    assert verify("a", [Contains(part="z"), Is(quality="kind")], judge=judge, aggregate=worst).reward == 0.0
    assert judge.asked == []


def test_the_judge_sees_the_prompt_and_the_response_without_its_reasoning() -> None:
    judge = saying(1.0)
    verify(
        [{"role": "assistant", "content": "<think>hm</think>\n\nHello"}],
        Is(quality="kind"),
        prompt=[{"role": "user", "content": "Greet me."}],
        judge=judge,
    )
    assert (judge.asked[0].prompt, judge.asked[0].response) == ("Greet me.", "Hello")


def test_async_callers_get_the_same_results_without_blocking_their_loop() -> None:
    async def gathered() -> list[float | None]:
        judge = saying(1.0)
        calls = [averify(f"a {n}", [Contains(part="1"), Is(quality="kind")], judge=judge) for n in range(20)]
        return [result.reward for result in await asyncio.gather(*calls)]

    expected = [float("1" in str(n)) for n in range(20)]
    assert asyncio.run(gathered()) == expected


def test_the_sync_front_door_works_inside_a_running_event_loop() -> None:
    async def notebook_cell() -> float | None:
        return verify("a", Is(quality="kind"), judge=saying(1.0)).reward

    assert asyncio.run(notebook_cell()) == 1.0


def test_many_threads_share_one_judge() -> None:
    judge = saying(1.0)

    def reward(n: int) -> float | None:
        return verify(f"response {n}", Is(quality="kind"), judge=judge).reward

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(reward, range(200))) == [1.0] * 200
    assert len(judge.asked) == 200


def test_a_composer_survives_pickling() -> None:
    composer = Composer(judge="openai:some/model", aggregate="mean", undecided=0.0)
    assert pickle.loads(pickle.dumps(composer)) == composer


@pytest.mark.parametrize("returned", [5, -0.1, float("nan"), None, "1", [1.0]])
def test_an_aggregator_that_returns_no_reward_is_named(returned: Any) -> None:
    def five(_: Any) -> Any:
        return returned

    with pytest.raises(PluginError, match=r"^aggregator 'five' returned .*, not in \[0, 1\]"):
        verify("a b", {"type": "length:words", "at_least": 1}, aggregate=five)


@pytest.mark.parametrize("returned", [1, True, Fraction(1, 2)])
def test_any_number_from_an_aggregator_becomes_a_float(returned: Any) -> None:
    reward = verify("a b", {"type": "length:words", "at_least": 1}, aggregate=lambda _: returned).reward
    assert (type(reward), reward) == (float, float(returned))


@pytest.mark.parametrize("undecided", [7, -0.5, "rais", True, float("nan"), [0.0]])
def test_a_wrong_reward_for_the_undecided_is_refused_when_the_composer_is_made(undecided: Any) -> None:
    with pytest.raises(InvalidSpec, match="undecided is None, 'raise' or a number in"):
        Composer(undecided=undecided)


def test_a_wrong_aggregator_is_refused_when_the_composer_is_made() -> None:
    with pytest.raises(InvalidSpec, match="did you mean 'mean'"):
        Composer(aggregate="meen")
    with pytest.raises(InvalidSpec, match="the name of an aggregator or a function, got 3"):
        Composer(aggregate=3)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(
    "argument",
    [
        {"timeout": 1},
        {"timeout": 0.5},
        {"undecided": 0},
        {"undecided": 1},
        {"undecided": "raise"},
        {"think": None},
        {"think": ("[T]", "[/T]")},
        {"plugins": []},
        {"plugins": ("tests.failing_judges",)},
    ],
)
def test_arguments_at_their_edges_are_taken(argument: dict[str, Any]) -> None:
    ((name, value),) = argument.items()
    assert getattr(Composer(**argument), name) == value


@pytest.mark.parametrize(
    "argument",
    [
        {"timeout": -1},
        {"timeout": "1"},
        {"think": ("<t>",)},
        {"think": ("a", "b", "c")},
        {"think": ["a", "b"]},
        {"think": ("a", 1)},
        {"plugins": "tests"},
        {"plugins": (1,)},
        {"early_exit": None},
    ],
)
def test_arguments_beyond_them_are_refused_by_name(argument: dict[str, Any]) -> None:
    ((name, _),) = argument.items()
    with pytest.raises(InvalidSpec, match=f"^{name} is "):
        Composer(**argument)
