"""`verif calibrate`: a judge against people's labels."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from verif_sdk.case import THINK
from verif_sdk.cli.think import Think
from verif_sdk.composer import Composer
from verif_sdk.errors import InvalidSpec
from verif_sdk.files import scoring
from verif_sdk.files.agreement import Agreement, Interval
from verif_sdk.files.calibration import BINS, Calibration, labelled, write
from verif_sdk.files.calibration import calibrate as measure
from verif_sdk.files.lines import numbered, opened
from verif_sdk.judges.spec import prompt_version
from verif_sdk.visible import visible

FEW = 20
FIGURES = {"accuracy": "accuracy", "precision": "precision", "recall": "recall", "kappa": "Cohen's kappa"}


def calibrate(
    rows: Path = typer.Argument(help="JSON lines, plain or .gz; each row also has `labels`."),
    judge: str = typer.Option(..., help='The judge, such as "vllm:Qwen/Qwen3-8B".'),
    rows_format: str = typer.Option("native", "--rows", help="The format of the rows."),
    out: Path | None = typer.Option(None, "--out", "-o", help="Write the file that `?calibration=FILE` reads."),
    plot: Path | None = typer.Option(None, help="Write the reliability plot as SVG."),
    think: Think = THINK,
    as_json: bool = typer.Option(False, "--json", help="Print the figures as JSON."),
) -> None:
    """Measure a judge against labels: `labels` has true, false or null for each constraint of a row.

    Prints accuracy, precision, recall and Cohen's kappa at 0.5 and at the threshold with the highest kappa, with
    95 % intervals; the expected calibration error, and what chance alone would make of it; and, for each tenth of
    the judge's probability, how often people say yes.

    Exit codes: 0 measured, 2 the call is wrong, 3 some verdicts are undecided.
    """
    read = scoring.in_mode(rows_format, "strict")
    composer = Composer(judge=judge, early_exit=False, think=think)
    with opened(rows) as source:
        pairs, undecided, other = labelled(numbered(source, rows), read, composer)
    try:
        found = measure(pairs, undecided, other)
    except InvalidSpec as error:
        if not undecided:
            raise
        print(f"verif: {visible(str(error))}", file=sys.stderr)
        raise typer.Exit(3) from None
    if out is not None:
        write(out, judge, found, prompt_version(judge))
    if plot is not None:
        plot.write_text(svg(found), "utf-8")
    if as_json:
        print(json.dumps(asdict(found), indent=2))
    else:
        _print(found)
    raise typer.Exit(3 if undecided else 0)


def _print(found: Calibration) -> None:
    console = Console(emoji=False, highlight=False)
    console.print(_figures(found))
    error = f"expected calibration error {found.error:.3f}; by chance alone up to {found.noise:.3f}"
    counts = f"{found.count} labels, {found.undecided} undecided, {found.other} of other questions than yes or no"
    for line in (error, counts):
        console.print(line, soft_wrap=True)
    if found.count < FEW:
        console.print(f"[yellow]fewer than {FEW} labels: too few to choose a judge or a threshold by[/]")
    for cause, count in Counter(found.causes).most_common(5):
        console.print(f"[yellow]{count} x[/] {escape(cause)}", soft_wrap=True)
    console.print(_bins(found))


def _figures(found: Calibration) -> Table:
    """Return a column for the usual threshold and, if it differs, one for the best."""
    usual, best = found.usual, found.best
    columns = {f"at {usual.threshold:g}": usual, f"at {best.threshold:.3g}, the best": best}
    if usual.threshold == best.threshold:
        columns = {f"at {usual.threshold:g}, the best": usual}
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("threshold")
    for name in columns:
        table.add_column(name)
    for figure, name in FIGURES.items():
        table.add_row(name, *(_with_interval(one, figure) for one in columns.values()))
    return table


def _with_interval(found: Agreement, figure: str) -> str:
    return f"{getattr(found, figure):.3f} {_between(found.intervals[figure])}"


def _between(interval: Interval) -> str:
    return "\\[{:.2f}, {:.2f}]".format(*interval)


def _bins(found: Calibration) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("judge says", "labels", "people say yes", ""):
        table.add_column(name, justify="right" if name else "left")
    for place, tenth in enumerate(found.bins):
        if tenth.count:
            says = f"{place / BINS:.1f}-{(place + 1) / BINS:.1f}"
            share = f"{tenth.share:.2f} {_between(tenth.interval)}"
            table.add_row(says, str(tenth.count), share, "█" * round(20 * tenth.share))
    return table


def svg(found: Calibration) -> str:
    """Return the reliability plot: the share of people who say yes against the judge's probability."""
    most = max(one.count for one in found.bins)
    dots = "".join(
        f'<circle cx="{40 + 300 * one.mean:.1f}" cy="{320 - 300 * one.share:.1f}" '
        f'r="{3 + 9 * (one.count / most) ** 0.5:.1f}" fill="teal" fill-opacity="0.7"/>'
        for one in found.bins
        if one.count
    )
    marks = "".join(
        f'<text x="{40 + 30 * n}" y="338" text-anchor="middle">{n / 10:g}</text>'
        f'<text x="34" y="{324 - 30 * n}" text-anchor="end">{n / 10:g}</text>'
        for n in range(0, 11, 2)
    )
    cut = 40 + 300 * found.best.threshold
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 370" font-family="sans-serif" font-size="11">'
        '<rect x="40" y="20" width="300" height="300" fill="none" stroke="gray"/>'
        '<line x1="40" y1="320" x2="340" y2="20" stroke="gray" stroke-dasharray="4"/>'
        f'<line x1="{cut:.1f}" y1="20" x2="{cut:.1f}" y2="320" stroke="darkorange"/>{dots}{marks}'
        '<text x="190" y="358" text-anchor="middle">probability of the judge</text>'
        '<text x="12" y="170" text-anchor="middle" transform="rotate(-90 12 170)">share of yes among people</text>'
        "</svg>\n"
    )
