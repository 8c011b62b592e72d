"""Differential fuzzing of `verif-ifeval` against the reference packages, on mutated and crafted responses.

    python benchmarks/ifeval_fuzz.py --reference PATH [--open-instruct PATH] --rows ROWS [--seconds 60] [--seed 0]

PATH is a checkout of github.com/allenai/IFBench (IFEval's and IFBench's checkers), the other one of
github.com/allenai/open-instruct (IF-RLVR's). Rows are JSON lines with `instruction_id_list`, `kwargs` and
`response`. Each round takes an instruction of one row and a response of any, mutates the response, and compares
our strict and loose verdicts with the reference's. Where the reference raises, or gives two verdicts in two runs
(it draws at random), there is nothing to compare. Prints what was compared, and each difference; returns 1 if
there is one.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from verif_sdk import InvalidSpec, Registry, Text

PIECES = (
    "Dr. Lee",
    "U.S.",
    "e.g.",
    "Ph.D.",
    "etc.",
    "...",
    "…",
    "?!",
    "‽",
    "!",
    "?",
    ".",
    ",",
    ";",
    ":",
    "—",
    "-",
    "--",
    "*",
    "**bold**",
    "*it*",
    "***",
    "******",
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    "\u00a0",
    "\u200b",
    "\u3000",
    "# H",
    "- item",
    "* item",
    "1. one",
    "[x]",
    "(a)",
    "{b}",
    "([{<>}])",
    "<<T>>",
    '"q"',
    "'s",
    "“Q”",
    "«x»",
    "P.S. x",
    "P.P.S",
    "NASA",
    "I",
    "don't",
    "well-known",
    "1,000",
    "3.14",
    "5",
    "٣",
    "é",
    "ß",
    "İ",
    "ﬁ",
    "中文",
    "日本語",
    "हिन्दी",
    "العربية",
    "ไทย",
    "😀",
    "👍🏽",
    "🇺🇸",
    "1️⃣",
    "level",
    "noon",
    "and",
    "But",
    "the",
    "THE",
    "SECTION 1",
    "Section 2",
    "My answer is yes.",
    "```json\n{}\n```",
    '{"a": 1}',
    "a|b|c",
    "http://a.b",
    "\\",
    "/",
    "_",
    "`code`",
    " ",
    "  ",
    "word",
    "Word.",
    "apple banana",
    "a",
    "Z",
    "yes",
    "no",
)


def mutated(chance: random.Random, response: str, others: list[str]) -> str:
    """Return a response with one to four things done to it."""
    for _ in range(chance.randint(0, 4)):
        lines, words = response.split("\n"), response.split(" ")
        match chance.randrange(13):
            case 0:
                response = response.upper()
            case 1:
                response = response.lower()
            case 2:
                lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
                response = "\n".join(lines)
            case 3:
                del lines[chance.randrange(len(lines))]
                response = "\n".join(lines)
            case 4 | 5 | 6:
                words.insert(chance.randrange(len(words) + 1), chance.choice(PIECES))
                response = " ".join(words)
            case 7:
                at = chance.randrange(len(response) + 1)
                response = response[:at] + chance.choice(PIECES) + response[at:]
            case 8:
                at = chance.randrange(len(response) + 1)
                response = response[:at] + response[at + 1 :]
            case 9:
                response = response[: chance.choice((0, 1, 2, 5, 20, 80, 300))]
            case 10:
                response = "".join(
                    chance.choice(PIECES) + chance.choice(("", " ", "\n")) for _ in range(chance.randint(0, 20))
                )
            case 11:
                chance.shuffle(words)
                response = " ".join(words)
            case _:
                response = f"{response}\n{chance.choice(others)[:200]}"
    return response


def variants(response: str) -> list[str]:
    """Return the eight texts of the loose reading."""
    lines = response.split("\n")
    cut = [("\n".join(part)).strip() for part in (lines[1:], lines[:-1], lines[1:-1])]
    return [text.replace(mark, "") for mark in ("\0none", "*") for text in (response, *cut)]


class Reference:
    """The reference's checkers, by id."""

    def __init__(self, ifbench: Path, open_instruct: Path | None) -> None:
        sys.path.insert(0, str(ifbench))
        importlib.import_module("langdetect").DetectorFactory.seed = 0
        self.known = dict(importlib.import_module("ifbench.instructions_registry").INSTRUCTION_DICT)
        if open_instruct is not None:
            sys.path.insert(0, str(open_instruct))
            train = importlib.import_module("open_instruct.IFEvalG.instructions_registry").INSTRUCTION_DICT
            self.known = {**train, **self.known}

    def verdicts(self, name: str, given: dict[str, Any], texts: list[str]) -> list[bool] | None:
        """Return a verdict per text, or None where the reference raises or draws."""
        runs = []
        for seed in (1, 2):
            random.seed(seed)
            try:
                checker = self.known[name](name)
                checker.build_description(**given)
                runs.append([bool(text.strip()) and bool(checker.check_following(text)) for text in texts])
            except Exception:  # noqa: BLE001  # it raises on much
                return None
        return runs[0] if runs[0] == runs[1] else None


