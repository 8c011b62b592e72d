"""A judge small enough to train in minutes, for tests and the demo; `CHECKPOINT` is the trained one."""

from __future__ import annotations

from pathlib import Path

CHECKPOINT = Path(__file__).parent / "checkpoint"
