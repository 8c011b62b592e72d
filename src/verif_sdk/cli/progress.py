"""How far a file of rows is read, shown on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

_COLUMNS = (TextColumn("{task.fields[rows]} rows"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())


@contextmanager
def progress(path: Path, source: IO[bytes], console: Console) -> Iterator[Callable[[int], None]]:
    """Show a bar while the block runs, and give it the function that takes the number of rows so far."""
    raw: Any = getattr(source, "fileobj", None) or source  # of a gzip file, the compressed one
    size = path.stat().st_size if path.is_file() else None
    with Progress(*_COLUMNS, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=size, rows=0)

        def show(rows: int) -> None:
            if not bar.disable:
                bar.update(task, completed=raw.tell() if size else rows, rows=rows)

        yield show
