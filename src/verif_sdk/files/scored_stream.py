"""`ScoredStream`: where scored rows go that nothing can be read back from."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from verif_sdk.errors import Stopped
from verif_sdk.files.lines import Consumed, Line
from verif_sdk.files.scored_file import encoded, write_all


class ScoredStream:
    """Standard output, a pipe or a device: written once, with nothing to go on from."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = (
            io.FileIO(sys.stdout.fileno(), "w", closefd=False) if str(path) == "-" else io.FileIO(path, "w")
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def earlier(self) -> Iterator[dict[str, Any]]:
        """Yield nothing."""
        return iter(())

    def rest(self, lines: Consumed, _: int) -> Iterator[Line]:
        """Return all lines."""
        return iter(lines)

    def write(self, row: Mapping[str, Any]) -> None:
        """Write one row.

        Raises:
            Stopped: nobody reads any more.
        """
        try:
            write_all(self._file, encoded(row))
        except OSError as error:
            raise Stopped(f"cannot write the rows: {error.strerror}") from None
