"""What verl's data looks like, and which prompt, constraints and reference come out of it; verl is elsewhere."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from verif_sdk.rewards.verl import compute_score

WORDS = {"type": "length:words", "at_most": 2}
COPY = {"type": "structure:repeats_prompt"}
OVERLAP = {"type": "ratio:overlap", "at_least": 0.5}


class Array:
    """As numpy's arrays, which parquet files become."""

    def __init__(self, *values: Any) -> None:
        self.values = values

    def tolist(self) -> list[Any]:
        return list(self.values)


class ListConfig(tuple[Any, ...]):
    """As omegaconf's lists."""


class Node:
    """As omegaconf's mappings, which are not `Mapping`."""

    def __init__(self, **fields: Any) -> None:
        self.fields = fields

    def items(self) -> Any:
        return self.fields.items()


def score(truth: Any, response: str = "one two", extra: Mapping[str, Any] | None = None, **options: Any) -> float:
    return asyncio.run(compute_score("data", response, truth, extra, undecided=0.125, **options))["score"]


@pytest.mark.parametrize(
    "truth",
    [
        [WORDS],
        (WORDS,),
        Array(WORDS),
        Array(Node(**WORDS)),
        json.dumps(WORDS),
        json.dumps([WORDS]),
        " " + json.dumps({"constraints": [WORDS]}),
        Node(constraints=Array(Node(**WORDS))),
    ],
)
def test_constraints_come_in_every_shape(truth: Any) -> None:
    assert score(truth) == 1.0
    assert score(truth, "one two three") == 0.0


def test_an_option_may_be_a_list_of_a_configuration() -> None:
    double = Node(kind="affine", scale=2.0)
    assert score([WORDS], shaping=ListConfig([double])) == 2.0


@pytest.mark.parametrize("name", ["prompt", "raw_prompt", "question"])
def test_the_prompt_is_the_data_sets_own(name: str) -> None:
    prompt, response = "Say hi to all of them.", "Say hi to all of them. Hi!"
    assert score([COPY], response) == 0.125  # nothing to repeat
    assert score([COPY], response, {name: prompt}) == 1.0
    assert score([COPY], response, {name: [{"role": "user", "content": prompt}]}) == 1.0
    assert score({"constraints": [COPY], "prompt": prompt}, response, {name: "Another one."}) == 1.0
    assert score({"constraints": [COPY]}, response, {name: prompt}) == 1.0


def test_a_reference_is_read_from_either_place() -> None:
    with_reference = {"constraints": [OVERLAP], "reference": "one two three"}
    assert score(with_reference) == 1.0
    assert score(json.dumps(with_reference)) == 1.0
    assert score([OVERLAP], extra={"reference": "one two three"}) == 1.0
    assert score([OVERLAP]) == 0.125


def test_rows_of_a_format_find_their_truth_and_their_columns() -> None:
    truth = str([json.dumps({"instruction_id": ["punctuation:no_comma"], "kwargs": [None]})])
    assert score(truth, "a", rows="ifrlvr") == 1.0
    assert score(truth, "a, b", {"dataset": "x"}, rows="ifrlvr") == 0.0


def test_a_row_format_that_reads_verls_own_shape_finds_the_truth_too() -> None:
    truth = {"checkers": ["[llm] Be kind."], "functions": [""]}
    options: dict[str, Any] = {"judge": "kind:", "plugins": ["tests.failing_judges"], "rows": "verinstruct"}
    assert score(truth, extra={"prompt": "Say hi."}, **options) == 1.0
