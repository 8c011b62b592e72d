"""Fixtures that cost too much to have twice: models made on the spot, and one real vLLM engine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from examples.tiny_judge import CHECKPOINT
from tests import tiny_model

ROOT = Path(__file__).resolve().parents[1]
ENGINE: dict[str, Any] = {
    "enforce_eager": True,
    "gpu_memory_utilization": 0.3,
    "max_model_len": 1024,
    "enable_chunked_prefill": False,  # votes need that on a CPU, and all tests share one engine
}


@pytest.fixture(scope="session", autouse=True)
def _small_engines() -> None:
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "1")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="session")
def random_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random two-layer model whose verdicts mean nothing."""
    pytest.importorskip("transformers")
    return tiny_model.make(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="session")
def vllm_judge() -> Any:
    """The tiny judge on a real vLLM engine, one for all tests."""
    pytest.importorskip("vllm", reason="vllm is not installed")
    from verif_sdk.judges.vllm import VllmJudge

    return VllmJudge(str(CHECKPOINT), **ENGINE)
