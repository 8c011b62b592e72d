"""A result as a table for people."""

from __future__ import annotations

from rich.table import Table

from verif_sdk.cli.shown import shown
from verif_sdk.verdict import Result, Verdict

MARKS = {True: "[green]pass[/]", False: "[red]FAIL[/]", None: "[yellow]undecided[/]"}


def verdict_table(result: Result, title: str = "") -> Table:
    """Return a row per verdict and the reward below; parts of a verdict are indented under it."""
    table = Table(title=title or None, title_justify="left", box=None, header_style="bold", pad_edge=False)
    table.add_column("verdict")
    table.add_column("score", justify="right")
    table.add_column("constraint", style="cyan")
    table.add_column("reason", overflow="fold")
    for verdict in result.verdicts:
        _add(table, verdict, 0)
    reward = "undecided" if result.reward is None else f"{result.reward:.3f}"
    table.add_section()
    table.add_row(MARKS[result.passed], f"[bold]{reward}[/]", "[bold]reward[/]", "", style=None)
    return table


def _add(table: Table, verdict: Verdict, depth: int) -> None:
    mark = "[dim]not asked[/]" if verdict.skipped else MARKS[verdict.passed]
    score = "" if verdict.score is None else f"{verdict.score:.2f}"
    table.add_row(mark, score, "  " * depth + shown(verdict.type), shown(verdict.error or verdict.reason))
    for part in verdict.parts:
        _add(table, part, depth + 1)
