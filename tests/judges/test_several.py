"""Caches, votes and cascades: what they ask, what they answer, what they cost."""

from __future__ import annotations

import asyncio
import multiprocessing
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from examples.tiny_judge import CHECKPOINT
from verif_sdk import Case, InvalidSpec, Question, verify, verify_batch
from verif_sdk.judges.scripted import ScriptedJudge
from verif_sdk.judges.spec import from_spec
from verif_sdk.judges.wrappers import cache
from verif_sdk.judges.wrappers.all_in_one import AllInOneJudge
from verif_sdk.judges.wrappers.cache import CachedJudge
from verif_sdk.judges.wrappers.cascade import CascadeJudge
from verif_sdk.judges.wrappers.vote import VotingJudge
from verif_sdk.question import Answer

POLITE = {"type": "soft:tone", "tone": "polite"}
FORMAL = {"type": "soft:register", "level": "formal"}


def asked(judge: Any, *responses: str) -> list[Answer]:
    questions = [Question(prompt=None, response=response, question="Is it?") for response in responses]
    found: list[Answer] = asyncio.run(judge.answer(questions))
    return found


def spent(score: float) -> Answer:
    return Answer(score=score, choice="yes", prompt_tokens=10, completion_tokens=1, decided_by="m")


def test_an_equal_question_is_asked_once_and_counted_as_kept() -> None:
    inner = ScriptedJudge(lambda _: spent(0.9))
    judge = CachedJudge(inner, "m")
    first, second = (verify("Thanks.", [POLITE, FORMAL], judge=judge) for _ in range(2))
    assert (first.usage.asked, first.usage.kept, first.usage.prompt_tokens) == (2, 0, 20)
    assert (second.usage.asked, second.usage.kept, second.usage.prompt_tokens) == (2, 2, 0)
    assert first.verdicts == second.verdicts
    assert len(inner.asked) == 2
    verify("Thanks!", POLITE, judge=judge)
    assert len(inner.asked) == 3


def test_a_failure_is_not_kept() -> None:
    replies = iter([Answer(error="HTTP 500"), spent(1.0)])
    judge = CachedJudge(ScriptedJudge(lambda _: next(replies)), "m")
    assert asked(judge, "a")[0].error == "HTTP 500"
    assert asked(judge, "a")[0].score == 1.0


def test_memory_forgets_what_was_not_asked_for_the_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "KEPT", 2)
    inner = ScriptedJudge(lambda _: spent(0.9))
    judge = CachedJudge(inner, "m")
    for response in ("a", "b", "a", "c", "a", "b"):
        asked(judge, response)
    assert [question.response for question in inner.asked] == ["a", "b", "c", "b"]


def test_equal_questions_of_one_call_are_asked_once_and_what_is_kept_costs_nothing() -> None:
    inner = ScriptedJudge(lambda _: spent(0.9).model_copy(update={"cached_tokens": 3}))
    judge = CachedJudge(inner, "m")
    first, same = asked(judge, "a", "a")
    assert (first.kept, first.prompt_tokens, first) == (False, 10, same)
    (kept,) = asked(judge, "a")
    assert (kept.kept, kept.prompt_tokens, kept.cached_tokens, kept.completion_tokens) == (True, 0, 0, 0)
    assert len(inner.asked) == 1


def test_a_file_keeps_answers_across_judges_of_one_name_alone(tmp_path: Path) -> None:
    path = str(tmp_path / "answers.sqlite")
    one, two, other = (ScriptedJudge(lambda _: spent(0.7)) for _ in range(3))
    asked(CachedJudge(one, "m", path), "a", "b \ud800")
    again = asked(CachedJudge(two, "m", path), "b \ud800", "a", "c")
    assert [answer.kept for answer in again] == [True, True, False]
    assert [question.response for question in two.asked] == ["c"]
    asked(CachedJudge(other, "another model", path), "a")
    assert len(other.asked) == 1


def _in_a_process(path: str, start: int) -> int:
    inner = ScriptedJudge(lambda _: spent(0.7))
    judge = CachedJudge(inner, "m", path)
    for n in range(start, start + 50):
        asked(judge, str(n % 60))
    return len(inner.asked)


def test_processes_share_a_file(tmp_path: Path) -> None:
    path = str(tmp_path / "answers.sqlite")
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        counts = pool.starmap(_in_a_process, [(path, 0), (path, 30)])
    with sqlite3.connect(path) as file:
        (kept,) = file.execute("SELECT count(*) FROM answers").fetchone()
    file.close()
    assert kept == 60
    assert sum(counts) >= 60
    assert _in_a_process(path, 0) == 0


