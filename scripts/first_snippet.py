"""Runs the first Python block of a page and compares what it prints with the text block below it.

    python scripts/first_snippet.py README.md

It needs the standard library alone, so that it runs where nothing but the installed package is.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
from pathlib import Path

BLOCKS = re.compile(r"^```python\n(?P<code>.*?)^```\n\n```text\n(?P<shown>.*?)^```$", re.DOTALL | re.MULTILINE)


def main(page: str) -> int:
    """Return 0 if the snippet prints what the page shows, else 1; a difference goes to standard error."""
    match = BLOCKS.search(Path(page).read_text("utf-8"))
    if match is None:
        print(f"{page} has no Python block with its output below it", file=sys.stderr)
        return 1
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(match["code"], {"__name__": "__main__"})
    if printed.getvalue().split("\n") != match["shown"].split("\n"):
        print(
            f"{page} shows\n{match['shown']}\nand its first snippet prints\n{printed.getvalue()}", file=sys.stderr
        )
        return 1
    print(printed.getvalue(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
