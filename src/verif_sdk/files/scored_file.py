"""`ScoredFile`: the file that scored rows go to, which goes on where an earlier run of the same call stopped."""

from __future__ import annotations

import errno
import fcntl
import io
import json
import os
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, Self

from verif_sdk.errors import InvalidSpec, Stopped
from verif_sdk.files.lines import Consumed, Line
from verif_sdk.files.run_note import WAYS_OUT, RunNote
from verif_sdk.visible import visible_json

_START = b'{"line": '
"""What every scored row begins with, and hardly any file of somebody else's."""


class ScoredFile:
    """The output file of a run, locked for it, with a note beside it of the options and of what was consumed.

    Args:
        path: the file; it is created where it does not exist.
        options: what the rows depend on beside the input.
        fresh: whether to start over. Only a file that an earlier run wrote is ever emptied.

    Raises:
        InvalidSpec: the file cannot be written, belongs to another run, or was not written by one.
    """

    def __init__(self, path: Path, options: Mapping[str, Any], *, fresh: bool = False) -> None:
        self.path = path
        self._note = RunNote(path)
        self._lines: Consumed | None = None
        self._file = _locked(path)
        try:
            self._start(options, fresh)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        with self._file:
            if kind is None:
                self._still_there()

    def earlier(self) -> Iterator[dict[str, Any]]:
        """Yield the rows that earlier runs wrote; a last one half written, and what a crash spoiled, is cut off.

        Raises:
            InvalidSpec: a line is something else.
        """
        end = 0
        with self.path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.endswith(b"\n") or b"\0" in line:  # killed while it wrote, or the power failed
                    os.truncate(self.path, end)
                    return
                yield self._row(number, line)
                end += len(line)

    def rest(self, lines: Consumed, done: int) -> Iterator[Line]:
        """Return the lines after the first `done`, once those consumed before are known to be the same.

        Raises:
            InvalidSpec: they are not.
        """
        source, ahead, before = iter(lines), deque[Line](), self._note.consumed
        for place in range(max(before["rows"], done)):
            line = next(source, None)
            if line is None or (lines.rows == before["rows"] and lines.mark != before):
                raise InvalidSpec(f"the input is not the one that {self.path} was scored from; {WAYS_OUT}")
            if place >= done:
                ahead.append(line)
        self._lines = lines
        return chain(ahead, source)

    def write(self, row: Mapping[str, Any]) -> None:
        """Append one row; what was consumed for it is noted first.

        Raises:
            Stopped: it cannot be written, or the file is gone.
        """
        try:
            self._note_consumed()
            write_all(self._file, encoded(row))
        except OSError as error:
            raise Stopped(f"cannot write {self.path}: {error.strerror}") from None

    def replaced(self, rows: Iterable[dict[str, Any]]) -> Generator[dict[str, Any], None, None]:
        """Yield `rows`, which take the place of the earlier ones; where they end early, the rest of those stay.

        Raises:
            Stopped: they cannot be written; the file stays as it was.
        """
        target = Path(os.path.realpath(self.path))
        place = target.with_name(f"{target.name}.redo")
        try:
            with place.open("wb") as file:
                try:
                    for row in rows:
                        file.write(encoded(row))
                        yield row
                finally:
                    self._keep_rest(file, place)
                    self._take_over(place, target)
        except OSError as error:
            place.unlink(missing_ok=True)
            raise Stopped(f"cannot write {place}: {error.strerror}") from None

    def _start(self, options: Mapping[str, Any], fresh: bool) -> None:
        with self.path.open("rb") as file:
            start = file.read(len(_START))
        own = self._note.exists() and (_START.startswith(start) or not start.strip(b"\0"))
        if start and not own:
            raise InvalidSpec(
                f"{self.path} was not written by `verif score` and is left alone; take another --out"
            )
        if start and not fresh:
            self._note.read(options)
            return
        try:
            self._file.truncate(0)
            self._note.write(options, Consumed(()).mark)
        except OSError as error:
            raise InvalidSpec(f"cannot write {self._note.path}: {error.strerror}") from None

    def _row(self, number: int, line: bytes) -> dict[str, Any]:
        try:
            row: dict[str, Any] = json.loads(line)
            row["line"], row["verdicts"]
        except (ValueError, TypeError, KeyError):
            raise InvalidSpec(f"{self.path}, line {number}, is not a scored row; {WAYS_OUT}") from None
        return row

    def _note_consumed(self) -> None:
        """Note how far the input was read: never less than what the rows of the file come from."""
        if self._lines is not None and self._lines.rows > self._note.consumed["rows"]:
            self._still_there()
            self._note.write(self._note.options, self._lines.mark)

    def _keep_rest(self, file: IO[bytes], place: Path) -> None:
        """Write the earlier rows whose place no new one has taken."""
        file.flush()
        with place.open("rb") as lines:
            written = sum(1 for _ in lines)
        file.writelines(encoded(row) for row in islice(self.earlier(), written, None))
        file.flush()

    def _take_over(self, place: Path, target: Path) -> None:
        os.replace(place, target)
        self._file.close()
        self._file = _locked(self.path)
        self._note_consumed()

    def _still_there(self) -> None:
        try:
            same = os.path.samestat(os.fstat(self._file.fileno()), os.stat(self.path))
        except FileNotFoundError:
            same = False
        if not same:
            raise Stopped(f"{self.path} was removed or replaced while it was written")


def own_files(out: Path) -> tuple[Path, ...]:
    """Return the files that a run with this output file writes."""
    return out, RunNote(out).path, out.with_name(f"{out.name}.redo")


def encoded(row: Mapping[str, Any]) -> bytes:
    """Return a row as a line."""
    return visible_json(json.dumps(row, ensure_ascii=False)).encode("utf-8", "surrogatepass") + b"\n"


def write_all(file: io.FileIO, data: bytes) -> None:
    """Write `data`, of which an unbuffered file may take a part at a time."""
    while data:
        data = data[file.write(data) :]


def _locked(path: Path) -> io.FileIO:
    if path.is_dir():
        raise InvalidSpec(f"{str(path)!r} is a folder; name a file in it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab", buffering=0)
    except OSError as error:
        raise InvalidSpec(f"cannot write {path}: {error.strerror}") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno == errno.EWOULDBLOCK:
            file.close()
            raise InvalidSpec(f"another run is writing {path}; wait for it, or take another --out") from None
    return file  # also where the file system has no locks
