"""`verif verify`: one response."""

from __future__ import annotations

import sys
from pathlib import Path

import typer
from rich.console import Console

from verif_sdk.case import THINK
from verif_sdk.cli.table import verdict_table
from verif_sdk.cli.think import Think
from verif_sdk.cli.unsandboxed import Unsandboxed
from verif_sdk.composer import Composer
from verif_sdk.errors import InvalidSpec
from verif_sdk.visible import visible_json


def verify(
    response: str = typer.Argument(help='The response; "@FILE" reads a file, "-" standard input.'),
    constraints: str = typer.Option(..., "--constraints", "-c", help='JSON, or "@FILE".'),
    prompt: str | None = typer.Option(None, help='What the response answers; "@FILE" reads a file.'),
    reference: str | None = typer.Option(None, help='A known good answer; "@FILE" reads a file.'),
    judge: str | None = typer.Option(None, help='Such as "vllm:Qwen/Qwen3-8B"; else VERIF_JUDGE.'),
    aggregate: str = typer.Option("verif", help="How verdicts become a reward."),
    think: Think = THINK,
    unsandboxed: Unsandboxed = False,
    as_json: bool = typer.Option(False, "--json", help="Print the result as JSON."),
) -> None:
    """Verify one response and report every verdict.

    Exit codes: 0 all constraints hold, 1 one does not, 2 the call is wrong, 3 a verdict is undecided.
    """
    composer = Composer(judge=judge, aggregate=aggregate, early_exit=False, think=think, unsandboxed=unsandboxed)
    result = composer.verify(
        _read(response),
        _read(constraints),
        prompt=None if prompt is None else _read(prompt),
        reference=None if reference is None else _read(reference),
    )
    if as_json:
        print(visible_json(result.model_dump_json(indent=2)))
    else:
        Console(emoji=False).print(verdict_table(result))
    raise typer.Exit({True: 0, False: 1, None: 3}[result.passed])


def _read(argument: str) -> str:
    if argument == "-":
        return sys.stdin.read()
    if not argument.startswith("@"):
        return argument
    try:
        return Path(argument[1:]).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSpec(f"cannot read {argument[1:]!r}: {error}") from None
