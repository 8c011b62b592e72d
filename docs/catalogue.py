"""Write the pages of all constraint types of this repository from their classes: `python docs/catalogue.py`."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

from verif_sdk import Constraint, Example, Registry
from verif_sdk.cli.catalogue import kind
from verif_sdk.describe import parameters, summary

REFERENCE = Path(__file__).parent / "reference"
NATIVE = """---
search:
  boost: 4
---

# Every constraint type

The native catalogue, by family. This page is written from the classes themselves; the responses that a
type accepts and rejects are run as tests. `verif show TYPE` prints the same, for plugins' types too.

Bounds are `at_least`, `at_most` and `exactly`, all inclusive. Every type also takes a `weight` above 0
(default 1). A blank response fails every type. Checks that count give partial credit below the bar: the
score of a miss is the ratio of the count to the bound, or of the bound to the count.

The types of IFEval, IFBench and IF-RLVR are [on a page of their own](catalogue-ifeval.md).
"""
IFEVAL = """# The types of IFEval, IFBench and IF-RLVR

What [verif-ifeval](../how-to/run-ifeval.md) adds: the public ids with their public parameter names, and the
verdicts of their reference code. `variant="fixed"` decides as the instruction reads where the reference code
[does something else](ifeval-divergences.md). This page is written from the classes themselves; the responses
that a type accepts and rejects are run as tests.
"""
PAGES = {
    "verif-sdk": (REFERENCE / "catalogue.md", NATIVE),
    "verif-ifeval": (REFERENCE / "catalogue-ifeval.md", IFEVAL),
}
"""Per distribution the page of its types, and how it begins."""


def page(distribution: str) -> str:
    """Return the page of a distribution's types."""
    registry = Registry.installed()
    owned = {
        name: cls
        for name, cls in registry.constraints.items()
        if registry.owners[name].startswith(f"{distribution} ")
    }
    families = dict.fromkeys(name.partition(":")[0] for name in owned)
    parts = [PAGES[distribution][1]]
    for family in families:
        types = {name: cls for name, cls in owned.items() if name.startswith(f"{family}:")}
        parts.append(f"## {family}\n\n| type | by | what it requires |\n| --- | --- | --- |")
        parts[-1] += "".join(
            f"\n| [`{name}`](#{anchor(name)}) | {kind(cls)} | {summary(cls)} |" for name, cls in types.items()
        )
        parts.extend(entry(name, cls) for name, cls in types.items())
    return "\n\n".join(part.strip() for part in parts) + "\n"


def entry(name: str, cls: type[Constraint]) -> str:
    """Return the entry of one type: what it requires, its parameters, its examples."""
    lines = [f"### `{name}` {{ #{anchor(name)} }}", "", inspect.getdoc(cls) or "", ""]
    if found := parameters(cls):
        lines += ["| parameter | takes | default | meaning |", "| --- | --- | --- | --- |"]
        lines += [f"| `{p.name}` | {p.takes} | {p.default} | {p.meaning} |".replace("||", "|") for p in found]
        lines.append("")
    for example in cls.examples:
        lines += shown(name, example)
    return "\n".join(lines)


def shown(name: str, example: Example) -> list[str]:
    """Return one example: the constraint as JSON, in words, and responses on both sides."""
    spec = {"type": name, **example.params}
    words = Registry.installed().parse(spec).instruction().replace("\n", " ")
    lines = ["```json", json.dumps(spec, ensure_ascii=False), "```", "", f"> {words}", ""]
    lines += [f"- accepts {quoted(response)}" for response in example.accepts]
    lines += [f"- rejects {quoted(response)}" for response in example.rejects]
    return [*lines, ""]


def quoted(response: str) -> str:
    """Return a response as inline code that may itself hold backticks."""
    text = json.dumps(response, ensure_ascii=False)
    return f"`` {text} ``" if "``" not in text else f"```` {text} ````"


def anchor(name: str) -> str:
    """Return the link target of a type."""
    return name.replace(":", "-")


if __name__ == "__main__":
    for distribution, (path, _) in PAGES.items():
        path.write_text(page(distribution), "utf-8")
