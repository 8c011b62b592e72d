"""`decided_by`: what reproduces a verdict, whoever's code and whichever judge it came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from verif_sdk import Answer, Question, Text, Verdict, __version__, verify
from verif_sdk.catalogue.length import Words
from verif_sdk.judges.scripted import ScriptedJudge

OURS = f"verif-sdk {__version__}"
HARD = {"type": "length:words", "at_least": 1}
FALSE = {"type": "length:words", "at_least": 99}
KIND = {"type": "soft:tone", "tone": "kind"}


def by_name(question: Question) -> Answer:
    """A judge whose answers tell apart what was asked."""
    name = "second" if "formal" in question.question else "first"
    return Answer(score=1.0, choice="yes", decided_by=f"{name}:m; prompt 3")


def decided_by(constraint: Any, response: str = "a b", **options: Any) -> str:
    (verdict,) = verify(response, constraint, judge=ScriptedJudge(by_name), early_exit=False, **options).verdicts
    return verdict.decided_by


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        (HARD, OURS),
        (KIND, "first:m; prompt 3"),
        ({"type": "logic:all_of", "of": [HARD, HARD]}, OURS),
        ({"type": "logic:all_of", "of": [HARD, KIND]}, f"{OURS} + first:m; prompt 3"),
        (
            {"type": "logic:any_of", "of": [{"type": "soft:tone", "tone": "formal"}, KIND]},
            f"{OURS} + second:m; prompt 3 + first:m; prompt 3",
        ),
        ({"type": "logic:not", "constraint": KIND}, f"{OURS} + first:m; prompt 3"),
        ({"type": "logic:if_then", "condition": KIND, "then": HARD}, f"{OURS} + first:m; prompt 3"),
        ({"type": "logic:if_then", "condition": FALSE, "then": KIND}, OURS),
        ({"type": "logic:within", "part": "line", "constraint": KIND}, f"{OURS} + first:m; prompt 3"),
        ({"type": "logic:within", "part": "line", "n": 9, "constraint": KIND}, OURS),
        (
            {"type": "logic:not", "constraint": {"type": "logic:all_of", "of": [KIND, KIND]}},
            f"{OURS} + first:m; prompt 3",
        ),
        (
            {"type": "soft:rubric", "items": [{"criterion": "It is formal."}, {"criterion": "It is kind."}]},
            f"{OURS} + second:m; prompt 3 + first:m; prompt 3",
        ),
        ({"type": "soft:steps"}, f"{OURS} + first:m; prompt 3"),
    ],
)
def test_a_verdict_names_whoever_put_it_together_and_decided_its_parts(constraint: Any, expected: str) -> None:
    assert decided_by(constraint) == expected


def test_a_blank_response_is_decided_by_code() -> None:
    assert decided_by({"type": "logic:all_of", "of": [HARD, KIND]}, " ") == OURS


def test_what_has_no_verdict_was_decided_by_nobody() -> None:
    lost = ScriptedJudge(lambda _: Answer(error="gone", decided_by="first:m"))
    (verdict,) = verify("a", {"type": "logic:not", "constraint": KIND}, judge=lost).verdicts
    assert (verdict.error, verdict.decided_by) == ("gone", "")


class Lenient(Words):
    """A class of a user's own that nobody has registered."""

    def check(self, text: Text) -> Verdict:
        return self.verdict(True)


class Twice(Lenient):
    """A class of a user's own, based on another."""

    def decide(self, text: Text, answers: Sequence[Answer | None] = ()) -> Verdict:
        return super().decide(text, answers)


@pytest.mark.parametrize("cls", [Lenient, Twice])
def test_a_subclass_that_no_plugin_provides_signs_with_its_own_name(cls: type[Words]) -> None:
    name = f"{__name__}.{cls.__name__}"
    assert decided_by(cls(at_least=99)) == name
    assert decided_by({"type": "logic:not", "constraint": cls(at_least=99)}) == f"{OURS} + {name}"
    assert decided_by(Words(at_least=1)) == OURS


def test_a_loose_reading_names_the_code_of_both() -> None:
    from importlib.metadata import version

    pytest.importorskip("verif_ifeval")
    ifeval = f"verif-ifeval {version('verif-ifeval')}"
    assert decided_by({"type": "ifeval:loose", "constraint": HARD}) == f"{ifeval} + {OURS}"
    inner = {"type": "ifeval:punctuation:no_comma"}
    assert decided_by({"type": "ifeval:loose", "constraint": inner}) == ifeval
    assert decided_by({"type": "ifeval:loose", "constraint": inner}, "a, b") == ifeval
