"""`verif check-dataset`: find faulty constraints in a data set before a training run does."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from verif_sdk.cli.shown import shown
from verif_sdk.errors import InvalidSpec
from verif_sdk.files import scoring
from verif_sdk.files.findings import findings
from verif_sdk.files.lines import numbered, opened
from verif_sdk.visible import visible_json

SHOWN = 20


def check_dataset(
    rows: Path = typer.Argument(help="JSON lines, plain or .gz; responses are not needed."),
    rows_format: str = typer.Option("native", "--rows", help="The format of the rows."),
    as_json: bool = typer.Option(False, "--json", help="Print every finding as a JSON line."),
) -> None:
    """Find rows whose constraints do not parse, contradict each other, cannot fail, or occur twice.

    Exit codes: 0 it found nothing, 1 it found something, 2 the call is wrong.
    """
    read = scoring.in_mode(rows_format, "strict")
    console = Console(stderr=True, emoji=False)
    columns = (TextColumn("{task.fields[rows]} rows"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    counts: Counter[str] = Counter()
    number = bad = 0
    with opened(rows) as source:
        raw: Any = getattr(source, "fileobj", None) or source  # of a gzip file, the compressed one
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task("", total=rows.stat().st_size, rows=0)
            for number, found in enumerate(findings(numbered(source, rows), rows_format, read), 1):
                if number % 100 == 0:
                    progress.update(task, completed=raw.tell(), rows=number)
                bad += bool(found)
                for finding in found:
                    if as_json:
                        print(visible_json(json.dumps(finding._asdict(), ensure_ascii=False)))
                    elif counts.total() < SHOWN:
                        where = f"line {finding.line}" + (f" ({finding.id})" if finding.id else "")
                        console.print(
                            f"[red]{finding.kind}[/] {shown(f'{where}: {finding.said}')}", highlight=False
                        )
                    counts[finding.kind] += 1
    if number == 0:
        raise InvalidSpec(f"{rows} has no rows")
    if not as_json:
        _report(number, bad, counts)
    raise typer.Exit(1 if counts else 0)


def _report(rows: int, bad: int, counts: Counter[str]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_row("rows", str(rows))
    table.add_row("good", str(rows - bad))
    for kind, count in counts.most_common():
        table.add_row(kind, str(count))
    console = Console(emoji=False)
    console.print(table, highlight=False)
    if counts.total() > SHOWN:
        console.print(f"the first {SHOWN} of {counts.total()} are shown; --json prints all", highlight=False)
