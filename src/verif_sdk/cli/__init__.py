"""The `verif` command; the only code that prints."""

from __future__ import annotations

import gc
import os
import sys
import warnings
from typing import NoReturn

import typer

from verif_sdk import __version__
from verif_sdk.cli import benchmark, calibrate, catalogue, check_dataset, doctor, init, score, serve, verify
from verif_sdk.cli.commands import Commands
from verif_sdk.errors import MissingJudge, VerifError
from verif_sdk.plugins.known import NAMED
from verif_sdk.plugins.registry import Registry
from verif_sdk.visible import visible

app = typer.Typer(
    name="verif",
    cls=Commands,
    help="Check responses against typed constraints, with code and a judge model, and get one reward for each.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("list")(catalogue.list_types)
app.command("show")(catalogue.show)
app.command("verify")(verify.verify)
app.command("score")(score.score)
app.command("calibrate")(calibrate.calibrate)
app.command("init")(init.init)
app.command("check-dataset")(check_dataset.check_dataset)
app.command("benchmark")(benchmark.benchmark)
app.command("serve")(serve.serve)
app.command("doctor")(doctor.doctor)


_ALLOCATIONS = 50_000
"""Allocations between two searches for cycles. Rows leave none; Python's default, 700, costs a tenth of a run."""


def _version(wanted: bool) -> None:
    if wanted:
        print(f"verif_sdk {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    plugin: list[str] = typer.Option(
        [], "--plugin", metavar="MODULE", help="Use the plugin in this module; repeatable."
    ),
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),  # noqa: ARG001  # its callback does it
) -> None:
    _use(plugin, doctor=context.invoked_subcommand == "doctor")


def _use(modules: list[str], *, doctor: bool) -> None:
    """Use the plugins in these modules, here and in child processes; `doctor` itself reports broken ones."""
    named = [*filter(None, [os.environ.get(NAMED)]), *modules]
    if not named:
        return
    sys.path.append(os.getcwd())  # last, so that a file here cannot shadow another module
    if not doctor:
        Registry.use(*modules)
    os.environ[NAMED] = ",".join(named)


def _warn(message: Warning | str, *_: object, **__: object) -> None:
    """Print a warning without the line of code that Python shows with it."""
    print(f"verif: warning: {visible(str(message))}", file=sys.stderr)


def main() -> None:
    """Run the command line; an error of ours is one line on standard error and exit code 2."""
    warnings.showwarning = _warn
    gc.set_threshold(_ALLOCATIONS)
    try:
        app()
    except MissingJudge as error:
        _refuse(MissingJudge(error.needing, "pass --judge"))
    except VerifError as error:
        _refuse(error)


def _refuse(error: VerifError) -> NoReturn:
    print(f"verif: {visible(str(error))}", file=sys.stderr)
    raise SystemExit(2) from None
