"""Judges that misbehave: each leaves its own questions undecided, all others answered, and the loops alive."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest

from verif_sdk import Answer, Case, Composer, Question, event_loop, verify, verify_batch
from verif_sdk.judges.wrappers.all_in_one import AllInOneJudge
from verif_sdk.judges.wrappers.cache import CachedJudge
from verif_sdk.judges.wrappers.cascade import CascadeJudge
from verif_sdk.judges.wrappers.vote import VotingJudge
from verif_sdk.rewards.groups import rank

POLITE = {"type": "soft:tone", "tone": "polite"}
FINE = Answer(score=1.0, choice="yes", decided_by="m")
NAN, INF = float("nan"), float("inf")

WRONG_ANSWERS: dict[str, Any] = {
    "nan": Answer(score=NAN),
    "inf": Answer(score=INF),
    "two": Answer(score=2.0),
    "below zero": Answer(score=-1.0),
    "a mass of nan": Answer(score=1.0, mass=NAN),
    "a vote of 7": Answer(score=1.0, votes=(7.0, 1.0)),
    "unchecked text": Answer.model_construct(score="high"),  # type: ignore[arg-type]
    "unchecked tokens": FINE.model_copy(update={"prompt_tokens": None}),
    "unchecked reasoning": FINE.model_copy(update={"reasoning": 7}),
    "a dict": {"score": 1.0},
    "a number": 1.0,
    "nothing": None,
    "an error with a score": Answer(score=1.0, error="broken"),
    "no answer": Answer(),
}


class Odd:
    """Answers "odd" as told, and everything else with yes."""

    def __init__(self, answer: Any) -> None:
        self.said = answer

    async def answer(self, questions: Sequence[Question]) -> Any:
        return [self.said if question.response == "odd" else FINE for question in questions]


class Does:
    """Does something in the place of an answer about "odd", and answers everything else with yes."""

    def __init__(self, action: Callable[[], Any]) -> None:
        self.action = action

    async def answer(self, questions: Sequence[Question]) -> Any:
        if any(question.response == "odd" for question in questions):
            found = self.action()
            return await found if asyncio.iscoroutine(found) else found
        return [FINE for _ in questions]


def raising(kind: type[BaseException]) -> Callable[[], Any]:
    def action() -> None:
        raise kind

    return action


async def _in_a_task(kind: type[BaseException]) -> None:
    async def child() -> None:
        await asyncio.sleep(0)
        raise kind

    await asyncio.gather(child(), asyncio.sleep(0))


async def _in_a_callback() -> list[Answer]:
    asyncio.get_running_loop().call_soon(raising(SystemExit))
    await asyncio.sleep(0.01)
    return []


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise ValueError


ACTIONS: dict[str, Callable[[], Any]] = {
    **{
        kind.__name__: raising(kind)
        for kind in (
            ValueError,
            asyncio.CancelledError,
            SystemExit,
            KeyboardInterrupt,
            GeneratorExit,
            BaseException,
            MemoryError,
            RecursionError,
            StopIteration,
            StopAsyncIteration,
            TimeoutError,
            Unspeakable,
        )
    },
    **{
        f"{kind.__name__} in a task": partial(_in_a_task, kind)
        for kind in (ValueError, asyncio.CancelledError, SystemExit, KeyboardInterrupt, GeneratorExit)
    },
    "SystemExit in a callback": _in_a_callback,
    "none": lambda: None,
    "too few": list,
    "too many": lambda: [FINE] * 9,
    "a generator": lambda: (FINE for _ in range(1)),
    "text": lambda: "yes",
}


def assert_odd_alone_is_undecided(judge: Any) -> None:
    cases = [Case.of(response=text, constraints=[POLITE]) for text in ("a", "odd", "b")]
    for _ in range(2):  # and once more: the loops are alive
        results = Composer(judge=judge, timeout=20).verify_batch(cases)
        assert [result.reward for result in results] == [1.0, None, 1.0]
        (error,) = results[1].errors
        assert error
        assert "within 20 s" not in error
    assert verify("a", POLITE, judge=Odd(FINE)).reward == 1.0


@pytest.mark.parametrize("name", WRONG_ANSWERS)
def test_a_wrong_answer_is_one_undecided_question(name: str) -> None:
    assert_odd_alone_is_undecided(Odd(WRONG_ANSWERS[name]))


@pytest.mark.parametrize("name", ACTIONS)
def test_a_failure_leaves_its_own_questions_undecided_and_the_loops_alive(name: str) -> None:
    assert_odd_alone_is_undecided(Does(ACTIONS[name]))


@pytest.mark.parametrize("name", ["nan", "two", "a dict", "nothing"])
def test_judges_made_of_judges_do_not_hand_wrong_answers_on(name: str) -> None:
    odd: Any = Odd(WRONG_ANSWERS[name])
    for judge in (
        CachedJudge(odd, "m"),
        AllInOneJudge(odd),
        VotingJudge([Odd(FINE), odd]),
        CascadeJudge(odd, Odd(FINE)),
        CascadeJudge(Odd(FINE.model_copy(update={"score": 0.5})), odd),
    ):
        case = Case.of(response="odd", constraints=[POLITE])
        (result,) = Composer(judge=judge, timeout=20).verify_batch([case])
        assert (result.reward, bool(result.errors)) == (None, True)


def test_ranking_with_a_judge_that_exits_tells_nothing_and_ends() -> None:
    assert rank(["odd", "even"], "tone", judge=Does(raising(SystemExit))) == [None, None]


def test_a_judge_that_blocks_its_loop_keeps_nobody_else_waiting() -> None:
    let_go = threading.Event()
    blocked: Any = Does(lambda: let_go.wait(30) and [FINE])
    start = time.monotonic()
    late = Composer(judge=blocked, timeout=0.3).verify(Case.of(response="odd", constraints=[POLITE]))
    assert late.errors == ("the judge gave no answer within 0.3 s",)
    results = verify_batch([Case.of(response=text, constraints=[POLITE]) for text in "abc"], judge=Odd(FINE))
    assert [result.reward for result in results] == [1.0] * 3
    assert time.monotonic() - start < 25  # the blocked one is still waiting
    let_go.set()
    assert verify("a", POLITE, judge=blocked).reward == 1.0  # and its own loop goes on


def test_a_cancelled_question_without_a_time_out_says_so() -> None:
    async def never() -> None:
        await asyncio.sleep(60)

    judge: Any = Does(never)
    composer = Composer(judge=judge)
    pending = composer._begin([Case.of(response="odd", constraints=[POLITE])])
    pending[0].asks[0].submission.cancel()
    (result,) = composer._finished(pending)
    assert not isinstance(result, Exception)
    assert result.errors == ("the judge gave no answer",)


def test_a_judge_of_ours_inside_another_one_runs_on_the_loop_of_ours(fake_openai: Callable[..., Any]) -> None:
    pytest.importorskip("aiohttp")
    from verif_sdk.judges.openai import OpenAIJudge

    class Logging:
        def __init__(self) -> None:
            self.inner = OpenAIJudge("m", base_url=fake_openai().url)

        async def answer(self, questions: Sequence[Question]) -> list[Answer]:
            assert asyncio.get_running_loop() is not event_loop.loop()
            return await self.inner.answer(questions)

    judge = Logging()
    assert [verify(text, POLITE, judge=judge).reward for text in "ab"] == [1.0, 1.0]
    assert verify("c", POLITE, judge=judge.inner).reward == 1.0


def test_a_judge_that_is_gone_leaves_no_thread() -> None:
    judge = Odd(FINE)
    verify("a", POLITE, judge=judge)
    own = next(thread for thread in threading.enumerate() if thread.name == f"verif-guest-{id(judge)}")
    del judge
    gc.collect()
    own.join(timeout=20)
    assert not own.is_alive()


REPLIES: dict[str, Any] = {
    "nan": {"yes": NAN, "no": -1.0},
    "inf": {"yes": INF},
    "above 0": {"yes": 2.0},
    "huge": {"yes": 10**400},
    "text": {"yes": "likely"},
    "null": {"yes": None},
    "a list": {"yes": [0.0]},
    "hardly any": {"yes": -20.0, "Well": -0.01},
    "a template of other tokens": {"<|channel|>": -1e-6, "yes": -19.0, "no": -21.0},
}


@pytest.mark.parametrize("name", REPLIES)
def test_a_server_s_wrong_number_is_one_undecided_question(name: str, fake_openai: Callable[..., Any]) -> None:
    pytest.importorskip("aiohttp")
    from verif_sdk.judges.openai import OpenAIJudge

    server = fake_openai()
    honest = server.reply

    def reply(body: dict[str, Any]) -> Any:
        server.logprobs = REPLIES[name] if "\nodd\n" in body["messages"][1]["content"] else {"yes": -0.1}
        return honest(body)

    server.reply = reply
    assert_odd_alone_is_undecided(OpenAIJudge("m", base_url=server.url, concurrency=1))


@pytest.mark.parametrize("usage", [[], "many", {"prompt_tokens": "4"}, {"prompt_tokens_details": 3}, {"x": NAN}])
def test_a_server_s_odd_count_of_tokens_costs_no_verdict(usage: Any, fake_openai: Callable[..., Any]) -> None:
    pytest.importorskip("aiohttp")
    from verif_sdk.judges.openai import OpenAIJudge

    server = fake_openai()
    honest = server.reply
    server.reply = lambda body: {**honest(body), "usage": usage}
    result = verify("a", POLITE, judge=OpenAIJudge("m", base_url=server.url))
    assert (result.reward, result.usage.prompt_tokens) == (1.0, 0)


def test_a_reward_server_s_wrong_answer_is_one_undecided_question(fake_openai: Callable[..., Any]) -> None:
    pytest.importorskip("aiohttp")
    from verif_sdk.judges.server import ServerJudge

    server = fake_openai()
    fine = {"score": 1.0, "choice": "yes"}
    wrong_ones: list[Any] = [{"score": NAN}, {"score": 7.5}, {"score": "high"}, {"later": 1}, None, 1.0, []]
    for wrong in wrong_ones:

        def reply(body: dict[str, Any], wrong: Any = wrong) -> Any:
            return {"answers": [wrong if asked["response"] == "odd" else fine for asked in body["questions"]]}

        server.reply = reply
        cases = [Case.of(response=text, constraints=[POLITE]) for text in ("a", "odd")]
        good, bad = verify_batch(cases, judge=ServerJudge(server.url))
        assert (good.reward, bad.reward) == (1.0, None), wrong
        assert bad.errors[0]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ({"answers": []}, "the server gave 0 answers to 1 questions"),
        ({"answers": [{"score": 1.0, "choice": "yes"}] * 2}, "the server gave 2 answers to 1 questions"),
        ({"results": []}, "{url} is not a reward server: its reply has no answers"),
        ({"answers": 1}, "{url} is not a reward server: its reply has no answers"),
    ],
)
def test_a_server_of_another_kind_is_named(reply: Any, error: str, fake_openai: Callable[..., Any]) -> None:
    pytest.importorskip("aiohttp")
    from verif_sdk.judges.server import ServerJudge

    server = fake_openai()
    server.reply = lambda _: reply
    assert verify("a", POLITE, judge=ServerJudge(server.url)).errors == (error.format(url=server.url),)
