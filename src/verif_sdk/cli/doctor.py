"""`verif doctor`: what is installed, what is missing, and how to get it."""

from __future__ import annotations

import json
import os
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import NamedTuple

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from verif_sdk import __version__
from verif_sdk.constraint import Constraint
from verif_sdk.errors import Undecidable, in_words
from verif_sdk.plugins.known import BLOCK, KNOWN
from verif_sdk.plugins.registry import Registry
from verif_sdk.sandbox import command
from verif_sdk.sandbox.pool import Pool
from verif_sdk.text import Text

EXTRAS = (
    ("judge vllm", "vllm", ("vllm",)),
    ("judge openai", "http", ("aiohttp",)),
    ("judge server", "http", ("aiohttp",)),
    ("judge hf", "hf", ("transformers", "torch", "jinja2")),
    ("format:yaml", "data", ("yaml",)),
    ("format:json with a schema", "data", ("jsonschema",)),
    ("verif serve", "serve", ("fastapi", "fastapi_offline", "uvicorn")),
    ("verif_sdk.testing", "testing", ("hypothesis",)),
)
"""What needs an extra, the extra, and the modules that it brings."""

_VOCABULARY = (
    "without tokenizer= the model's control tokens are unknown: anything that looks like one is broken up, and "
    "one that looks like ordinary text gets through"
)


class Finding(NamedTuple):
    """The state of one thing ("ok", "absent" or "broken"), with a detail such as its version or the fix."""

    what: str
    state: str
    detail: str


def doctor(as_json: bool = typer.Option(False, "--json", help="Print JSON for programs.")) -> None:
    """Say what is installed and what is missing. Exit code 1 if a plugin is broken, else 0."""
    findings = [*_software(), *_plugins(), *_judge(), *_sandbox()]
    if as_json:
        print(json.dumps([finding._asdict() for finding in findings], indent=2))
    else:
        colours = {"ok": "green", "absent": "yellow", "broken": "red"}
        table = Table(box=None, show_header=False, pad_edge=False)
        for what, state, detail in findings:
            table.add_row(escape(what), f"[{colours[state]}]{state}[/]", escape(detail))
        Console(emoji=False).print(table, highlight=False)
    raise typer.Exit(any(finding.state == "broken" for finding in findings))


def _software() -> list[Finding]:
    return [
        Finding("verif_sdk", "ok", __version__),
        Finding("python", "ok", platform.python_version()),
        *(_extra(*row) for row in EXTRAS),
    ]


def _extra(what: str, extra: str, modules: Sequence[str]) -> Finding:
    """Return whether the modules of an extra are installed, with the version of the first."""
    if any(find_spec(module) is None for module in modules):
        return Finding(what, "absent", f"pip install 'verif-sdk[{extra}]'")
    return Finding(what, "ok", f"{modules[0]} {_version(modules[0])}")


def _plugins() -> list[Finding]:
    registry = Registry.installed()
    types = Counter(registry.owners.values())
    findings = [
        Finding(f"plugin {owner}", "ok", _counts(types[owner], names)) for owner, names in registry.plugins.items()
    ]
    findings += [Finding(f"plugin {plugin}", "broken", cause) for plugin, cause in registry.broken.items()]
    findings += [
        Finding(f"plugin {plugin.distribution}", "absent", f"pip install {plugin.distribution}")
        for plugin in KNOWN
        if not any(plugin.distribution in one for one in (*registry.plugins, *registry.broken))
    ]
    if blocked := os.environ.get(BLOCK):
        findings.append(Finding("plugins left out", "ok", f"{BLOCK}={blocked}"))
    return [*findings, *_failing(registry)]


def _counts(types: int, names: Mapping[str, Sequence[str]]) -> str:
    """Return how many types, judges and other things a plugin provides, in words."""
    words = {"judges": "judge", "aggregators": "aggregator", "rows": "row format", "dialects": "dialect"}
    numbers = {"constraint type": types, **{word: len(names.get(kind, ())) for kind, word in words.items()}}
    counts = {word: number for word, number in numbers.items() if number}
    return ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for word, count in counts.items()) or "nothing"


def _failing(registry: Registry) -> list[Finding]:
    """Return the plugins' types that fail on their own first example, grouped by cause."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for name, cls in registry.constraints.items():
        if registry.owners[name].startswith("verif-sdk "):
            continue
        if problem := _problem(cls):
            alike.setdefault((registry.owners[name], *problem), []).append(name)
    return [
        Finding(f"type {names[0]}{_others(names)} of {owner}", state, cause)
        for (owner, state, cause), names in alike.items()
    ]


def _others(names: Sequence[str]) -> str:
    return f" and {len(names) - 1} more" if len(names) > 1 else ""


def _problem(cls: type[Constraint]) -> tuple[str, str] | None:
    """Return the state and the cause if a type raises or cannot decide; no judge is asked."""
    try:
        error = _error(cls)
    except Exception as error:  # noqa: BLE001  # a plugin's code may raise anything; it is reported by name
        return "broken", in_words(error)
    return ("absent", error) if error else None


def _error(cls: type[Constraint]) -> str | None:
    """Return why a type is undecided on the first response that it should accept, if it is."""
    for example in cls.examples[:1]:
        constraint = cls.model_validate(dict(example.params))
        constraint.instruction()
        for response in example.accepts[:1]:
            text = Text(response, prompt=example.prompt, reference=example.reference)
            return constraint.decide(text, [None] * len(constraint.questions(text))).error
    return None


def _judge() -> list[Finding]:
    spec = os.environ.get("VERIF_JUDGE")
    judge = Finding("VERIF_JUDGE", "ok" if spec else "absent", spec or "not set; soft constraints need judge=")
    if spec and "openai:" in spec and "tokenizer=" not in spec:
        judge = judge._replace(detail=f"{spec}; {_VOCABULARY}")
    return [judge]


def _sandbox() -> list[Finding]:
    """Return whether a program really runs in the sandbox; that its parts are installed does not prove it."""
    pool = Pool(command.sealed, size=1)
    try:
        pool.run("def check_following(instruction, response):\n    return True\n", "", "")
    except Undecidable as cause:
        return [Finding("sandbox", "absent", str(cause))]
    finally:
        pool.close()
    return [Finding("sandbox", "ok", "programs of code:python run in it")]


def _version(module: str) -> str:
    for name in (module, f"{module}-cpu", f"py{module}"):
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return ""
