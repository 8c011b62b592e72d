"""Sandboxes with tight limits, shared by the tests of this folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from verif_sdk.sandbox import command
from verif_sdk.sandbox.pool import Pool
from verif_sdk.sandbox.protocol import Limits


def sandbox(limits: Limits) -> Iterator[Pool]:
    if shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    pool = Pool(command.sealed, size=1, limits=limits)
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def pool() -> Iterator[Pool]:
    """Patient, because the machine may be busy."""
    yield from sandbox(Limits(cpu=1, wall=60.0, memory=1 << 28))


@pytest.fixture(scope="session")
def impatient() -> Iterator[Pool]:
    """For programs that wait."""
    yield from sandbox(Limits(cpu=1, wall=2.0, memory=1 << 28))
