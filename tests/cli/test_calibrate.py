"""`verif calibrate`: figures that can be counted by hand, a file that moves a judge's threshold, a real judge."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from examples.tiny_judge import CHECKPOINT
from verif_sdk import Answer, Composer, InvalidSpec, Question, Registry, verify
from verif_sdk.cli import app
from verif_sdk.cli.calibrate import _print as shown_in_words
from verif_sdk.files.accuracy import Share
from verif_sdk.files.agreement import Labelled, agreement, with_intervals
from verif_sdk.files.calibration import calibrate, labelled, write
from verif_sdk.judges.prompt import PROMPT_VERSION
from verif_sdk.judges.scripted import ScriptedJudge
from verif_sdk.judges.spec import from_spec
from verif_sdk.judges.wrappers.calibrated import CalibratedJudge

SCORES = (0.9, 0.8, 0.4, 0.35, 0.3, 0.2, 0.1, 0.6)
PAIRS = [Labelled(score, place < 4, place) for place, score in enumerate(SCORES)]


def test_the_figures_are_those_of_a_calculation_by_hand() -> None:
    at_half = agreement(PAIRS, 0.5)
    # Said yes: 0.9, 0.8, 0.6; right: 2 of 4 yes, 3 of 4 no. By chance 3/8 * 4/8 + 5/8 * 4/8 = 1/2.
    assert (at_half.accuracy, at_half.precision, at_half.recall) == (5 / 8, 2 / 3, 2 / 4)
    assert at_half.kappa == pytest.approx((5 / 8 - 1 / 2) / (1 / 2))
    found = calibrate(PAIRS)
    assert found.best.threshold == 0.35
    assert (found.best.accuracy, found.best.recall) == (7 / 8, 1.0)
    assert found.best.kappa == pytest.approx(0.75)
    by_hand = 1 * 0.1 + 1 * 0.2 + 2 * abs(0.325 - 0.5) + 1 * 0.6 + 1 * 0.6 + 1 * 0.2 + 1 * 0.1
    assert found.error == pytest.approx(by_hand / 8)
    for one in (found.best, calibrate([*PAIRS, Labelled(0.5, True, 8), Labelled(0.35, False, 9)]).best):
        assert one.threshold in {*SCORES, 0.5}
    assert found.best == with_intervals(PAIRS, agreement(PAIRS, found.best.threshold))
    assert [one.count for one in found.bins] == [0, 1, 1, 2, 1, 0, 1, 0, 1, 1]


def test_intervals_are_wilsons_and_widen_where_labels_of_one_response_agree() -> None:
    alone, together, all_right = Share(), Share(), Share()
    for place in range(40):
        alone.add(str(place), place % 5 > 0)
        together.add(str(place % 10), place % 5 > 0)  # four labels each, all four the same
        all_right.add(str(place % 10), True)
    # Wilson's interval for 32 of 40 as R's prop.test gives it (without correction), and for 10 of 10 responses.
    assert alone.interval == pytest.approx((0.6524, 0.8950), abs=1e-4)
    assert together.interval[0] < alone.interval[0]
    assert together.interval[1] > alone.interval[1]
    assert all_right.interval == pytest.approx((0.7225, 1.0), abs=1e-4)
    assert Share().interval == (0.0, 1.0)


def of_chance(count: int, *, right: float) -> list[Labelled]:
    """Labels of a judge whose probabilities are exactly right, raised to a power."""
    chance = random.Random(1)
    scores = [chance.random() for _ in range(count)]
    return [Labelled(score**right, chance.random() < score, place) for place, score in enumerate(scores)]


def test_the_intervals_hold_what_more_labels_show_as_often_as_they_say() -> None:
    truth = agreement(of_chance(50_000, right=1), 0.5)
    pairs = of_chance(4_000, right=1)
    parts = [pairs[start : start + 200] for start in range(0, 4_000, 200)]
    held = dict.fromkeys(("accuracy", "precision", "recall", "kappa"), 0)
    for part in parts:
        for figure, (low, high) in with_intervals(part, agreement(part, 0.5)).intervals.items():
            held[figure] += low <= getattr(truth, figure) <= high
    assert min(held.values()) >= 18  # of 20; 95 % would be 19


def test_the_calibration_error_of_a_judge_that_is_right_is_what_chance_explains_and_of_another_is_not() -> None:
    right, wrong = calibrate(of_chance(400, right=1)), calibrate(of_chance(400, right=3))
    assert 0 < right.error < right.noise
    assert wrong.error > 2 * wrong.noise


def test_labels_of_one_kind_measure_nothing() -> None:
    for pairs, got in (([], "got none with a verdict"), ([Labelled(0.5, True, 1)] * 3, "all 3 are true")):
        with pytest.raises(InvalidSpec, match=f"labels of both kinds, true and false; {got}"):
            calibrate(pairs)


def test_the_file_moves_the_threshold_of_a_judge_and_keeps_the_order(tmp_path: Path) -> None:
    path = tmp_path / "judge.json"
    write(path, "scripted", calibrate(PAIRS))
    tone = {"type": "soft:tone", "tone": "polite"}
    scores = [0.0, 0.1, 0.3499, 0.35, 0.5, 0.99, 1.0]

    def judge(score: float) -> CalibratedJudge:
        return CalibratedJudge(ScriptedJudge(lambda _: score), str(path), "scripted")

    mapped = [verify("a", tone, judge=judge(score)) for score in scores]
    assert [result.passed for result in mapped] == [False, False, False, True, True, True, True]
    found = [result.verdicts[0].score or 0.0 for result in mapped]
    assert found == sorted(found)
    assert (found[0], found[3], found[-1]) == (0.0, 0.5, 1.0)
    assert "threshold 0.35" in mapped[0].verdicts[0].decided_by
    scale = Question(prompt=None, response="a", question="?", answers=(("1", 0.0), ("2", 1.0)))
    (kept,) = asyncio.run(judge(0.3).answer([scale]))
    assert kept.score == 0.3


@pytest.mark.parametrize(
    ("threshold", "scores"),
    [
        (0.3, {0.0: 0.0, 0.15: 0.25, 0.27: 0.45, 0.3: 0.5, 0.65: 0.75, 1.0: 1.0}),
        (0.8, {0.0: 0.0, 0.4: 0.25, 0.8: 0.5, 0.9: 0.75, 1.0: 1.0}),
    ],
)
def test_the_threshold_becomes_a_half_and_what_lies_on_either_side_is_spread(
    tmp_path: Path, threshold: float, scores: dict[float, float]
) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps({"threshold": threshold, "prompt_version": PROMPT_VERSION, "judge": "hf:a"}))
    question = Question(prompt=None, response="a", question="?")
    for score, mapped in scores.items():
        scripted = ScriptedJudge(lambda _, score=score: score)  # type: ignore[misc]
        judge = CalibratedJudge(scripted, str(path), "hf:a")
        (answer,) = asyncio.run(judge.answer([question]))
        assert answer.score == pytest.approx(mapped)
        assert answer.decided_by.endswith(f"; threshold {threshold}")


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "judge.json"
    for text, said in (
        ("{", "was not written by"),
        ("{}", "was not written by"),
        ('{"threshold": 2, "prompt_version": "3", "judge": "hf:a"}', "not between 0 and 1"),
        ('{"threshold": 0.5, "prompt_version": "0", "judge": "hf:a"}', "calibrate anew"),
        ('{"threshold": 0.5, "prompt_version": "3", "judge": "hf:b"}', "is of the judge hf:b, this is hf:a;"),
        ('{"threshold": 0.5, "prompt_version": "3", "judge": "hf:a?votes=3"}', "is of the judge hf:a"),
    ):
        path.write_text(text)
        with pytest.raises(InvalidSpec, match=said):
            CalibratedJudge(ScriptedJudge(lambda _: 1.0), str(path), "hf:a?batch_size=4")
    path.write_text('{"threshold": 0.4, "prompt_version": "3", "judge": "hf:a?device=cuda"}')
    CalibratedJudge(ScriptedJudge(lambda _: 1.0), str(path), "hf:a?batch_size=4")  # neither changes a probability
    with pytest.raises(InvalidSpec, match="cannot be read: No such file"):
        from_spec(f"server:http://a?calibration={tmp_path / 'none'}")


def test_scales_and_negations_have_no_say_in_the_threshold_of_yes_and_no() -> None:
    items = [
        {"type": "soft:tone", "tone": "polite"},
        {"type": "soft:scale", "criterion": "It is clear."},
        {"type": "logic:not", "constraint": {"type": "soft:tone", "tone": "rude"}},
        {"type": "length:words", "at_least": 1},
    ]
    row = {"response": "a", "constraints": items, "labels": [True, False, True, False]}
    composer = Composer(judge=ScriptedJudge(lambda _: 0.7), early_exit=False)
    read = Registry.installed().row_format("native")
    found = labelled([(1, json.dumps(row).encode())], read, composer)
    assert found == ([Labelled(0.7, True, 1)], {}, 2)


def test_the_causes_of_what_is_undecided_are_counted_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    tone = {"type": "soft:tone", "tone": "polite"}
    answers: Iterator[float | Answer] = iter(
        [0.9, 0.2, Answer(error="[the] server is away"), Answer(error="[the] server is away")]
    )
    rows = [{"response": str(place), "constraints": tone, "labels": [place == 0]} for place in range(4)]
    lines = [(place, json.dumps(row).encode()) for place, row in enumerate(rows, 1)]
    judge = ScriptedJudge(lambda _: next(answers))
    pairs, undecided, other = labelled(
        lines, Registry.installed().row_format("native"), Composer(judge=judge, early_exit=False)
    )
    found = calibrate(pairs, undecided, other)
    assert (found.undecided, found.causes) == (2, {"[the] server is away": 2})
    shown_in_words(found)
    shown_few = capsys.readouterr().out
    assert "2 x [the] server is away" in shown_few
    assert "fewer than 20 labels" in shown_few
    with pytest.raises(InvalidSpec, match="got none with a verdict; 4 undecided: the judge is away"):
        calibrate([], {"the judge is away": 4})


def rows(path: Path) -> Path:
    from examples.tiny_judge.questions import constraints
    from examples.tiny_judge.sentences import sample

    chance = random.Random(7)
    with path.open("w") as file:
        for _ in range(12):
            of = sample(chance, held_out=True)
            made = constraints(of)
            row = {
                "prompt": of.prompt,
                "response": of.response,
                "constraints": [json.loads(constraint.model_dump_json()) for constraint, _ in made],
                "labels": [truth for _, truth in made],
            }
            file.write(json.dumps(row) + "\n")
    return path


def test_a_real_judge_is_measured_and_takes_its_threshold_from_the_file(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    out, plot = tmp_path / "judge.json", tmp_path / "plot.svg"
    command = ["calibrate", str(rows(tmp_path / "rows")), "--judge", f"hf:{CHECKPOINT}", "--out", str(out)]
    done = CliRunner().invoke(app, [*command, "--plot", str(plot), "--json"])
    assert done.exit_code == 0, done.output
    facts = json.loads(done.stdout)
    assert facts["count"] == 12 * 12
    assert facts["usual"]["accuracy"] > 0.95
    assert facts["best"]["kappa"] >= facts["usual"]["kappa"]
    assert ElementTree.parse(plot).getroot().tag.endswith("svg")
    shown = CliRunner().invoke(app, command).stdout
    assert "expected calibration error" in shown
    assert re.search(r"^accuracy +\d\.\d{3} \[\d\.\d\d, \d\.\d\d\]", shown, re.MULTILINE)
    assert "fewer than" not in shown
    text = "Thank you very much for your question about the wonderful hotel."
    result = verify(text, {"type": "soft:tone", "tone": "polite"}, judge=f"hf:{CHECKPOINT}?calibration={out}")
    assert result.reward == 1.0
    assert "threshold" in result.verdicts[0].decided_by


def test_a_judge_that_is_away_is_no_wrong_call(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    tone = {"type": "soft:tone", "tone": "polite"}
    path.write_text(json.dumps({"response": "a", "constraints": tone, "labels": [True]}) + "\n")
    done = CliRunner().invoke(app, ["calibrate", str(path), "--judge", "server:http://127.0.0.1:9"])
    assert done.exit_code == 3
    assert done.stderr.startswith("verif: calibration needs labels of both kinds")
    assert "1 undecided" in done.stderr


def test_rows_whose_labels_do_not_fit_are_named(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    good: dict[str, Any] = {"response": "a", "constraints": [{"type": "soft:tone", "tone": "polite"}]}
    for row, said in (
        (good, "line 1: field 'labels' is missing"),
        ({**good, "labels": [True, False]}, "line 1: 2 labels for 1 constraints"),
        ({**good, "labels": ["yes"]}, "a list of true, false and null"),
        ({"labels": [True]}, "line 1: field"),
        ([True], "is a JSON array"),
    ):
        path.write_text(json.dumps(row) + "\n")
        done = CliRunner().invoke(app, ["calibrate", str(path), "--judge", "server:http://127.0.0.1:9"])
        assert isinstance(done.exception, InvalidSpec)
        assert said in str(done.exception)
