"""A file of rows, line by line: opened whatever its compression, numbered, and read."""

from __future__ import annotations

import gzip
import io
import json
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, TypeVar

from verif_sdk import problems
from verif_sdk.errors import InvalidSpec, in_words
from verif_sdk.spec import distinct

T = TypeVar("T")
Line = tuple[int, bytes]
"""A line's number in its file, from 1, and its bytes."""

_GZIP = b"\x1f\x8b"
_OTHER_KINDS = {
    b"PAR1": "a parquet file; pandas writes its rows with `to_json(path, orient='records', lines=True)`",
    b"[": "a JSON array; `jq -c '.[]' FILE` writes it as lines",
    b"{\n": "one JSON document over several lines; `jq -c . FILE` writes it on one",
    b"{\r\n": "one JSON document over several lines; `jq -c . FILE` writes it on one",
    b"\xff\xfe": "UTF-16; `iconv -f utf-16 -t utf-8 FILE` writes it as UTF-8",
    b"\xfe\xff": "UTF-16; `iconv -f utf-16 -t utf-8 FILE` writes it as UTF-8",
    b"PK\x03\x04": "a zip archive; unpack it first",
    b"\x28\xb5\x2f\xfd": "compressed with zstd; unpack it, or use gzip",
    b"BZh": "compressed with bzip2; unpack it, or use gzip",
    b"\xfd7zXZ": "compressed with xz; unpack it, or use gzip",
}


class Consumed:
    """Lines that are counted and hashed as a run consumes them."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = lines
        self._hash = blake2b(digest_size=16)
        self.rows = self.size = 0

    def __iter__(self) -> Iterator[Line]:
        for number, line in self._lines:
            row = line.rstrip(b"\r\n")  # the last line may get its end later
            self._hash.update(b"%d %b\n" % (number, row))
            self.rows += 1
            self.size += len(row)
            yield number, line

    @property
    def mark(self) -> dict[str, Any]:
        """How many rows there were, their bytes, and a hash of them."""
        return {"rows": self.rows, "bytes": self.size, "hash": self._hash.hexdigest()}


def opened(path: Path) -> IO[bytes]:
    """Return an open file of rows, plain or gzip by its content; "-" is standard input.

    Raises:
        InvalidSpec: it cannot be read, or holds something other than JSON lines.
    """
    try:
        with undamaged(path):
            source = _unpacked(path)
            start = _peeked(source)
    except OSError as error:
        raise InvalidSpec(_unreadable(path, error)) from None
    try:
        _refuse_other_kinds(path, start)
    except InvalidSpec:
        source.close()
        raise
    return source


def numbered(source: IO[bytes], path: Path) -> Iterator[Line]:
    """Yield the non-blank lines of a file, with their numbers from 1.

    Args:
        source: the open file.
        path: its name.

    Raises:
        InvalidSpec: it is a truncated or damaged gzip file.
    """
    with undamaged(path):
        yield from ((number, line) for number, line in enumerate(source, 1) if line.strip())


@contextmanager
def undamaged(path: Path) -> Iterator[None]:
    """Guard code that reads the file at `path`, which may be gzip.

    Raises:
        InvalidSpec: the file is truncated or damaged.
    """
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InvalidSpec(f"the gzip file {path} is cut off or damaged: {error}") from None


def json_object(line: bytes | str) -> dict[str, Any]:
    """Return the JSON object in a line.

    Raises:
        InvalidSpec: the line is not a JSON object, or repeats a key.
    """
    try:
        row = json.loads(line, object_pairs_hook=distinct)
    except InvalidSpec:
        raise
    except UnicodeDecodeError as error:
        raise InvalidSpec(f"not UTF-8, at byte {error.start + 1} of the line") from None
    except (ValueError, RecursionError) as error:
        raise InvalidSpec(f"not JSON: {error}") from None
    if not isinstance(row, dict):
        raise InvalidSpec(f"a row is a JSON object, got {problems.kind(row)}")
    return row


def from_line(line: bytes, read: Callable[[dict[str, Any]], T]) -> T:
    """Return what `read` makes of the JSON object in a line.

    Raises:
        InvalidSpec: the line holds no JSON object, or `read` refuses it or raises on it.
    """
    return from_row(json_object(line), read)


def from_row(row: dict[str, Any], read: Callable[[dict[str, Any]], T]) -> T:
    """Return what `read` makes of a row.

    Raises:
        InvalidSpec: `read` refuses it or raises on it.
    """
    try:
        return read(row)
    except InvalidSpec:
        raise
    except Exception as error:  # a row format may be anyone's code
        raise InvalidSpec(f"the row format failed: {in_words(error)}") from error


def _unpacked(path: Path) -> IO[bytes]:
    source = sys.stdin.buffer if str(path) == "-" else path.open("rb")
    if not hasattr(source, "peek"):
        source = io.BufferedReader(source)  # standard input, replaced by something in memory
    if not source.peek(2).startswith(_GZIP):
        return source
    return _Gzip(fileobj=source, mode="rb")  # type: ignore[return-value]


class _Gzip(gzip.GzipFile):
    """A gzip reader that closes what it reads from."""

    def close(self) -> None:
        packed: Any = self.fileobj
        super().close()
        if packed is not None and packed is not sys.stdin.buffer:
            packed.close()


def _peeked(source: IO[bytes]) -> bytes:
    """Return the first bytes of a file without consuming them; close the file if that fails."""
    try:
        start: bytes = source.peek(64)  # type: ignore[attr-defined]  # buffered and gzip readers have it
    except BaseException:
        source.close()
        raise
    return start


def _refuse_other_kinds(path: Path, start: bytes) -> None:
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, kind in _OTHER_KINDS.items():
        if text.startswith(magic):
            raise InvalidSpec(f"{path} is {kind}; rows are JSON lines, one object per line")
    if text and not text.startswith(b"{"):
        shown = text.splitlines()[0].decode(errors="replace")
        kind = "looks like CSV: it" if b"," in text.splitlines()[0] else "does not hold JSON lines: it"
        raise InvalidSpec(f"{path} {kind} begins with {shown!r:.60}; rows are JSON lines, one object per line")


def _unreadable(path: Path, error: OSError) -> str:
    if path.is_dir():
        return f"{str(path)!r} is a folder; name the file in it"
    return f"no file {str(path)!r}" if not path.exists() else f"cannot read {path}: {error.strerror}"
