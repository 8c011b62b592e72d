"""The summary of a run of `verif score`, for people and for programs."""

from __future__ import annotations

from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table

from verif_sdk.cli.shown import shown
from verif_sdk.files.tally import TENTHS, Tally

MOST = 5
"""How many causes are shown; `--json` has all."""


def facts(tally: Tally, earlier: int, *, telemetry: bool = False) -> dict[str, Any]:
    """Return the summary for programs.

    Args:
        tally: all rows of the output.
        earlier: how many of them an earlier run had scored.
        telemetry: whether passes that look like games were counted.
    """
    return {
        "rows": tally.rows,
        "scored": tally.rows - earlier,
        "earlier": earlier,
        "bad": tally.bad,
        "undecided": tally.undecided,
        "passed": tally.passed,
        "mean": tally.mean,
        "histogram": tally.histogram,
        "repeated_ids": tally.repeated,
        "types": {
            name: {
                "passed": one.passed,
                "failed": one.failed,
                "undecided": one.undecided,
                "not_asked": one.not_asked,
                "rate": one.rate,
            }
            for name, one in sorted(tally.types.items())
        },
        "failures": [{"type": name, "such_as": why, "count": count} for name, why, count in tally.failures],
        "causes": dict(tally.causes.most_common()),
        "usage": dict(tally.usage),
        **({"notes": dict(tally.notes.most_common())} if tally.notes else {}),
        **({"suspicious": dict(_suspicious(tally))} if telemetry else {}),
    }


def show(console: Console, tally: Tally, *, telemetry: bool = False) -> None:
    """Print the summary for people."""
    parts: list[RenderableType] = [_totals(tally)]
    if tally.types:
        parts += ["", _types(tally)]
    if tally.notes:
        parts += ["", _notes(tally)]
    if tally.rewarded:
        parts += ["", _histogram(tally)]
    if telemetry:
        parts += ["", _games(tally)]
    if tally.failures:
        parts += ["", *_failures(tally)]
    if tally.causes:
        parts += ["", *_causes(tally)]
    console.print(Group(*parts), highlight=False)


def _totals(tally: Tally) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_row("rows", f"{tally.rows}")
    left_out = "" if tally.rewarded == tally.rows else f"  (over the {tally.rewarded} rows that have a reward)"
    table.add_row("mean reward", "-" if tally.mean is None else f"{tally.mean:.4f}{left_out}")
    table.add_row("all constraints hold", f"{tally.passed}")
    if tally.undecided:
        again = "  (`--redo undecided` asks them again)" if tally.usage["failed"] else ""
        table.add_row("undecided", f"[yellow]{tally.undecided}[/]{again}")
    if tally.bad:
        table.add_row("bad rows", f"[red]{tally.bad}[/]")
    if tally.repeated:
        table.add_row(
            "repeated ids", f"[yellow]{tally.repeated}[/]  (such as {shown(repr(tally.first_repeated))})"
        )
    usage = tally.usage
    if usage["asked"] or usage["shared"] or usage["saved"]:
        kept = f", {usage['kept']} from its cache" if usage["kept"] else ""
        asked = f"{usage['asked']} asked{kept}, {usage['shared']} shared, {usage['saved']} saved"
        table.add_row("judge", f"{asked}, {usage['failed']} failed")
    if usage["prompt_tokens"]:
        read = f"{usage['prompt_tokens']} read ({usage['cached_tokens']} cached)"
        table.add_row("tokens", f"{read}, {usage['completion_tokens']} written")
    return table


def _types(tally: Tally) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("constraint", style="cyan", overflow="fold")
    for name in ("holds", "of", "undecided", "not asked"):
        table.add_column(name, justify="right")
    for name, one in sorted(tally.types.items()):
        rate = "-" if one.rate is None else f"{100 * one.rate:.1f} %"
        table.add_row(
            shown(name), rate, f"{one.passed + one.failed}", f"{one.undecided or ''}", f"{one.not_asked or ''}"
        )
    return table


def _notes(tally: Tally) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("in the rows", overflow="fold")
    table.add_column("number", justify="right")
    for note, count in tally.notes.most_common():
        table.add_row(shown(note), f"{count}")
    return table


def _histogram(tally: Tally) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("reward", "rows", ""):
        table.add_column(name, justify="right" if name else "left")
    most = max(tally.histogram)
    for tenth, count in enumerate(tally.histogram):
        if count:
            bar = "█" * max(1, round(30 * count / most))
            table.add_row(f"{tenth / TENTHS:.1f} to {(tenth + 1) / TENTHS:.1f}", f"{count}", bar)
    return table


def _suspicious(tally: Tally) -> list[tuple[str, int]]:
    from verif_sdk.telemetry import KINDS

    return [(kind, tally.suspicious[kind]) for kind in KINDS]


def _games(tally: Tally) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("passes that look like games", "rows"):
        table.add_column(name, justify="right" if name == "rows" else "left")
    for kind, count in _suspicious(tally):
        table.add_row(kind, f"{count}")
    return table


def _failures(tally: Tally) -> list[str]:
    failures = [
        f"{count} x [cyan]{shown(name)}[/], such as: {shown(why)}" for name, why, count in tally.failures[:MOST]
    ]
    return ["[bold]most frequent failures[/]", *failures]


def _causes(tally: Tally) -> list[str]:
    causes = [f"[yellow]{count} x[/] {shown(cause)}" for cause, count in tally.causes.most_common(MOST)]
    rest = len(tally.causes) - MOST
    more = [f"and {rest} more causes, which --json lists"] if rest > 0 else []
    return ["[bold]why rows have no verdict[/]", *causes, *more]
