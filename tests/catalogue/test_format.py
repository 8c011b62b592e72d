"""Data, markdown and shapes at their boundaries: code fences, near misses, hostile lines."""

from __future__ import annotations

from functools import partial
from time import process_time
from typing import Any

import pytest

from verif_sdk import Question, Registry, Text, Verdict, verify
from verif_sdk.catalogue.format.markdown import tables_of
from verif_sdk.judges.scripted import ScriptedJudge

PARSE = Registry.installed().parse


def decided(spec: dict[str, Any], response: str) -> Verdict:
    return PARSE(spec).decide(Text(response))


@pytest.mark.parametrize(
    ("spec", "response", "passed"),
    [
        ({"type": "format:json"}, "\ufeff```json\n{}\n```\u200b\n", True),
        ({"type": "format:json"}, "~~~json\r\n{}\r\n~~~", True),
        ({"type": "format:json"}, "```json\n{}\n```\nSee ```", False),
        ({"type": "format:json"}, "```json\n{}", False),
        ({"type": "format:json"}, "[" * 50_000, False),
        ({"type": "format:json"}, "null", False),
        ({"type": "format:yaml"}, "a: &x 1\nb: *x", True),
        ({"type": "format:yaml"}, "a: 1\nb: *missing", False),
        ({"type": "format:yaml"}, "[" * 99 + "]" * 99, False),
        ({"type": "format:csv", "columns": 2}, 'a,b\n"unclosed,1', False),
        ({"type": "format:csv", "rows": 1}, "a,b\n\n", True),
    ],
)
def test_data_is_data_only_where_it_is_the_whole_response(
    spec: dict[str, Any], response: str, passed: bool
) -> None:
    assert decided(spec, response).passed is passed


@pytest.mark.parametrize(
    ("spec", "response", "passed"),
    [
        ({"type": "format:bullets", "exactly": 1}, "- a\n```\n- b\n```", True),
        ({"type": "format:bullets", "exactly": 1}, "````\n- a\n```\n- b\n````\n- c", True),
        ({"type": "format:bullets", "exactly": 0}, "```\n- never closed", True),
        ({"type": "format:bullets", "exactly": 0}, "- - -", True),
        ({"type": "format:headings", "exactly": 1, "level": 6}, "###### a", True),
        ({"type": "format:headings", "exactly": 1}, "####### a", False),
        ({"type": "format:headings", "exactly": 1}, "    # a", False),
        ({"type": "format:code_blocks", "exactly": 1, "language": "c++"}, "```C++ title=x\nx\n```", True),
        ({"type": "format:table", "columns": 1, "rows": 0}, "| a |\n|---|", True),
        ({"type": "format:table"}, "a | b\n:-: | -:x", False),
        ({"type": "format:table"}, "```\n|a|b|\n|-|-|\n```", False),
        ({"type": "format:numbered_list", "exactly": 2}, "Steps:\n1. a\n2. b", True),
        ({"type": "format:numbered_list", "exactly": 0}, "He was born in\n2. Street.", True),
        ({"type": "format:numbered_list", "exactly": 2}, "1. a\ngoes on\n2. b", True),
        ({"type": "format:numbered_list", "exactly": 1}, "1. a\n\nText\n2. b", True),
        ({"type": "format:no_markdown"}, "Text\n1. a", False),
        ({"type": "format:no_markdown"}, "Born in\n1984. Then moved.", True),
        ({"type": "format:no_markdown"}, "An array a[0] and f(x).", True),
        ({"type": "format:no_markdown"}, "[![logo](a.png)](b)", False),
        ({"type": "format:highlights", "exactly": 1}, "**b**", True),
    ],
)
def test_what_stands_in_a_code_block_is_no_markdown(spec: dict[str, Any], response: str, passed: bool) -> None:
    assert decided(spec, response).passed is passed


@pytest.mark.parametrize(
    ("spec", "response", "passed"),
    [
        ({"type": "format:options", "options": ["*", "!"]}, ".", False),
        ({"type": "format:options", "options": ["*", "!"]}, "!", True),
        ({"type": "format:options", "options": ["yes", "no"], "case_sensitive": True}, "Yes", False),
        ({"type": "format:template", "form": "X {a} to {b} end"}, "X tomorrow to Y end", True),
        ({"type": "format:template", "form": "X {a} to {b} end"}, "X to Y end", False),
        ({"type": "format:template", "form": "Dear {a}."}, "Dear .", False),
        ({"type": "format:template", "form": "Dear {a}."}, "Dear Ann.", True),
        ({"type": "format:template", "form": "Dear {a}."}, "Dear Ann. Bye", False),
        ({"type": "format:template", "form": "{a} of {b} ends here"}, "A of ends here", False),
        ({"type": "format:template", "form": "{a}"}, "anything", True),
        ({"type": "format:template", "form": "{a} and {b}"}, "{0} and {1}", True),
        ({"type": "format:placeholders", "exactly": 1}, "[ - é - ]", True),
        ({"type": "format:placeholders", "exactly": 0}, "[--] [a](b)", True),
        ({"type": "format:regex", "pattern": "a+", "match": "full"}, "aab", False),
        ({"type": "format:emoji", "exactly": 1}, "👨‍👩‍👧‍👦", True),
    ],
)
def test_shapes_hold_at_their_boundaries(spec: dict[str, Any], response: str, passed: bool) -> None:
    assert decided(spec, response).passed is passed


