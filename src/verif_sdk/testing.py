"""The test kit for plugin authors: `assert_contract` states what every constraint type must do.

`ScriptedJudge` stands in for a model.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from verif_sdk.constraint import Constraint, Example
from verif_sdk.errors import InvalidSpec, MissingExtra, PluginError
from verif_sdk.judges.scripted import ScriptedJudge
from verif_sdk.plugins.declaration import declared
from verif_sdk.question import Answer
from verif_sdk.text import Text
from verif_sdk.verdict import Verdict

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["ADVERSARIAL", "ScriptedJudge", "assert_contract", "assert_survives", "texts"]

BLANK = ("", " \n\t", "\u00a0\u3000")

PARTS = (
    {"type": "length:words", "at_least": 2},
    {"type": "soft:criterion", "criterion": "It is kind."},
)
"""Constraints to put into each field that takes any constraint: a hard one and a soft one."""

ADVERSARIAL = (
    "a" * 100_000,
    "word " * 20_000,
    "\n" * 50_000 + "x",
    "1" * 50_000,
    "lone \ud800 surrogate \udfff",
    "null \x00 byte",
    "\u202eright to left\u202c \u0645\u0631\u062d\u0628\u0627",
    "zero\u200bwidth\u200djoiner",
    "e\u0301" * 5_000,
    "[" * 20_000 + "]" * 20_000,
    '{"a":' * 20_000,
    "*" * 20_000,
    "**a** " * 10_000,
    "`" * 30_000,
    "|" * 20_000 + "\n" + "|-" * 10_000,
    "- " * 20_000,
    "<<" * 20_000,
    "((((((((((" * 2_000 + "a",
    "a." * 30_000,
    "." * 50_000 + "x",
    "a. " * 30_000,
    '"' * 30_001,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 3_000,
    "今天" * 20_000,
    "&a " * 5_000,
    "key: &x [*x, *x]\n" * 2_000,
)
"""Responses that have broken checkers; on each, a check must soon return a verdict."""


def assert_contract(cls: type[Constraint], *, examples: int = 50) -> None:
    """Assert that a constraint type keeps its promises.

    For the parameters of each of its `examples`: any text gets a verdict without raising, the same one
    each time; a blank text fails; a passed check scores 1; the constraint survives a round trip through
    JSON; accepted responses pass and rejected ones fail with a reason. A soft constraint asks a question,
    passes on 1.0, is undecided on an error and stays open without an answer. A field that takes any
    constraint accepts a hard and a soft one, or refuses it when parsed.

    Args:
        cls: a subclass of `Check`, `Judged` or `Constraint`.
        examples: random texts per parameter set.

    Raises:
        AssertionError: a promise is broken; the message says which.
        MissingExtra: hypothesis is not installed.
    """
    try:
        declared(cls)
    except PluginError as error:
        raise AssertionError(str(error)) from None
    assert cls.examples, f"{cls.__name__} has no examples"
    cls.model_json_schema()
    for example in cls.examples:
        constraint = cls(**example.params)
        assert constraint.instruction().strip(), f"{constraint.type} words no instruction"
        assert cls.model_validate_json(constraint.model_dump_json()) == constraint, "it does not survive JSON"
        for blank in BLANK:
            assert _open(constraint, Text(blank)).passed is False, f"a blank response must fail: {blank!r}"
        if constraint.hard:
            _assert_examples(constraint, example)
        else:
            _assert_asks(constraint, example)
        _assert_any_part(cls, example)
        _assert_any_text(constraint, example, examples)


def assert_survives(constraint: Constraint, responses: Iterable[str] = ADVERSARIAL) -> None:
    """Assert that a constraint gives a sound verdict on responses made to break it."""
    for response in responses:
        _assert_sound(constraint, Text(response, prompt="prompt", reference="reference"))


def texts() -> SearchStrategy[str]:
    """Return a hypothesis strategy for responses: any characters, and pieces that checkers look for.

    Raises:
        MissingExtra: hypothesis is not installed.
    """
    try:
        from hypothesis import strategies as st
    except ImportError:
        raise MissingExtra("verif_sdk.testing needs hypothesis: pip install 'verif-sdk[testing]'") from None
    pieces = [
        "\n",
        "\n\n",
        " ",
        "# ",
        "- ",
        "1. ",
        "**",
        "*",
        "```",
        "|",
        "---",
        '"',
        "[a]",
        "<<a>>",
        "{",
        "}",
        ":",
    ]
    pieces += ["word", "Wort.", "U.S. ", "yes", "P.S. ", "a,b", "😀", "今", "é", "\ud800", "\x00", "***", "******"]
    return st.one_of(st.text(st.characters()), st.lists(st.sampled_from(pieces), max_size=25).map("".join))


def _assert_any_text(constraint: Constraint, example: Example, count: int) -> None:
    strategy = texts()
    from hypothesis import HealthCheck, given, settings

    @settings(
        max_examples=count, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(strategy)
    def holds(response: str) -> None:
        _assert_sound(constraint, _text(response, example))

    holds()


def _assert_sound(constraint: Constraint, text: Text) -> None:
    first = _open(constraint, text)
    again = _open(constraint, Text(text.raw, prompt=text.prompt, reference=text.reference))
    assert first == again, f"two verdicts on one response: {first} and {again}"
    assert first.type == constraint.type, f"the verdict is of type {first.type}"
    assert Verdict.model_validate_json(first.model_dump_json()) == first, "the verdict does not survive JSON"
    if first.decided and constraint.hard:
        assert first.passed == (first.score == 1.0), f"a check passes with score 1 and fails below: {first}"


def _assert_examples(constraint: Constraint, example: Example) -> None:
    for response in example.accepts:
        verdict = constraint.decide(_text(response, example))
        assert verdict.passed, f"{constraint.type} should accept {response!r}: {verdict}"
    for response in example.rejects:
        verdict = constraint.decide(_text(response, example))
        assert verdict.passed is False, f"{constraint.type} should reject {response!r}: {verdict}"
        assert verdict.reason, f"{constraint.type} rejects {response!r} without a reason"


def _assert_asks(constraint: Constraint, example: Example) -> None:
    text = _text(example.accepts[0], example)
    questions = constraint.questions(text)
    assert questions, f"{constraint.type} asks nothing"
    best = [Answer(score=1.0, choice="yes")] * len(questions)
    failed = [Answer(error="the judge is away")] * len(questions)
    assert _open(constraint, text).skipped, f"{constraint.type} decides without an answer"
    assert constraint.decide(text, best).decided, f"{constraint.type} does not decide with all answers"
    assert constraint.decide(text, failed).error, f"{constraint.type} decides on a judge's error"


def _assert_any_part(cls: type[Constraint], example: Example) -> None:
    for name, schema in cls.model_json_schema()["properties"].items():
        nested = schema.get("items", schema)
        if not nested.get("x-constraint"):
            continue
        for part in PARTS:
            value = [part] if "items" in schema else part
            try:
                constraint = cls.read({**example.params, name: value})
            except InvalidSpec:
                continue
            for response in ("one two", *BLANK, *example.accepts, *example.rejects):
                _assert_sound(constraint, _text(response, example))
                _assert_answered(constraint, _text(response, example))


def _assert_answered(constraint: Constraint, text: Text) -> None:
    count = len(constraint.questions(text))
    assert constraint.hard <= (count == 0), f"{constraint.type} is hard, and asks a judge"
    for answer in (Answer(score=1.0, choice="yes"), Answer(score=0.0, choice="no"), Answer(error="away")):
        verdict = constraint.decide(text, [answer] * count)
        assert not verdict.skipped, f"{constraint.type} does not decide with all answers"


def _open(constraint: Constraint, text: Text) -> Verdict:
    return constraint.decide(text, [None] * len(constraint.questions(text)))


def _text(response: str, example: Example) -> Text:
    return Text(response, prompt=example.prompt, reference=example.reference)