def test_a_file_that_is_no_cache_is_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "answers.sqlite"
    path.write_text("something else, and long enough to be taken for a database file by nobody" * 20)
    judge = CachedJudge(ScriptedJudge(lambda _: spent(0.7)), "m", str(path))
    assert [answer.score for answer in asked(judge, "a", "b")] == [0.7, 0.7]
    assert "is no longer used" in caplog.text


@pytest.mark.parametrize(
    "row",
    [
        b"{",
        b"",
        b"null",
        b"[1]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"score": 0.7, "of_a_later_version": 1}',
        b'{"score": 7.5}',
        b'{"score": NaN}',
        b'{"score": "high"}',
        b"{}",
        None,
        7,
    ],
    ids=lambda row: repr(row)[:30],
)
def test_a_row_that_cannot_be_read_is_asked_anew_and_healed(tmp_path: Path, row: object) -> None:
    path = str(tmp_path / "answers.sqlite")
    first, again, last = (ScriptedJudge(lambda _: spent(0.7)) for _ in range(3))
    asked(CachedJudge(first, "m", path), "a", "b")
    with sqlite3.connect(path) as file:
        file.executescript(
            "ALTER TABLE answers RENAME TO old; CREATE TABLE answers (key BLOB PRIMARY KEY, answer);"
            "INSERT INTO answers SELECT * FROM old"
        )
        value = row.decode("latin-1") if isinstance(row, bytes) and row.isascii() else row
        file.execute("UPDATE answers SET answer = ?", (value,))
    file.close()
    assert [answer.score for answer in asked(CachedJudge(again, "m", path), "a", "b")] == [0.7, 0.7]
    assert len(again.asked) == 2
    assert [answer.kept for answer in asked(CachedJudge(last, "m", path), "a", "b")] == [True, True]
    assert last.asked == []


def test_votes_are_averaged_or_counted_and_shown() -> None:
    judges = [ScriptedJudge(lambda _, score=score: spent(score)) for score in (0.9, 0.6, 0.3)]  # type: ignore[misc]
    (mean,) = asked(VotingJudge(judges), "a")
    assert mean.score == pytest.approx(0.6)
    assert mean.votes == (0.9, 0.6, 0.3)
    assert (mean.prompt_tokens, mean.decided_by) == (30, "mean of 3: m")
    assert mean.reason.startswith("votes 0.90, 0.60, 0.30, 0.60 apart; nearest to them: ")
    assert mean.model_copy(update={"reasoning": "It is."}).reason.endswith("nearest to them: It is.")
    (majority,) = asked(VotingJudge(judges, "majority"), "a")
    assert majority.score == pytest.approx(2 / 3)


def test_a_vote_of_two_counts_a_half_as_yes_and_chooses_the_nearest_answer() -> None:
    low = Answer(score=0.5, choice="yes", reasoning="Half.", prompt_tokens=1, cached_tokens=2, completion_tokens=4)
    judges = [ScriptedJudge(lambda _: low), ScriptedJudge(lambda _: spent(0.1))]
    (majority,) = asked(VotingJudge(judges, "majority"), "a")
    assert (majority.score, majority.choice, majority.reasoning) == (0.5, "yes", "Half.")
    assert (majority.prompt_tokens, majority.cached_tokens, majority.completion_tokens) == (11, 2, 5)
    (mean,) = asked(VotingJudge(judges), "a")
    assert mean.score == pytest.approx(0.3)
    assert mean.choice == "no"


def test_a_vote_with_a_failure_is_undecided_and_too_few_are_refused() -> None:
    broken = VotingJudge([ScriptedJudge(lambda _: spent(1.0)), ScriptedJudge(lambda _: Answer(error="dead"))])
    (answer,) = asked(broken, "a")
    assert (answer.score, answer.error, answer.prompt_tokens) == (None, "dead", 10)
    with pytest.raises(InvalidSpec, match="two judges or more"):
        VotingJudge([ScriptedJudge(lambda _: 1.0)])
    with pytest.raises(InvalidSpec, match="'mean' or 'majority'"):
        VotingJudge([ScriptedJudge(lambda _: 1.0)] * 2, "median")  # type: ignore[arg-type]


SCORES = {"sure": 0.95, "no": 0.02, "middling": 0.5, "rather": 0.7, "hardly": 0.25}


