"""`verif benchmark`: the figures of a benchmark, as people publish them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from verif_sdk.case import THINK
from verif_sdk.cli import figures
from verif_sdk.cli.shown import shown
from verif_sdk.cli.think import Think
from verif_sdk.cli.unsandboxed import Unsandboxed
from verif_sdk.composer import Composer
from verif_sdk.errors import InvalidSpec
from verif_sdk.files import scoring
from verif_sdk.files.benchmark import Report
from verif_sdk.files.benchmark import benchmark as measure
from verif_sdk.files.lines import numbered, opened
from verif_sdk.files.responses import joined
from verif_sdk.visible import visible_json

SHOWN = 20
"""How many bad rows to list one by one; the JSON has all."""


def benchmark(
    rows_format: str = typer.Argument(metavar="FORMAT", help="The format of the rows: ifeval, ifbench, ifrlvr…"),
    rows: Path = typer.Argument(help="JSON lines, plain or .gz."),
    responses: Path | None = typer.Option(None, help="A file of responses, joined by key or prompt."),
    judge: str | None = typer.Option(None, help="Only for rows with soft constraints; else VERIF_JUDGE."),
    limit: int | None = typer.Option(None, min=1, help="Read only this many rows, from the top."),
    out: Path | None = typer.Option(None, "--out", "-o", help="A new file for each row with its verdicts."),
    think: Think = THINK,
    unsandboxed: Unsandboxed = False,
    as_json: bool = typer.Option(False, "--json", help="Print the figures as JSON, rates in [0, 1]."),
    as_markdown: bool = typer.Option(False, "--markdown", help="Print the figures as Markdown."),
) -> None:
    """Print prompt-level and instruction-level accuracy, strict and loose, per group and per instruction.

    A prompt passes if all its instructions do. After ± comes the standard error, clustered by prompt. A
    row without a response is reported and counts as failed; an undecided verdict is reported and counts
    nowhere. If prompts have several responses, the figures include pass@k (one of k passes) and all-of-k
    (all of k pass).

    Exit codes: 0 all rows counted, 2 the call is wrong, 3 some rows were bad or undecided.
    """
    scoring.in_mode(rows_format, "strict")
    if as_json and as_markdown:
        raise InvalidSpec("--json and --markdown exclude each other")
    composer = Composer(judge=judge, early_exit=False, think=think, unsandboxed=unsandboxed)
    with _written(out) as write:
        report = _measured(rows_format, rows, responses, limit, composer, write)
    _name_bad_rows(report)
    if as_json:
        print(json.dumps(figures.facts(report), indent=2))
    elif as_markdown:
        print(figures.markdown(report))
    else:
        Console(emoji=False).print(figures.tables(report), *figures.notes(report), sep="\n", highlight=False)
    raise typer.Exit(3 if report.bad or any(mode.undecided for mode in report.modes.values()) else 0)


def _measured(
    rows_format: str,
    rows: Path,
    responses: Path | None,
    limit: int | None,
    composer: Composer,
    write: Callable[[dict[str, Any]], object] | None,
) -> Report:
    console = Console(stderr=True, emoji=False)
    columns = (TextColumn("{task.fields[rows]} rows"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    report = Report({})
    with opened(rows) as source:
        raw: Any = getattr(source, "fileobj", None) or source  # of a gzip file, the compressed one
        lines = islice(joined(numbered(source, rows), responses), limit)
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task("", total=rows.stat().st_size, rows=0)
            for report in measure(lines, rows_format, composer, write):
                progress.update(task, completed=raw.tell(), rows=report.rows)
    if not report.rows:
        raise InvalidSpec(f"{str(rows)!r} holds no rows")
    return report


@contextmanager
def _written(out: Path | None) -> Iterator[Callable[[dict[str, Any]], object] | None]:
    """Yield a function that writes a row to OUT, which must be new: nothing is ever overwritten."""
    if out is None:
        yield None
        return
    if out.exists():
        raise InvalidSpec(f"{str(out)!r} exists already; name a new file, or remove it")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        sink = out.open("x", encoding="utf-8", errors="surrogatepass")
    except OSError as error:
        raise InvalidSpec(f"{str(out)!r} cannot be written: {error.strerror}") from None
    with sink:
        yield lambda row: sink.write(visible_json(json.dumps(row, ensure_ascii=False)) + "\n")


def _name_bad_rows(report: Report) -> None:
    console = Console(stderr=True, emoji=False)
    for bad in report.bad[:SHOWN]:
        console.print(f"[red]bad row[/] {shown(bad)}", highlight=False)
    if len(report.bad) > SHOWN:
        console.print(f"[red]and {len(report.bad) - SHOWN} more bad rows[/]", highlight=False)
