"""The instructions, demands, scores, reasons and places of every native type: as they were, word for word."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from verif_sdk import Answer, Case, Composer, Constraint, Question, Registry, Text, Verdict
from verif_sdk.catalogue.language import NAMES
from verif_sdk.catalogue.support.bounds import Counted
from verif_sdk.judges.scripted import ScriptedJudge

HERE = Path(__file__).parent
SNAPSHOT = HERE / "wording_snapshot.txt"
REGISTRY = Registry.installed()
NATIVE = [name for name in REGISTRY.constraints if REGISTRY.owners[name].startswith("verif-sdk ")]
COUNTS: list[dict[str, int]] = [
    {"exactly": 0}, {"exactly": 1}, {"exactly": 2}, {"at_least": 1}, {"at_least": 2},
    {"at_most": 0}, {"at_most": 1}, {"at_most": 1200}, {"at_least": 1, "at_most": 2},
]  # fmt: skip


TWO_WORDS = {"type": "length:words", "exactly": 2}
NO_COMMA = {"type": "punctuation:exclude", "marks": [","]}
RUBRIC = [
    {"criterion": f"It is {word}", "weight": weight}
    for word, weight in (("kind", 2), ("short!", 1), ("rude", -1), ("long", -0.5))
]
NESTED: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"type": f"logic:{name}", "of": of}, ("One two", "One, two", "One", "One, two, three"))
    for name in ("any_of", "all_of")
    for of in ([TWO_WORDS], [TWO_WORDS, NO_COMMA])
]
NESTED += [({"type": "soft:rubric", "items": RUBRIC}, ("One two",))]


def responses() -> Iterator[tuple[dict[str, Any], str, str | None, str | None]]:
    """Yield constraints with a response, a prompt and a reference: those of the examples and of the truth set."""
    for name in NATIVE:
        for example in REGISTRY.constraints[name].examples:
            for response in example.accepts + example.rejects:
                yield {"type": name, **example.params}, response, example.prompt, example.reference
    for spec, texts in NESTED:
        for response in texts:
            yield spec, response, None, None
    for path in sorted((HERE.parent / "truth").glob("*.jsonl")):
        for case in map(json.loads, path.read_text("utf-8").splitlines()):
            yield case["constraint"], case["response"], None, None


def bounds() -> Iterator[dict[str, Any]]:
    """Yield every type that counts with every kind of bound."""
    for name in NATIVE:
        cls = REGISTRY.constraints[name]
        if issubclass(cls, Counted):
            params = {
                key: value for key, value in cls.examples[0].params.items() if key not in Counted.model_fields
            }
            yield from ({"type": name, **params, **count} for count in COUNTS)


def taken(name: str) -> str:
    """Return the parameters of a type, with their bounds and defaults, on one line."""
    schema = REGISTRY.constraints[name].model_json_schema()
    return f"{name} takes {json.dumps(bare([schema['properties'], schema.get('$defs', {})]))}"


def bare(schema: Any) -> Any:
    """Return a JSON Schema without the words in it."""
    if isinstance(schema, dict):
        return {key: bare(value) for key, value in schema.items() if key not in ("title", "description", "type")}
    return [bare(part) for part in schema] if isinstance(schema, list) else schema


def described(constraint: Constraint) -> Iterator[str]:
    yield f"{constraint.type} {json.dumps(constraint.model_dump(exclude={'type'}, exclude_defaults=True))}"
    yield f"    {constraint.instruction()}"
    yield from (f"    demands {' '.join(map(str, demand))}" for demand in constraint.demands())


def decided(response: str, verdict: Verdict) -> str:
    outcome = f"{verdict.score:.3f}" if verdict.score is not None else "undecided"
    at = "".join(f" [{begin}:{end}]" for begin, end in verdict.evidence)
    shown = response if len(response) <= 40 else f"{response[:40]}…"
    return f"    {json.dumps(shown, ensure_ascii=False)} {outcome}: {verdict.reason or verdict.error}{at}"


SCRIPTS: dict[str, Callable[[Question], float | Answer]] = {
    "all 0.9": lambda _: 0.9,
    "all 0.5": lambda _: 0.5,
    "all 0.2": lambda _: 0.2,
    "long questions 0.9, short ones 0.3": lambda question: 0.9 if len(question.question) > 90 else 0.3,
    "long questions fail": lambda question: Answer(error="away") if len(question.question) > 90 else 0.9,
}


def judged(constraint: Constraint, response: str, prompt: str | None, reference: str | None) -> Iterator[str]:
    """Yield what a constraint makes of a judge's answers, part by part."""
    for answers, script in SCRIPTS.items():
        case = Case(response=response, constraints=(constraint,), prompt=prompt, reference=reference)
        judge = ScriptedJudge(script)
        (verdict,) = Composer(judge=judge, early_exit=False).verify(case).verdicts
        parts = "".join(f" ({decided(part.type, part).strip()})" for part in verdict.parts)
        yield f"{decided(response, verdict)}, {len(judge.asked)} questions, {answers}{parts}"


def wording() -> Iterator[str]:
    """Yield each constraint in words, with the first response of each outcome and reason."""
    by_constraint: dict[str, dict[tuple[bool | None, str], str]] = {}
    for spec in (*bounds(), *({"type": "language:is", "language": code} for code in NAMES)):
        by_constraint[json.dumps(spec)] = {}
    for spec, response, prompt, reference in responses():
        constraint = REGISTRY.parse(spec)
        outcomes = by_constraint.setdefault(json.dumps(spec), {})
        if constraint.hard and constraint.type != "code:python":
            verdict = constraint.decide(Text(response, prompt=prompt, reference=reference))
            outcomes.setdefault((verdict.passed, verdict.reason), decided(response, verdict))
        elif not constraint.hard:
            for line in judged(constraint, response, prompt, reference):
                outcomes.setdefault((None, line), line)
    yield from (taken(name) for name in NATIVE)
    for spec_, outcomes in sorted(by_constraint.items()):
        yield from described(REGISTRY.parse(json.loads(spec_)))
        yield from outcomes.values()


def test_instructions_and_reasons_are_worded_as_before() -> None:
    for extra in ("yaml", "jsonschema"):
        pytest.importorskip(extra, reason="the extra `data` is not installed")
    found = "\n".join([*wording(), ""])
    if os.environ.get("RENEW_SNAPSHOT"):
        SNAPSHOT.write_text(found, "utf-8")
    kept = SNAPSHOT.read_text("utf-8")
    diff = list(unified_diff(kept.splitlines(), found.splitlines(), "kept", "now", lineterm="", n=2))
    assert not diff, "\n".join([*diff[:40], "if this is wanted, run it with RENEW_SNAPSHOT=1, and read the diff"])
