"""`verif score`: a file of rows."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from verif_sdk import __version__, scoring
from verif_sdk.cli.shown import shown
from verif_sdk.cli.unsandboxed import Unsandboxed
from verif_sdk.composer import Composer
from verif_sdk.errors import InvalidSpec
from verif_sdk.responses import joined
from verif_sdk.scoring import Tally
from verif_sdk.visible import visible_json

_console = Console(stderr=True, emoji=False)


def score(
    rows: Path = typer.Argument(help='JSON lines, plain or .gz; "-" reads standard input.'),
    rows_format: str = typer.Option("native", "--rows", help="The format of the rows."),
    mode: str = typer.Option("strict", help="strict, or loose where the format has it."),
    responses: Path | None = typer.Option(None, help="A file of responses, joined by key or prompt."),
    judge: str | None = typer.Option(None, help='Such as "vllm:Qwen/Qwen3-8B"; else VERIF_JUDGE.'),
    aggregate: str = typer.Option("verif", help="How verdicts become a reward."),
    out: Path = typer.Option(..., "--out", "-o", help='Where the scored rows go; "-" is standard output.'),
    missing: float | None = typer.Option(None, min=0, max=1, help="The reward of an undecided row; else null."),
    full: bool = typer.Option(False, "--full", help="Ask the judge even where it cannot change the reward."),
    fresh: bool = typer.Option(False, "--fresh", help="Start over instead of resuming an interrupted run."),
    unsandboxed: Unsandboxed = False,
    as_json: bool = typer.Option(False, "--json", help="Print the summary as JSON."),
) -> None:
    """Score a file of rows; run it again after an interruption and it goes on where it stopped.

    Each row of OUT has `id`, `reward`, `passed`, `verdicts` and `usage`; a row that could not be read
    has `error` with its line number. Exit codes: 0 every row has a reward, 2 the call is wrong,
    3 some rows were bad or undecided, 130 interrupted.
    """
    read = scoring.in_mode(rows_format, mode)
    composer = Composer(judge, aggregate, missing, early_exit=not full, unsandboxed=unsandboxed)
    composer.check()
    if str(rows) != "-" and not rows.is_file():
        raise InvalidSpec(f"no file {str(rows)!r}")
    asked = {
        "rows": rows_format,
        "mode": mode,
        "responses": responses and str(responses),
        "judge": judge,
        "aggregate": aggregate,
        "missing": missing,
        "full": full,
        "unsandboxed": unsandboxed,
    }
    tally = Tally()
    try:
        with scoring.opened(rows) as source, _sink(out) as sink:
            if str(out) != "-":
                _resume(out, {"input": str(rows), **asked, "version": __version__}, tally, fresh)
            lines = islice(joined(scoring.numbered(source), responses), tally.rows, None)
            for row in _watched(scoring.score(lines, read, composer), rows, source, tally):
                sink.write(visible_json(json.dumps(row, ensure_ascii=False)) + "\n")
                sink.flush()
    except KeyboardInterrupt:
        _console.print(f"stopped after {tally.rows} rows; the same command goes on from there")
        raise typer.Exit(130) from None
    _report(tally, as_json)
    raise typer.Exit(3 if tally.bad or tally.undecided else 0)


def _sink(out: Path) -> IO[str]:
    if str(out) == "-":
        return open(sys.stdout.fileno(), "w", encoding="utf-8", closefd=False)  # a descriptor
    out.parent.mkdir(parents=True, exist_ok=True)
    return out.open("a", encoding="utf-8", errors="surrogatepass")


def _resume(out: Path, run: dict[str, Any], tally: Tally, fresh: bool) -> None:
    """Count what an earlier run of the same call has scored; refuse to go on with a different one.

    Raises:
        InvalidSpec: OUT was written by a call with other options.
    """
    note = out.with_name(f"{out.name}.run.json")
    if fresh or out.stat().st_size == 0:
        out.write_bytes(b"")
        note.write_text(json.dumps(run, indent=2) + "\n", "utf-8")
        return
    earlier = json.loads(note.read_text("utf-8")) if note.exists() else {}
    if changed := [name for name, value in run.items() if earlier.get(name) != value]:
        was = ", ".join(f"{name} {earlier.get(name)!r} instead of {run[name]!r}" for name in changed)
        raise InvalidSpec(f"{out} was written with {was}; take --fresh to start over, or another --out")
    for row in scoring.finished(out):
        tally.add(row)


def _watched(
    scored: Iterator[dict[str, Any]], rows: Path, source: IO[bytes], tally: Tally
) -> Iterator[dict[str, Any]]:
    """Pass rows on, count them, report bad ones, and show how far the file is read."""
    columns = (TextColumn("{task.fields[rows]} rows"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    size = rows.stat().st_size if str(rows) != "-" else None
    raw: Any = getattr(source, "fileobj", None) or source  # of a gzip file, the compressed one
    with Progress(*columns, console=_console, transient=True, disable=not _console.is_terminal) as progress:
        task = progress.add_task("", total=size, rows=tally.rows)
        for row in scored:
            tally.add(row)
            if row.get("error"):
                _console.print(f"[red]bad row[/] {shown(row['error'])}", highlight=False)
            progress.update(task, completed=raw.tell() if size else tally.rows, rows=tally.rows)
            yield row


def _report(tally: Tally, as_json: bool) -> None:
    if as_json:
        facts = {
            **{name: getattr(tally, name) for name in ("rows", "bad", "undecided", "passed", "mean")},
            "usage": tally.usage.model_dump(),
            "causes": dict(tally.causes),
        }
        print(json.dumps(facts, indent=2), file=sys.stderr)
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_row("rows", f"{tally.rows}")
    table.add_row("mean reward", "-" if tally.mean is None else f"{tally.mean:.4f}")
    table.add_row("all constraints hold", f"{tally.passed}")
    table.add_row("undecided", f"{tally.undecided}")
    table.add_row("bad rows", f"{tally.bad}")
    usage = tally.usage
    table.add_row(
        "judge", f"{usage.asked} asked, {usage.shared} shared, {usage.saved} saved, {usage.failed} failed"
    )
    table.add_row(
        "tokens", f"{usage.prompt_tokens} read ({usage.cached_tokens} cached), {usage.completion_tokens} written"
    )
    _console.print(table, highlight=False)
    for cause, count in tally.causes.most_common(5):
        _console.print(f"[yellow]{count} x[/] {shown(cause)}", highlight=False)