def main() -> int:
    """Fuzz, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--reference", type=Path, required=True)
    parser.add_argument("--open-instruct", type=Path)
    parser.add_argument("--rows", type=Path, nargs="+", required=True)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    reference, chance = Reference(options.reference, options.open_instruct), random.Random(options.seed)
    rows = []
    for path in options.rows:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows += [json.loads(line) for line in lines]
    responses = [row["response"] for row in rows if row["response"].strip()]
    by_name: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        for name, given in zip(row["instruction_id_list"], row["kwargs"], strict=True):
            if name in reference.known:
                by_name.setdefault(name, []).append({"given": given, "response": row["response"]})
    names = sorted(by_name)
    counts: Counter[str] = Counter()
    different: Counter[str] = Counter()
    started = time.monotonic()
    while time.monotonic() - started < options.seconds:
        name = chance.choice(names)
        one = chance.choice(by_name[name])
        base = one["response"] if chance.random() < 0.6 else chance.choice(responses)
        response = mutated(chance, base, responses)
        outcome = compared(reference, name, one["given"], response)
        counts[outcome] += 1
        if outcome in ("different", "undecided by us", "raised by us"):
            different[name] += 1
            if different[name] <= 3:
                print(
                    f"{name} {json.dumps(one['given'])[:200]} on {response[:300]!r} ({len(response)} characters)"
                )
    print(", ".join(f"{count} {outcome}" for outcome, count in counts.most_common()))
    print(f"{len(names)} ids; different: {dict(different) or 'none'}")
    return int(bool(different))


def compared(reference: Reference, name: str, given: dict[str, Any], response: str) -> str:
    """Return how our verdicts and the reference's, strict and loose, compare."""
    places = [f"{family}:{name}" for family in ("ifeval", "ifbench", "iftrain")]
    kind = next(place for place in places if place in Registry.installed().constraints)
    try:
        constraint = Registry.installed().parse({"type": kind, **given})
    except InvalidSpec:
        return "refused by us"
    theirs = reference.verdicts(
        name, {key: value for key, value in given.items() if value is not None}, variants(response)
    )
    if theirs is None:
        return "raised or drawn by the reference"
    loose = Registry.installed().parse({"type": "ifeval:loose", "constraint": constraint})
    try:
        mine = [item.decide(Text(response)).passed for item in (constraint, loose)]
    except Exception:  # noqa: BLE001  # a fault of ours, which is what we look for
        return "raised by us"
    if None in mine:
        return "undecided by us"
    return "equal" if mine == [theirs[0], any(theirs)] else "different"


if __name__ == "__main__":
    raise SystemExit(main())