def test_doubts_go_to_the_slow_judge_and_the_answer_says_so() -> None:
    fast = ScriptedJudge(lambda question: spent(SCORES[question.response]))
    slow = ScriptedJudge(lambda _: spent(1.0))
    answers = asked(CascadeJudge(fast, slow), *SCORES)
    assert [answer.score for answer in answers] == [0.95, 0.02, 1.0, 1.0, 1.0]
    assert [answer.decided_by for answer in answers] == ["cascade, fast: m"] * 2 + ["cascade, slow: m"] * 3
    assert [answer.prompt_tokens for answer in answers] == [10, 10, 20, 20, 20]
    assert {question.response for question in slow.asked} == {"middling", "rather", "hardly"}


def test_a_score_at_either_bound_is_the_fast_judges() -> None:
    scores = {"a": 0.2, "b": 0.21, "c": 0.79, "d": 0.8}
    fast = ScriptedJudge(lambda question: spent(scores[question.response]))
    slow = ScriptedJudge(lambda _: spent(1.0))
    for cascade, doubtful in (
        (CascadeJudge(fast, slow), "bc"),
        (CascadeJudge(fast, slow, low=0.21, high=0.79), ""),
        (CascadeJudge(fast, slow, low=0.0, high=1.0), "abcd"),
    ):
        slow.asked.clear()
        asked(cascade, *scores)
        assert {question.response for question in slow.asked} == set(doubtful)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"low": -0.1}, "0 <= low <= high <= 1, got low -0.1 and high 0.8"),
        ({"high": 1.1}, "0 <= low <= high <= 1, got low 0.2 and high 1.1"),
        ({"low": 0.6, "high": 0.5}, "0 <= low <= high <= 1, got low 0.6 and high 0.5"),
        ({"budget": -1}, "budget is a whole number from 0, got -1"),
    ],
)
def test_a_cascade_out_of_bounds_is_refused(options: dict[str, Any], said: str) -> None:
    judge = ScriptedJudge(lambda _: 0.5)
    with pytest.raises(InvalidSpec, match=said):
        CascadeJudge(judge, judge, **options)


def test_a_cascade_may_have_one_bound_and_no_budget_at_all() -> None:
    slow = ScriptedJudge(lambda _: spent(1.0))
    judge = CascadeJudge(ScriptedJudge(lambda _: 0.5), slow, low=0.5, high=0.5)
    assert asked(judge, "a")[0].score == 0.5
    assert asked(CascadeJudge(ScriptedJudge(lambda _: 0.5), slow, budget=0), "a")[0].score == 0.5
    assert slow.asked == []


def test_a_budget_goes_to_the_most_doubtful() -> None:
    fast = ScriptedJudge(lambda question: spent(SCORES[question.response]))
    slow = ScriptedJudge(lambda _: spent(1.0))
    answers = asked(CascadeJudge(fast, slow, budget=1), *SCORES)
    assert [question.response for question in slow.asked] == ["middling"]
    assert [answer.score for answer in answers] == [0.95, 0.02, 1.0, 0.7, 0.25]


def test_a_slow_judge_that_fails_leaves_the_doubt_undecided() -> None:
    cascade = CascadeJudge(ScriptedJudge(lambda _: spent(0.5)), ScriptedJudge(lambda _: Answer(error="dead")))
    (result,) = verify_batch([Case(response="a", constraints=(POLITE,))], judge=cascade)
    assert (result.reward, result.errors) == (None, ("dead",))


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("cascade:hf:a", "FAST and SLOW are judge specs"),
        ("cascade:hf:a|hf:b#lower=1", "FAST and SLOW are judge specs"),
        ("cascade:hf:a|hf:b#low=x", "must be numbers"),
        ("cascade:server:http://a|server:http://b#low=0.9&high=0.1", "low <= high"),
        ("server:http://a?votes=3", "sample"),
        ("vllm:m?votes=3", "without reasoning=true"),
        ("vllm:m?reasoning=true&votes=1&enable_chunked_prefill=false", "two judges or more"),
        ("vllm:m?reasoning=true&votes=x", "'votes' is a number"),
    ],
)
def test_specs_that_cannot_be_say_why(spec: str, said: str) -> None:
    if spec.startswith("vllm"):
        pytest.importorskip("vllm", reason="vllm is not installed")
    with pytest.raises(InvalidSpec, match=said):
        from_spec(spec)


def test_the_budget_of_a_cascade_is_one_for_the_whole_batch() -> None:
    doubts = {"a": 0.5, "b": 0.45, "c": 0.3, "d": 0.9}
    slow = ScriptedJudge(lambda _: spent(1.0))
    judge = CascadeJudge(ScriptedJudge(lambda question: doubts[question.response]), slow, budget=2)
    cases = [Case.of(response=text, constraints=[POLITE]) for text in doubts]
    results = verify_batch(cases, judge=judge)
    assert [question.response for question in slow.asked] == ["a", "b"]
    paths = [result.verdicts[0].decided_by.split(":")[0] for result in results]
    assert paths == ["cascade, slow", "cascade, slow", "cascade, fast", "cascade, fast"]


