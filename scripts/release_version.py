"""Says whether a tag, both packages and the changelog name one version.

    python scripts/release_version.py v0.2.0

Exit code 0 if they do; else 1, with what each of them names.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def versions() -> dict[str, str]:
    """Return the version that each file names; the changelog's is empty until its newest entry has a date."""
    package = (ROOT / "src" / "verif_sdk" / "__init__.py").read_text("utf-8")
    plugin = tomllib.loads((ROOT / "plugins" / "verif-ifeval" / "pyproject.toml").read_text("utf-8"))
    newest = re.search(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    dated = re.fullmatch(r"(\S+), \d{4}-\d\d-\d\d", newest[1]) if newest else None
    return {
        "verif-sdk": re.findall(r'^__version__ = "(.+)"$', package, re.MULTILINE)[0],
        "verif-ifeval": plugin["project"]["version"],
        "CHANGELOG.md": dated[1] if dated else "",
    }


def main(tag: str) -> int:
    """Return 0 if every file names the version of `tag`, else print what they name and return 1."""
    named = versions()
    if set(named.values()) == {tag.removeprefix("v")}:
        return 0
    print(f"the tag is {tag}, and the files name {named}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