@pytest.mark.parametrize(
    ("spec", "hostile"),
    [
        ({"type": "format:bullets", "exactly": 1}, "```" + "a" * 20_000 + "`"),
        ({"type": "format:headings", "exactly": 9}, "# a" + " " * 20_000 + "b"),
        ({"type": "format:table"}, "a|b\n" + " " * 20_000 + "x|-"),
        ({"type": "format:no_markdown"}, "[" * 20_000),
        ({"type": "format:placeholders", "at_least": 1}, "[" + "a" * 20_000),
    ],
    ids=["fence", "heading", "table", "link", "placeholder"],
)
def test_a_line_four_times_as_long_costs_no_sixteenfold(spec: dict[str, Any], hostile: str) -> None:
    def cost(response: str) -> float:
        start = process_time()
        decided(spec, response)
        return process_time() - start

    short = min(cost(hostile) for _ in range(5))
    stretched = hostile.replace(hostile[len(hostile) // 2] * 1000, hostile[len(hostile) // 2] * 4000)
    assert min(cost(stretched) for _ in range(5)) < 10 * short + 0.02


CATASTROPHE = r"^(?:(?:a|aa|[ab])+)+c$"


@pytest.mark.parametrize(
    ("spec", "response"),
    [
        ({"type": "format:regex", "pattern": CATASTROPHE}, "a" * 400 + "!c"),
        ({"type": "format:json", "json_schema": {"items": {"pattern": CATASTROPHE}}}, f'["{"a" * 400}!c"]'),
    ],
    ids=["regex", "json_schema"],
)
def test_a_catastrophic_pattern_is_undecided_not_failed(spec: dict[str, Any], response: str) -> None:
    assert "took longer" in (decided(spec, response).error or "")


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ({"type": "format:regex", "pattern": "(" * 3000}, "nested too deeply"),
        ({"type": "format:json", "json_schema": {"type": 3}}, "not a JSON Schema"),
        ({"type": "format:csv", "delimiter": ";;"}, "delimiter"),
        ({"type": "format:template", "form": "no slot"}, "no {slot}"),
        ({"type": "soft:rubric", "items": [{"criterion": "x", "weight": float("inf")}]}, "finite"),
        ({"type": "soft:rubric", "items": [{"criterion": "x", "weight": -1}]}, "above 0"),
        ({"type": "soft:scale", "criterion": "x", "levels": 10}, "levels"),
        ({"type": "logic:all_of", "of": [{"type": "length:words", "at_last": 3}]}, "of.0"),
    ],
)
def test_wrong_parameters_are_refused_in_words(spec: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        PARSE(spec)


def test_a_remote_schema_is_not_fetched() -> None:
    spec = {"type": "format:json", "json_schema": {"$ref": "https://example.org/schema.json"}}
    assert "cannot be resolved" in (decided(spec, "{}").error or "")


@pytest.mark.parametrize("weights", [(1e15, 1e15, 1.0), (5e-324, 5e-324), (2.0, 3.0)])
@pytest.mark.parametrize("pitfall", [None, -1e15, -1.0])
def test_a_rubric_of_any_weights_is_1_where_all_is_met_and_0_where_nothing_is(
    weights: tuple[float, ...], pitfall: float | None
) -> None:
    items: list[dict[str, Any]] = [{"criterion": f"c{n}", "weight": weight} for n, weight in enumerate(weights)]
    if pitfall is not None:
        items.append({"criterion": "p", "weight": pitfall})
    for met, trapped, wanted in ((1.0, 0.0, 1.0), (0.0, 0.0, 0.0), (0.0, 1.0, 0.0)):
        judge = ScriptedJudge(partial(_answered, met, trapped))
        verdict = verify("x", {"type": "soft:rubric", "items": items}, judge=judge).verdicts[0]
        assert verdict.score == wanted


def _answered(met: float, trapped: float, asked: Question) -> float:
    return trapped if asked.question.endswith("? p.") else met


def test_rows_of_tables_are_counted_from_every_rule() -> None:
    assert tables_of("a|b\n|-|-|\nc|d\ne|f\n\na|b\n|-|-|") == ((2, 2), (2, 0))
    assert tables_of("|-|-|\n" * 3) == ((2, 1), (2, 0))