def test_a_cascade_stops_asking_when_its_tokens_are_spent() -> None:
    for tokens, rounds in ((None, 20), (0, 0), (1, 8), (88, 8), (89, 16), (10_000, 20)):
        slow = ScriptedJudge(lambda _: spent(1.0))  # 11 tokens each
        judge = CascadeJudge(ScriptedJudge(lambda _: 0.5), slow, tokens=tokens)
        answers = asked(judge, *(f"text {n}" for n in range(20)))
        assert len(slow.asked) == rounds
        assert sum(answer.decided_by.startswith("cascade, slow") for answer in answers) == rounds
    with pytest.raises(InvalidSpec, match="tokens is a whole number from 0, got -1"):
        CascadeJudge(slow, slow, tokens=-1)


def test_specs_make_caches_and_cascades_of_real_judges(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    path = tmp_path / "answers.sqlite"
    kept = f"hf:{CHECKPOINT}?cache={path}"
    text = "Thank you very much for your question about the wonderful hotel."
    first, second = verify(text, POLITE, judge=kept), verify(text, POLITE, judge=from_spec(kept))
    assert (first.reward, second.reward, first.usage.kept, second.usage.kept) == (1.0, 1.0, 0, 1)
    result = verify(text, POLITE, judge=f"cascade:hf:{CHECKPOINT}|{kept}#low=0.1&high=0.9")
    assert result.verdicts[0].decided_by.startswith("cascade, fast: hf:")


def test_all_in_one_asks_once_per_response_and_gives_every_requirement_the_one_verdict() -> None:
    inner = ScriptedJudge(lambda question: spent(0.8 if question.response == "Thanks." else 0.1))
    cases = [Case.of(response=text, constraints=[POLITE, FORMAL]) for text in ("Thanks.", "Go away.")]
    good, bad = verify_batch(cases, judge=AllInOneJudge(inner), early_exit=False)
    assert [verdict.score for verdict in good.verdicts] == [0.8, 0.8]
    assert [verdict.passed for verdict in bad.verdicts] == [False, False]
    assert len(inner.asked) == 2
    assert inner.asked[0].answers == (("1", 1.0), ("0", 0.0))
    assert "\n2. Does the response follow this requirement? " in inner.asked[0].question
    assert (good.usage.asked, good.usage.prompt_tokens, good.usage.completion_tokens) == (2, 10, 1)
    assert good.verdicts[1].decided_by == "all in one: m"


def test_all_in_one_gives_a_case_the_same_verdict_whoever_else_is_in_the_batch() -> None:
    def script(question: Question) -> float:
        return float("formal" not in question.question)

    alone = Case.of(response="Thanks.", constraints=[POLITE])
    both = Case.of(response="Thanks.", constraints=[POLITE, FORMAL])
    judge = AllInOneJudge(CachedJudge(ScriptedJudge(script), "scripted"))
    for cases in ([both, alone, both], [alone, both, alone]):
        results = verify_batch(cases, judge=judge, early_exit=False)
        assert [result.reward for result in results] == [float(case is alone) for case in cases]
        assert [result.usage.shared for result in results][2] == len(cases[2].constraints)


@pytest.mark.parametrize(("score", "choice"), [(1.0, "yes"), (0.5, "yes"), (0.49, "no")])
def test_all_in_one_chooses_as_the_score_says(score: float, choice: str) -> None:
    judge = AllInOneJudge(ScriptedJudge(lambda _: spent(score)))
    assert [answer.choice for answer in asked(judge, "a", "b")] == [choice, choice]


def test_all_in_one_leaves_scales_and_failures_undecided() -> None:
    scale = Question(prompt=None, response="a", question="?", answers=(("1", 0.0), ("2", 1.0)))
    plain = Question(prompt=None, response="a", question="?")
    judge = AllInOneJudge(ScriptedJudge(lambda _: Answer(error="HTTP 500")))
    refused, failed = asyncio.run(judge.answer([scale, plain]))
    assert (refused.error, failed.error) == ("joint=all is for questions of yes and no", "HTTP 500")


def test_all_in_one_is_an_option_of_any_judge() -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    judge = from_spec(f"hf:{CHECKPOINT}?joint=all&least_mass=0")  # the tiny judge knows yes and no alone
    result = verify("Thank you very much.", [POLITE, FORMAL], judge=judge, early_exit=False)
    assert result.reward is not None
    assert len({verdict.score for verdict in result.verdicts}) == 1
    assert result.verdicts[0].decided_by.startswith("all in one: hf:")
