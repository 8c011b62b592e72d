"""Responses in a separate file, joined to their rows by key or by prompt."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Self

from verif_sdk.case import Case, RowFormat, as_text
from verif_sdk.errors import InvalidSpec
from verif_sdk.files.lines import json_object, opened, undamaged


def joined(lines: Iterable[tuple[int, bytes]], responses: Path | None) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file of rows, with the responses from a separate file if there is one.

    Raises:
        InvalidSpec: as `Responses` and its `joined`.
    """
    if responses is None:
        yield from lines
        return
    with Responses(responses) as file:
        yield from file.joined(lines)


def answered(read: RowFormat, responses: Path) -> RowFormat:
    """Return a row format that reports a row without a response in the file of responses.

    Args:
        read: the row format.
        responses: the file from which `joined` took the responses.
    """

    def case_of(row: Mapping[str, object]) -> Case:
        if row.get("response") is None:
            raise InvalidSpec(f"{responses} has no response to {_called(row)}")
        return read(row)

    return case_of


class Responses:
    """A file of responses, JSON lines of `response` with the `key` (or `id`) or the `prompt` of their row.

    Only the positions of the lines are held in memory, about 100 bytes for each.

    Args:
        path: the file, plain or gzip. A row may have several responses.

    Raises:
        InvalidSpec: the file does not exist, or a line of it has no text in `response`, or neither a
            key nor a prompt.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines = _seekable(path)
        self._places: dict[bytes, list[int]] = {}
        try:
            self._index()
        except InvalidSpec:
            self._lines.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()

    def joined(self, lines: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
        """Yield a line per response to each row, in order; a row without one gets a null response.

        A line that is not a JSON object is passed on unchanged.

        Raises:
            InvalidSpec: a response has the key of a row, but a different prompt.
        """
        for number, line in lines:
            try:
                row = json_object(line)
            except InvalidSpec:
                yield number, line
                continue
            answers: list[str | None] = [*self.of(row)]
            for response in answers or [None]:
                yield number, json.dumps({**row, "response": response}).encode()

    def of(self, row: Mapping[str, Any]) -> list[str]:
        """Return the responses to a row, found by its key, else by its prompt, in the order of their file.

        Raises:
            InvalidSpec: a response has the key of this row, but a different prompt.
        """
        prompt = _prompt(row)
        for name in _names(row):
            if places := self._places.get(name):
                matches = [self._read(place) for place in places]
                for answer in matches:
                    theirs = _prompt(answer)
                    if prompt is not None and theirs is not None and theirs.strip() != prompt.strip():
                        raise InvalidSpec(
                            f"{self.path}: the response to key {_key(answer)!r} answers {theirs!r:.60}, "
                            f"but the row of that key asks {prompt!r:.60}; they belong to different data"
                        )
                return [answer["response"] for answer in matches]
        return []

    def _index(self) -> None:
        place = 0
        for number, line in enumerate(self._lines, 1):
            if line.strip():
                for name in _names(self._checked(number, line)):
                    self._places.setdefault(name, []).append(place)
            place += len(line)

    def _checked(self, number: int, line: bytes) -> dict[str, Any]:
        try:
            row = json_object(line)
        except InvalidSpec as error:
            raise InvalidSpec(f"{self.path}, line {number}: {error}") from None
        if not isinstance(row.get("response"), str):
            raise InvalidSpec(f"{self.path}, line {number}: no text in field 'response'")
        if not _names(row):
            raise InvalidSpec(f"{self.path}, line {number}: neither 'key' nor 'prompt' says what it responds to")
        return row

    def _read(self, place: int) -> dict[str, Any]:
        self._lines.seek(place)
        row: dict[str, Any] = json.loads(self._lines.readline())
        return row


def _names(row: Mapping[str, Any]) -> list[bytes]:
    """Return digests of the names that identify a row, the most reliable first."""
    key, prompt = _key(row), _prompt(row)
    names = [] if key is None else [f"key {key}"]
    names += [] if prompt is None else [f"prompt {prompt.strip()}"]
    return [blake2b(name.encode("utf-8", "surrogatepass"), digest_size=12).digest() for name in names]


def _called(row: Mapping[str, Any]) -> str:
    """Return words by which a person can find a row."""
    if (key := _key(row)) is not None:
        return f"key {key!r}"
    prompt = _prompt(row)
    return "this row, which has neither key nor prompt" if prompt is None else f"the prompt {prompt.strip()!r:.60}"


def _key(row: Mapping[str, Any]) -> str | None:
    return next((str(row[name]) for name in ("key", "id") if row.get(name) is not None), None)


def _prompt(row: Mapping[str, Any]) -> str | None:
    prompt = row["prompt"] if row.get("prompt") is not None else row.get("messages")
    if isinstance(prompt, list) and all(isinstance(message, dict) for message in prompt):
        return as_text(prompt)
    return prompt if isinstance(prompt, str) else None


def _seekable(path: Path) -> IO[bytes]:
    source = opened(path)
    if source.seekable() and not isinstance(source, gzip.GzipFile):
        return source
    unpacked = TemporaryFile()  # noqa: SIM115  # it lives as long as its responses
    with source, undamaged(path):
        shutil.copyfileobj(source, unpacked)
    unpacked.seek(0)
    return unpacked
