"""`RunNote`: the note beside an output file, of the options it was written with and of what went into it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from verif_sdk.errors import InvalidSpec

WAYS_OUT = "take --fresh to start over, or another --out"


class RunNote:
    """A JSON file of `options` and `consumed`, which is replaced whole, so that a kill never leaves half of one.

    Args:
        out: the output file; the note stands beside it.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self.path = out.with_name(f"{out.name}.run.json")
        self.options: dict[str, Any] = {}
        self.consumed: dict[str, Any] = {"rows": 0}
        """How many rows of input the output comes from, or more, with a hash of them."""

    def exists(self) -> bool:
        """Return whether there is a file of that name."""
        return self.path.exists()

    def read(self, options: Mapping[str, Any]) -> None:
        """Take over what was noted, and refuse to go on with other options.

        Raises:
            InvalidSpec: the note is damaged, or has other options.
        """
        try:
            noted = json.loads(self.path.read_bytes())
            earlier, self.consumed = dict(noted["options"]), dict(noted["consumed"])
            int(self.consumed["rows"])
        except (ValueError, TypeError, KeyError):
            raise InvalidSpec(f"the note {self.path} is damaged; {WAYS_OUT}") from None
        if changed := [name for name, value in options.items() if earlier.get(name) != value]:
            was = ", ".join(f"{name} {earlier.get(name)!r} instead of {options[name]!r}" for name in changed)
            raise InvalidSpec(f"{self.out} was written with {was}; {WAYS_OUT}")
        self.options = earlier

    def write(self, options: Mapping[str, Any], consumed: Mapping[str, Any]) -> None:
        """Replace the note.

        Raises:
            OSError: it cannot be written.
        """
        self.options, self.consumed = dict(options), dict(consumed)
        whole = self.path.with_name(f"{self.path.name}.new")
        facts = {"options": self.options, "consumed": self.consumed}
        whole.write_text(json.dumps(facts, indent=2) + "\n", "utf-8")
        os.replace(whole, self.path)
