"""`verif init`: a working, commented starter for a trainer."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import typer
from rich.console import Console

from verif_sdk.errors import InvalidSpec, UnknownName, suggest

STARTERS = {
    "trl": ("trl_train.py", "train.py", '"none"  # TRL leaves such rollouts out of its baseline'),
    "openrlhf": ("openrlhf_reward.py", "reward.py", "0.0  # OpenRLHF needs a number here"),
    "verl": ("verl_run.sh", "run.sh", '"raise"  # verl marks the group as failed; a number also goes'),
}
"""Per trainer the template, what it is written as, and what reward.toml says of undecided rewards."""


def init(
    trainer: str = typer.Argument(help=f"{', '.join(STARTERS)}."),
    out: Path = typer.Option(Path(), "--out", "-o", help="The folder to write to."),
    force: bool = typer.Option(False, "--force", help="Replace files that are there."),
) -> None:
    """Write a starter for a trainer: what it runs, reward.toml with what a reward is, and three rows to try.

    Exit codes: 0 written, 2 the call is wrong.
    """
    trainer = trainer.lower()
    if trainer not in STARTERS:
        raise UnknownName.of("trainer", trainer, suggest(trainer, STARTERS))
    template, name, undecided = STARTERS[trainer]
    source = resources.files("verif_sdk") / "starters"
    files = {
        name: (source / template).read_text("utf-8"),
        "reward.toml": (source / "reward.toml").read_text("utf-8").replace("{undecided}", undecided),
        "rows.jsonl": (source / "rows.jsonl").read_text("utf-8"),
    }
    there = [str(out / name) for name in files if (out / name).exists()]
    if there and not force:
        exist = "exists" if len(there) == 1 else "exist"
        raise InvalidSpec(f"{' and '.join(there)} already {exist}; --force replaces what is there")
    out.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (out / name).write_text(text, "utf-8")
        Console(emoji=False).print(f"wrote {out / name}", highlight=False)
