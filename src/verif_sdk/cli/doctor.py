"""`verif doctor`: what is installed, what is missing, and how to get it."""

from __future__ import annotations

import json
import os
import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import NamedTuple

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from verif_sdk import __version__, nltk_data
from verif_sdk.registry import Registry

EXTRAS = {
    "vllm": ("vllm", "vllm"),
    "openai": ("aiohttp", "http"),
    "server": ("aiohttp", "http"),
    "hf": ("transformers", "hf"),
}


class Finding(NamedTuple):
    """One thing looked at: what, whether it is well ("ok", "absent" or "broken"), and what to know."""

    what: str
    state: str
    detail: str


def doctor(as_json: bool = typer.Option(False, "--json", help="Print JSON for programs.")) -> None:
    """Say what is installed and what is missing. Exit code 1 if a plugin is broken, else 0."""
    findings = [*_software(), *_plugins(), *_data(), *_judge()]
    if as_json:
        print(json.dumps([finding._asdict() for finding in findings], indent=2))
    else:
        colours = {"ok": "green", "absent": "yellow", "broken": "red"}
        table = Table(box=None, show_header=False, pad_edge=False)
        for what, state, detail in findings:
            table.add_row(escape(what), f"[{colours[state]}]{state}[/]", escape(detail))
        Console().print(table, highlight=False)
    raise typer.Exit(any(finding.state == "broken" for finding in findings))


def _software() -> list[Finding]:
    found = [
        Finding("verif_sdk", "ok", __version__),
        Finding("python", "ok", platform.python_version()),
    ]
    for name, (module, extra) in EXTRAS.items():
        if find_spec(module) is None:
            found.append(Finding(f"judge {name}", "absent", f"pip install 'verif-sdk[{extra}]'"))
        else:
            found.append(Finding(f"judge {name}", "ok", f"{module} {_version(module)}"))
    return found


def _plugins() -> list[Finding]:
    registry = Registry.installed()
    counts: dict[str, int] = {}
    for name in registry.constraints:
        counts[registry.owners[name]] = counts.get(registry.owners[name], 0) + 1
    found = [Finding(f"plugin {owner}", "ok", f"{count} constraint types") for owner, count in counts.items()]
    found += [Finding(f"plugin {plugin}", "broken", cause) for plugin, cause in registry.broken.items()]
    if blocked := os.environ.get("VERIF_SDK_BLOCK"):
        found.append(Finding("plugins left out", "ok", f"VERIF_SDK_BLOCK={blocked}"))
    return found


def _judge() -> list[Finding]:
    spec = os.environ.get("VERIF_JUDGE")
    judge = Finding("VERIF_JUDGE", "ok" if spec else "absent", spec or "not set; soft constraints need judge=")
    bwrap = shutil.which("bwrap")
    return [judge, Finding("bubblewrap", "ok" if bwrap else "absent", bwrap or "apt install bubblewrap")]


def _data() -> list[Finding]:
    return [
        Finding(f"nltk {package}", "ok" if where else "absent", str(where or "verif data"))
        for package in nltk_data.PACKAGES
        for where in [nltk_data.found(package)]
    ]


def _version(module: str) -> str:
    for name in (module, f"{module}-cpu"):
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return ""
