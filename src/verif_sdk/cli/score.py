"""`verif score`: a file of rows."""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO

import typer
from rich.console import Console

from verif_sdk import __version__
from verif_sdk.case import THINK
from verif_sdk.cli import summary
from verif_sdk.cli.output import fields_kept, output
from verif_sdk.cli.progress import progress
from verif_sdk.cli.shown import shown
from verif_sdk.cli.think import Think
from verif_sdk.cli.unsandboxed import Unsandboxed
from verif_sdk.composer import Composer
from verif_sdk.errors import InvalidSpec, Stopped
from verif_sdk.files import scoring
from verif_sdk.files.lines import Consumed, Line, numbered, opened
from verif_sdk.files.responses import answered, joined
from verif_sdk.files.scored_file import ScoredFile
from verif_sdk.files.scored_stream import ScoredStream
from verif_sdk.files.scoring import Row, Scoring
from verif_sdk.files.scoring import undecided as is_undecided
from verif_sdk.files.tally import Tally
from verif_sdk.visible import visible_json

SHOWN = 20
"""How many bad rows to print; the output has all."""

_console = Console(stderr=True, emoji=False)


class Redo(StrEnum):
    """Which rows of an output are scored again."""

    undecided = "undecided"


def score(
    rows: Path = typer.Argument(help='JSON lines, plain or gzip; "-" reads standard input.'),
    rows_format: str = typer.Option("native", "--rows", help="The format of the rows."),
    mode: str = typer.Option("strict", help="strict, or loose where the format has it."),
    responses: Path | None = typer.Option(None, help="A file of responses, joined by key or prompt."),
    judge: str | None = typer.Option(None, help='Such as "vllm:Qwen/Qwen3-8B"; else VERIF_JUDGE.'),
    aggregate: str = typer.Option("verif", help="How verdicts become a reward."),
    out: Path = typer.Option(..., "--out", "-o", help='Where the scored rows go; "-" is standard output.'),
    keep: list[str] = typer.Option(
        [], "--keep", metavar="FIELD", help="Copy this field of the rows to OUT; repeatable."
    ),
    keep_text: bool = typer.Option(False, "--keep-text", help="The same as --keep prompt --keep response."),
    undecided: float | None = typer.Option(
        None, "--undecided", "--missing", min=0, max=1, help="The reward of an undecided row; else null."
    ),
    full: bool = typer.Option(False, "--full", help="Ask the judge even where it cannot change the reward."),
    fresh: bool = typer.Option(False, "--fresh", help="Start over instead of resuming an interrupted run."),
    redo: Redo | None = typer.Option(None, help="Score the rows of OUT that lack a verdict again."),
    telemetry: bool = typer.Option(False, "--telemetry", help="Count the passes that look like games, by kind."),
    keep_going: bool = typer.Option(False, "--keep-going", help="Continue even if the judge fails row after row."),
    think: Think = THINK,
    unsandboxed: Unsandboxed = False,
    as_json: bool = typer.Option(False, "--json", help="Print the summary as JSON, on standard output."),
) -> None:
    """Score a file of rows; after an interruption, the same command resumes where it stopped.

    Each row of OUT has `line`, `id`, `reward`, `passed`, `verdicts` and `usage`; a row that could not be read, or
    on which a check raised, has `error`. The run stops when the judge fails 20 rows in succession for one cause.

    Exit codes: 0 every row has a reward, 2 the call is wrong, 3 some rows were bad or undecided, 4 the run stopped
    early, 130 interrupted; after 4 and 130 the same call resumes.
    """
    kept = fields_kept(keep, keep_text=keep_text)
    composer = Composer(
        judge=judge,
        aggregate=aggregate,
        undecided=undecided,
        early_exit=not full,
        think=think,
        unsandboxed=unsandboxed,
    )
    read = scoring.in_mode(rows_format, mode)
    if responses is not None:
        read = answered(read, responses)
    run = Scoring(read, composer, kept, None if keep_going else 20, telemetry)
    options = {
        "rows": rows_format,
        "mode": mode,
        "judge": judge or os.environ.get("VERIF_JUDGE"),
        "aggregate": aggregate,
        "undecided": undecided,
        "full": full,
        "think": list(think),
        "unsandboxed": unsandboxed,
        "keep": kept,
        "telemetry": telemetry,
        "version": __version__,
    }
    tally = Tally()
    places = [rows, responses]
    with _ending(tally, out), opened(rows) as source, output(out, options, places, fresh=fresh) as sink:
        lines = joined(numbered(source, rows), responses)
        if redo:
            earlier = _redone(run, sink, lines, rows, responses, tally)
        else:
            earlier = _scored(run, sink, lines, rows, source, tally)
    if not tally.rows:
        raise InvalidSpec(f"{rows} has no rows")
    _report(tally, earlier, out, telemetry=telemetry, as_json=as_json)
    raise typer.Exit(3 if tally.rewarded < tally.rows else 0)


