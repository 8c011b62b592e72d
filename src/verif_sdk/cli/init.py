"""`verif init`: a working, commented starter for a trainer, or a plugin to install."""

from __future__ import annotations

import keyword
import re
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

import typer
from rich.console import Console

from verif_sdk import __version__
from verif_sdk.errors import InvalidSpec, UnknownName, suggest

STARTERS = {
    "trl": ("trl_train.py", "train.py", '"none"  # TRL leaves such rollouts out of its baseline'),
    "openrlhf": ("openrlhf_reward.py", "reward.py", "0.0  # OpenRLHF needs a number here"),
    "verl": ("verl_run.sh", "run.sh", '"raise"  # verl marks the group as failed; a number also goes'),
}
"""For each trainer: the template, the name of the written file, and the value of `undecided` in reward.toml."""
PLUGIN = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    "plugin.py": "src/acme/__init__.py",
    "test_plugin.py": "tests/test_acme.py",
}
"""For each template of a plugin, the path of the written file; "acme" stands for the plugin's name."""


def init(
    starter: str = typer.Argument(help=f"{', '.join(STARTERS)}, or plugin."),
    name: str | None = typer.Argument(None, help="The name of the plugin."),
    out: Path | None = typer.Option(
        None, "--out", "-o", help="The folder to write to; by default this one, or for a plugin one with its name."
    ),
    force: bool = typer.Option(False, "--force", help="Replace existing files."),
) -> None:
    """Write a starter for a trainer: a script, reward.toml with the reward's settings, and three rows to try.

    Or, with plugin NAME, a package with a check, a judged type and their tests, ready to install.

    Exit codes: 0 written, 2 the call is wrong.
    """
    starter = starter.lower()
    if starter == "plugin":
        files = _plugin(name, force=force)
    elif name is None:
        files = _trainer(starter)
    else:
        raise InvalidSpec(f"only a plugin has a name; did you mean verif init plugin {name}?")
    folder = out or Path(name or "")
    there = [str(folder / path) for path in files if (folder / path).exists()]
    if there and not force:
        exist = "exists" if len(there) == 1 else "exist"
        raise InvalidSpec(f"{' and '.join(there)} already {exist}; --force replaces what is there")
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
        Console(emoji=False).print(f"wrote {folder / path}", highlight=False)


def _trainer(trainer: str) -> dict[str, str]:
    """Return the files of a starter for a trainer."""
    if trainer not in STARTERS:
        raise UnknownName.of("starter", trainer, suggest(trainer, [*STARTERS, "plugin"]))
    template, name, undecided = STARTERS[trainer]
    return {
        name: _template(template),
        "reward.toml": _template("reward.toml").replace("{undecided}", undecided),
        "rows.jsonl": _template("rows.jsonl"),
    }


def _plugin(name: str | None, *, force: bool) -> dict[str, str]:
    """Return the files of a plugin."""
    if name is None:
        raise InvalidSpec("a plugin needs a name: verif init plugin acme")
    module = name.replace("-", "_")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", module) or keyword.iskeyword(module):
        raise InvalidSpec(f"{name!r:.80} is not a name for a package: take small letters, digits and - or _")
    if not force and find_spec(module) is not None:
        raise InvalidSpec(f"a module {module!r} exists already; take another name")
    major, minor = __version__.split(".")[:2]
    bounds = f">={major}.{minor},<{major}.{int(minor) + 1}"
    return {
        path.replace("acme", module): _template(f"plugin/{template}")
        .replace("acme", module)
        .replace("{bounds}", bounds)
        for template, path in PLUGIN.items()
    }


def _template(name: str) -> str:
    return (resources.files("verif_sdk") / "starters" / name).read_text("utf-8")
