"""Where `verif score` writes, and what each row carries."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from verif_sdk.errors import InvalidSpec
from verif_sdk.files.scored_file import ScoredFile, own_files
from verif_sdk.files.scored_stream import ScoredStream
from verif_sdk.files.scoring import FIELDS


def fields_kept(keep: list[str], *, keep_text: bool) -> list[str]:
    """Return the fields to copy from the input to the output.

    Raises:
        InvalidSpec: scored rows have a field of that name themselves.
    """
    names = [*dict.fromkeys([*(("prompt", "response") if keep_text else ()), *keep])]
    if taken := next((name for name in names if name in FIELDS), None):
        raise InvalidSpec(f"--keep {taken}: every scored row has a field of that name")
    return names


def output(
    out: Path, options: dict[str, Any], inputs: list[Path | None], *, fresh: bool
) -> ScoredFile | ScoredStream:
    """Return the file or stream for the scored rows.

    Raises:
        InvalidSpec: OUT would overwrite one of the inputs, or a run with other options wrote it.
    """
    if str(out) == "-" or (out.exists() and not out.is_file() and not out.is_dir()):
        return ScoredStream(out)
    if out.suffix == ".gz":
        raise InvalidSpec(
            f"--out writes plain JSON lines: leave .gz off {out.name!r} and compress the finished file"
        )
    for source in inputs:
        for own in own_files(out):
            if source is not None and _same(source, own):
                raise InvalidSpec(f"--out {out} would overwrite its input {source}; take another --out")
    return ScoredFile(out, options, fresh=fresh)


def _same(source: Path, own: Path) -> bool:
    try:
        read = os.fstat(sys.stdin.fileno()) if str(source) == "-" else source.stat()
        return os.path.samestat(read, own.stat())
    except (OSError, ValueError):
        return False
