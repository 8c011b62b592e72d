"""`verif list` and `verif show`: the constraint types."""

from __future__ import annotations

import inspect
import json
import sys
import textwrap
from itertools import groupby

import typer
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from verif_sdk.constraint import Constraint, Judged
from verif_sdk.describe import Parameter, parameters, summary
from verif_sdk.errors import did_you_mean
from verif_sdk.nearest import nearest_types, types_about
from verif_sdk.plugins.registry import Registry

Types = dict[str, type[Constraint]]

NAME = 26
"""Columns for the name of a type; after a longer name the summary starts on the next line."""


def list_types(
    word: str = typer.Argument(
        "", help='Show only types with this in their name or description: "length", "comma".'
    ),
    long: bool = typer.Option(False, "--long", "-l", help="Show the parameters too."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON for programs."),
) -> None:
    """List the installed constraint types. Exit codes: 0 at least one matches, 1 none does."""
    registry = Registry.installed()
    names = types_about(word, registry.constraints)
    types: Types = {name: registry.constraints[name] for name in names}
    if as_json:
        print(json.dumps([_brief(name, cls, registry.owners[name]) for name, cls in types.items()], indent=2))
    else:
        _print_types(types, registry, long)
    if not types:
        near = nearest_types(word, registry.constraints)
        hint = f"; {did_you_mean(near)}" if near else ""
        print(f"verif: no type is about {word!r}{hint}", file=sys.stderr)
        raise typer.Exit(1)


def show(
    type: str = typer.Argument(help="A constraint type, such as length:words."),
    as_json: bool = typer.Option(False, "--json", help="Print the JSON Schema."),
) -> None:
    """Show one constraint type: its parameters, its wording, and examples that it accepts and rejects."""
    registry = Registry.installed()
    cls = registry.constraint_type(type)
    if as_json:
        print(json.dumps(registry.json_schema(type), indent=2))
        return
    console = Console(highlight=False, emoji=False)
    console.print(f"[bold cyan]{escape(type)}[/]  [dim]decided by {kind(cls)}; from {registry.owners[type]}[/]\n")
    console.print(escape(inspect.getdoc(cls) or ""))
    _print_parameters(console, cls)
    for example in cls.examples:
        constraint = registry.parse({"type": type, **example.params})
        console.print(f"\n[bold]example[/]  {escape(json.dumps(dict(example.params), ensure_ascii=False))}")
        console.print(f"  [dim]in words[/]  {escape(constraint.instruction())}")
        for mark, responses in (("[green]accepts[/]", example.accepts), ("[red]rejects[/]", example.rejects)):
            for response in responses:
                console.print(f"  {mark}   {escape(json.dumps(response, ensure_ascii=False))}")


def kind(cls: type[Constraint]) -> str:
    """Return who decides a type: "code", "judge", or "parts" if that depends on its parts."""
    if issubclass(cls, Judged) or cls.model_fields["type"].default.startswith("soft:"):
        return "judge"
    return "parts" if cls.hard is not Constraint.hard else "code"


def _print_types(types: Types, registry: Registry, long: bool) -> None:
    """Print the types under the distributions that provide them, each on one line or two."""
    console = Console(highlight=False, emoji=False)
    ordered = sorted(types, key=lambda name: _native_first(registry.owners[name]))
    for owner, names in groupby(ordered, lambda name: registry.owners[name]):
        console.print(f"[bold]{owner}[/]")
        for name in names:
            _print_type(console, name, types[name], long)
    if types:
        count = f"{len(types)} type{'' if len(types) == 1 else 's'}"
        console.print(f"\n{count}; [bold]verif show TYPE[/] tells all about one.")


def _native_first(owner: str) -> tuple[bool, str]:
    return not owner.startswith("verif-sdk "), owner


def _print_type(console: Console, name: str, cls: type[Constraint], long: bool) -> None:
    room = max(20, console.width - NAME - 7)
    lines = textwrap.wrap(summary(cls), room, break_on_hyphens=False)
    beside = [] if len(name) > NAME else [lines.pop(0)]
    if len(lines) > 1:
        lines = [textwrap.shorten(" ".join(lines), room, placeholder=" …", break_on_hyphens=False)]
    console.print(f"[cyan]{escape(name):{NAME}}[/] [dim]{kind(cls):5}[/] {escape(''.join(beside))}".rstrip())
    for line in lines:
        console.print(f"{'':{NAME + 7}}{escape(line)}")
    if long and (takes := "; ".join(map(_in_short, parameters(cls)))):
        console.print(Padding(f"[dim]{escape(takes)}[/]", (0, 0, 0, 4)))


def _in_short(parameter: Parameter) -> str:
    return f"{parameter.name}: {parameter.takes}" + (f" ({parameter.default})" if parameter.default else "")


def _print_parameters(console: Console, cls: type[Constraint]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("parameter", "takes", "default", "meaning"):
        table.add_column(column, overflow="fold")
    for parameter in parameters(cls):
        table.add_row(*map(escape, parameter))
    if table.row_count:
        console.print()
        console.print(table)


def _brief(name: str, cls: type[Constraint], owner: str) -> dict[str, object]:
    takes = {parameter.name: parameter.takes for parameter in parameters(cls)}
    return {"type": name, "by": kind(cls), "summary": summary(cls), "parameters": takes, "from": owner}
