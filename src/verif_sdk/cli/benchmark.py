"""`verif benchmark`: the figures of a benchmark, as people publish them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from verif_sdk import scoring
from verif_sdk.benchmark import Accuracy, Report, Share
from verif_sdk.benchmark import benchmark as measure
from verif_sdk.cli.unsandboxed import Unsandboxed
from verif_sdk.composer import Composer
from verif_sdk.errors import InvalidSpec
from verif_sdk.responses import joined


def benchmark(
    rows_format: str = typer.Argument(metavar="FORMAT", help="The format of the rows: ifeval, ifbench, ifrlvr…"),
    rows: Path = typer.Argument(help="JSON lines, plain or .gz."),
    responses: Path | None = typer.Option(None, help="A file of responses, joined by key or prompt."),
    judge: str | None = typer.Option(None, help="Only for rows with soft constraints; else VERIF_JUDGE."),
    unsandboxed: Unsandboxed = False,
    as_json: bool = typer.Option(False, "--json", help="Print the figures as JSON, rates in [0, 1]."),
) -> None:
    """Print prompt-level and instruction-level accuracy, strict and loose, per group and per instruction.

    A prompt passes if all its instructions do. A row without a response counts as failed and is
    reported; an undecided verdict counts nowhere and is reported. Where prompts have several responses,
    pass@k (one of k passes) and all-of-k (all of k pass) are given too. Exit codes: 0 all rows counted,
    2 the call is wrong, 3 some rows were bad or undecided.
    """
    scoring.in_mode(rows_format, "strict")
    if not rows.is_file():
        raise InvalidSpec(f"no file {str(rows)!r}")
    console = Console(stderr=True)
    columns = (TextColumn("{task.fields[rows]} rows"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    report = Report({})
    with scoring.opened(rows) as source:
        raw: Any = getattr(source, "fileobj", None) or source  # of a gzip file, the compressed one
        lines = joined(scoring.numbered(source), responses)
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task("", total=rows.stat().st_size, rows=0)
            composer = Composer(judge, early_exit=False, unsandboxed=unsandboxed)
            for report in measure(lines, rows_format, composer):
                progress.update(task, completed=raw.tell(), rows=report.rows)
    for said in report.bad:
        console.print(f"[red]bad row[/] {escape(said)}", highlight=False)
    if as_json:
        print(json.dumps(_facts(report), indent=2))
    else:
        _print(report)
    raise typer.Exit(3 if report.bad or any(mode.undecided for mode in report.modes.values()) else 0)


def _print(report: Report) -> None:
    console = Console()
    modes = list(report.modes.values())
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("accuracy, %")
    for name in report.modes:
        table.add_column(name, justify="right")
    table.add_column("of", justify="right", style="dim")

    def add(name: str, shares: list[Share], style: str | None = None) -> None:
        table.add_row(escape(name), *map(_percent, shares), str(shares[0].decided), style=style)

    add("prompts", [mode.prompts for mode in modes], "bold")
    add("instructions", [mode.instructions for mode in modes], "bold")
    for group in sorted(modes[0].groups if modes else ()):
        table.add_section()
        add(group, [mode.groups[group] for mode in modes], "cyan")
        for name in sorted(name for name in modes[0].types if name.rpartition(":")[0] == group):
            add(f"  {name.rpartition(':')[2]}", [mode.types[name] for mode in modes])
    console.print(table, highlight=False)
    if modes and modes[0].counts[1:]:
        console.print(_several(report), highlight=False)
    console.print(f"{report.rows} rows, {report.missing} without a response (counted as failed)", highlight=False)
    for name, mode in report.modes.items():
        if mode.undecided:
            console.print(f"[yellow]{mode.undecided} verdicts undecided, {name}: left out[/]", highlight=False)


def _several(report: Report) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("several responses, %")
    for name in report.modes:
        table.add_column(name, justify="right")
    counts = next(iter(report.modes.values())).counts
    for k in counts:
        table.add_row(f"pass@{k}", *(f"{100 * mode.pass_at(k):.2f}" for mode in report.modes.values()))
    for k in counts[1:]:
        table.add_row(f"all of {k}", *(f"{100 * mode.all_of(k):.2f}" for mode in report.modes.values()))
    return table


def _percent(share: Share) -> str:
    return "-" if share.rate is None else f"{100 * share.rate:.2f}"


def _facts(report: Report) -> dict[str, Any]:
    return {
        "rows": report.rows,
        "missing": report.missing,
        "bad": report.bad,
        **{name: _mode(mode) for name, mode in report.modes.items()},
    }


def _mode(mode: Accuracy) -> dict[str, Any]:
    return {
        "prompts": _share(mode.prompts),
        "instructions": _share(mode.instructions),
        "undecided": mode.undecided,
        "groups": {name: _share(share) for name, share in sorted(mode.groups.items())},
        "types": {name: _share(share) for name, share in sorted(mode.types.items())},
        "pass_at": {k: mode.pass_at(k) for k in mode.counts},
        "all_of": {k: mode.all_of(k) for k in mode.counts},
    }


def _share(share: Share) -> dict[str, Any]:
    return {"accuracy": share.rate, "passed": share.passed, "of": share.decided}