def _scored(
    run: Scoring,
    sink: ScoredFile | ScoredStream,
    lines: Iterator[Line],
    rows: Path,
    source: IO[bytes],
    tally: Tally,
) -> int:
    """Score the rows that no earlier run has scored, and return how many rows OUT already had."""
    for row in sink.earlier():
        tally.add(row)
    earlier = tally.rows
    rest = sink.rest(Consumed(lines), earlier)
    with progress(rows, source, _console) as show, closing(run.score(rest)) as scored:
        for row in scored:
            sink.write(row)
            _count(row, tally)
            show(tally.rows)
    return earlier


def _redone(
    run: Scoring,
    sink: ScoredFile | ScoredStream,
    lines: Iterator[Line],
    rows: Path,
    responses: Path | None,
    tally: Tally,
) -> int:
    """Score the undecided rows again, and return how many rows stayed as they were."""
    if isinstance(sink, ScoredStream) or not rows.is_file():
        raise InvalidSpec("--redo reads ROWS twice and OUT again: both must be files")
    earlier = [is_undecided(row) for row in sink.earlier()]
    deque(sink.rest(Consumed(lines), len(earlier)), maxlen=0)  # compare the whole input before scoring any of it
    with opened(rows) as source, progress(rows, source, _console) as show:
        again = run.again(sink.earlier, joined(numbered(source, rows), responses))
        with closing(sink.replaced(again)) as replaced:
            for row in replaced:
                _count(row, tally)
                show(tally.rows)
    return earlier.count(False)


def _count(row: Row, tally: Tally) -> None:
    tally.add(row)
    if row.get("error") and tally.bad <= SHOWN:
        _console.print(f"[red]bad row[/] {shown(row['error'])}", highlight=False, soft_wrap=True)
        if tally.bad == SHOWN:
            _console.print("further bad rows are in the output alone", highlight=False)


@contextmanager
def _ending(tally: Tally, out: Path) -> Iterator[None]:
    """End an interrupted run with a sentence and the exit code for it."""
    on = "" if str(out) == "-" else "; the same call goes on from there"
    try:
        yield
    except KeyboardInterrupt:
        _console.print(f"stopped after {tally.rows} rows{on}", highlight=False, soft_wrap=True)
        raise typer.Exit(130) from None
    except Stopped as error:
        _console.print(
            f"stopped after {tally.rows} rows: {shown(str(error))}{on}", highlight=False, soft_wrap=True
        )
        raise typer.Exit(4) from None


def _report(tally: Tally, earlier: int, out: Path, *, telemetry: bool, as_json: bool) -> None:
    if as_json:
        file = sys.stderr if str(out) == "-" else sys.stdout
        facts = json.dumps(summary.facts(tally, earlier, telemetry=telemetry), indent=2, ensure_ascii=False)
        print(visible_json(facts), file=file)
        return
    if earlier:
        new = tally.rows - earlier
        were = "row was" if earlier == 1 else "rows were"
        _console.print(f"{earlier} {were} there already, {new or 'nothing'} scored", highlight=False)
    summary.show(_console, tally, telemetry=telemetry)
