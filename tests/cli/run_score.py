"""`verif score` as a user calls it, its exit code and what it prints."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from verif_sdk.cli import main


class Done(NamedTuple):
    """A run that has ended."""

    returncode: int
    stdout: bytes
    stderr: bytes


COMMAND = [sys.executable, "-m", "verif_sdk.cli", "score"]


def score(*arguments: str | Path, stdin: bytes | None = None, before: str = "") -> Done:
    """Run the command: here, which is quicker, or with standard input or output in a process of its own.

    Args:
        arguments: those after `verif score`.
        stdin: what it reads.
        before: Python that a process of its own runs first, such as to break a check.
    """
    given = [str(argument) for argument in arguments]
    if stdin is None and not before and "-" not in given:
        return _here(given)
    code = f"{before}\nfrom verif_sdk.cli import main\nmain()"
    command = [*COMMAND, *given] if not before else [sys.executable, "-c", code, "score", *given]
    done = subprocess.run(command, input=stdin or b"", capture_output=True, timeout=300, check=False)
    return Done(done.returncode, done.stdout, done.stderr)


def _here(arguments: list[str]) -> Done:
    buffers = io.BytesIO(), io.BytesIO()
    out, err = (io.TextIOWrapper(buffer, "utf-8", write_through=True) for buffer in buffers)
    with redirect_stdout(out), redirect_stderr(err), patch("sys.argv", ["verif", "score", *arguments]):
        try:
            main()
        except SystemExit as exit_:
            code = int(exit_.code or 0)
    return Done(code, buffers[0].getvalue(), buffers[1].getvalue())


def rows(path: Path, count: int) -> Path:
    constraints = [{"type": "length:words", "at_least": 3}, {"type": "language:is", "language": "en"}]
    with path.open("w") as file:
        for n in range(count):
            response = f"This is the response with number {n}, and it has some words in it. " * (n % 5)
            file.write(json.dumps({"id": f"row-{n}", "response": response, "constraints": constraints}) + "\n")
    return path


def written(path: Path, given: list[Any]) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in given))
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]
