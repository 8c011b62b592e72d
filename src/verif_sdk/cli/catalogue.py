"""`verif list` and `verif show`: the constraint types."""

from __future__ import annotations

import inspect
import json

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from verif_sdk.constraint import Constraint, Judged
from verif_sdk.describe import parameters, summary
from verif_sdk.errors import UnknownName
from verif_sdk.registry import Registry

Types = dict[str, type[Constraint]]


def list_types(
    filter: str = typer.Argument("", help='Show only types with this in their name, such as "length".'),
    as_json: bool = typer.Option(False, "--json", help="Print JSON for programs."),
) -> None:
    """List the constraint types that are installed."""
    registry = Registry.installed()
    types: Types = {name: cls for name, cls in registry.constraints.items() if filter in name}
    if as_json:
        print(json.dumps([_brief(name, cls, registry.owners[name]) for name, cls in types.items()], indent=2))
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("type", "by", "what it requires", "from"):
        table.add_column(column, overflow="fold")
    for name, cls in types.items():
        table.add_row(f"[cyan]{escape(name)}[/]", kind(cls), escape(summary(cls)), registry.owners[name])
    Console().print(table)
    Console().print(f"\n{len(types)} types; [bold]verif show TYPE[/] tells all about one.", highlight=False)


def show(
    type: str = typer.Argument(help="A constraint type, such as length:words."),
    as_json: bool = typer.Option(False, "--json", help="Print the JSON Schema."),
) -> None:
    """Show one constraint type: its parameters, its wording, and responses that it accepts and rejects."""
    registry = Registry.installed()
    if type not in registry.constraints:
        raise UnknownName.of("constraint type", type, registry.constraints)
    if as_json:
        print(json.dumps(registry.json_schema(type), indent=2))
        return
    cls, console = registry.constraints[type], Console(highlight=False)
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
    """Return who decides a type: code, a judge, or either, as its parts need."""
    if issubclass(cls, Judged) or cls.model_fields["type"].default.startswith("soft:"):
        return "judge"
    return "parts" if cls.hard is not Constraint.hard else "code"


def _print_parameters(console: Console, cls: type[Constraint]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("parameter", "takes", "default", "meaning"):
        table.add_column(column, overflow="fold")
    for parameter in parameters(cls):
        table.add_row(*map(escape, parameter))
    if table.row_count:
        console.print()
        console.print(table)


def _brief(name: str, cls: type[Constraint], owner: str) -> dict[str, str]:
    return {"type": name, "by": kind(cls), "summary": summary(cls), "from": owner}
