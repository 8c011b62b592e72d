"""The figures of a benchmark as a table for people, as Markdown, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table

from verif_sdk.cli.shown import shown
from verif_sdk.files.accuracy import Accuracy, Share
from verif_sdk.files.benchmark import Report

_STYLES = ("bold", "cyan", None)


class _Line(NamedTuple):
    name: str
    cells: tuple[str, ...]
    """One per mode, then what they are shares of."""
    depth: int
    """0 for all, 1 for a group, 2 for a type of it."""


def tables(report: Report) -> RenderableType:
    """Return the figures as tables for a terminal."""
    accuracy = _table("accuracy, %", report, "of")
    for line in _accuracy(report):
        if line.depth == 1:
            accuracy.add_section()
        accuracy.add_row("  " * (line.depth - 1) + shown(line.name), *line.cells, style=_STYLES[line.depth])
    several = _table("several responses, %", report)
    for line in _several(report):
        several.add_row(line.name, *line.cells)
    return Group(accuracy, several) if several.rows else accuracy


def markdown(report: Report) -> str:
    """Return the figures as tables of Markdown, and what was left out below."""
    lines = [*_header("accuracy, %", report, "of")]
    for line in _accuracy(report):
        name = (f"**{line.name}**", f"`{line.name}`", f"`{line.name}`")[line.depth]
        lines.append(f"| {'&nbsp;&nbsp;' * (line.depth == 2)}{name} | {' | '.join(line.cells)} |")
    if several := [*_several(report)]:
        lines += ["", *_header("several responses, %", report)]
        lines += [f"| {line.name} | {' | '.join(line.cells)} |" for line in several]
    return "\n".join([*lines, "", *notes(report)])


def notes(report: Report) -> list[str]:
    """Return in sentences what the figures leave out."""
    told = [f"{report.rows} rows, {report.missing} without a response (counted as failed)"]
    if report.bad:
        told.append(f"{len(report.bad)} bad rows: left out")
    told += [
        f"{mode.undecided} verdicts undecided, {name}: left out"
        for name, mode in report.modes.items()
        if mode.undecided
    ]
    return told


def facts(report: Report) -> dict[str, Any]:
    """Return the figures for programs; rates and their standard errors in [0, 1]."""
    return {
        "rows": report.rows,
        "missing": report.missing,
        "bad": report.bad,
        **{name: _mode(mode) for name, mode in report.modes.items()},
    }


def _accuracy(report: Report) -> Iterator[_Line]:
    modes = list(report.modes.values())
    first = modes[0]

    def line(name: str, shares: list[Share], depth: int) -> _Line:
        return _Line(name, (*map(_percent, shares), str(shares[0].decided)), depth)

    yield line("prompts", [mode.prompts for mode in modes], 0)
    yield line("instructions", [mode.instructions for mode in modes], 0)
    for group in sorted(first.groups):
        yield line(group, [mode.groups[group] for mode in modes], 1)
        for name in sorted(name for name in first.types if name.rpartition(":")[0] == group):
            yield line(name.rpartition(":")[2], [mode.types[name] for mode in modes], 2)


def _several(report: Report) -> Iterator[_Line]:
    modes = list(report.modes.values())
    several = modes[0].counts[1:]
    for k in [1, *several] if several else []:
        yield _Line(f"pass@{k}", tuple(f"{100 * mode.pass_at(k):.2f}" for mode in modes), 0)
    for k in several:
        yield _Line(f"all of {k}", tuple(f"{100 * mode.all_of(k):.2f}" for mode in modes), 0)


def _table(title: str, report: Report, *rest: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(title)
    for name in report.modes:
        table.add_column(name, justify="right")
    for name in rest:
        table.add_column(name, justify="right", style="dim")
    return table


def _header(title: str, report: Report, *rest: str) -> list[str]:
    names = [*report.modes, *rest]
    return [f"| {title} | {' | '.join(names)} |", f"| --- |{' ---: |' * len(names)}"]


def _percent(share: Share) -> str:
    if share.rate is None:
        return "-"
    error = "" if share.error is None else f" ± {100 * share.error:.2f}"
    return f"{100 * share.rate:.2f}{error}"


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
    return {"accuracy": share.rate, "standard_error": share.error, "passed": share.passed, "of": share.decided}
