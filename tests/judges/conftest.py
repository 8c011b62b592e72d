"""A server for the judge `openai:`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.fake_openai import FakeOpenAI


@pytest.fixture
def fake_openai() -> Iterator[Callable[..., FakeOpenAI]]:
    """A function that starts a `FakeOpenAI`; all are stopped after the test."""
    with ExitStack() as running:

        def start(**options: Any) -> FakeOpenAI:
            return running.enter_context(FakeOpenAI(**options))

        yield start
