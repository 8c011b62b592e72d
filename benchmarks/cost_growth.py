"""How the time of every installed type grows with the response, on texts made to slow checkers down.

Prints the pairs of type and text whose time grows fastest and those that take longest, and exits with 1 if any
grows faster than n**1.15 or takes more than a minute.

    python benchmarks/cost_growth.py [--sizes 10000 100000 1000000] [--types PREFIX ...] [--texts NAME ...]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from math import inf, log
from typing import Any, NamedTuple

from verif_sdk import Constraint, Registry, Text

STEEPEST = 1.15
LONGEST = 60.0  # seconds for one verdict
MEASURABLE = 0.02  # seconds; below it the clock and the caches are what is measured

PIECES = {
    **{f"ascii {chr(code)}": chr(code) for code in range(33, 127) if not chr(code).isalnum()},
    "letters": "a",
    "capitals": "A",
    "digits": "1",
    "spaces": " ",
    "newlines": "\n",
    "tabs": "\t",
    "returns": "\r",
    "CRLF": "\r\n",
    "newline space": "\n ",
    "space newline": " \n",
    "vertical tabs": "\v",
    "line separators": "\u2028",
    "words": "word ",
    "short words": "a b ",
    "capital words": "Word ",
    "hyphened": "a-",
    "apostrophes": "a'",
    "decimals": "1.",
    "initials": "U.S. ",
    "roman numbers": "IV. ",
    "abbreviations": "Dr. ",
    "sentences": "One. ",
    "questions": "So?! ",
    "ellipses": "… ",
    "full-width stops": "。",
    "quoted": '"a" ',
    "curly quotes": "“a” ",
    "guillemets": "«a»",
    "brackets": "[a] ",
    "links": "[a](b) ",
    "titles": "<<a>> ",
    "open titles": "<<",
    "close titles": ">>",
    "tags": "<b>a</b>",
    "open tags": "<i>",
    "comments": "<!--",
    "entities": "&amp;",
    "bold": "**a** ",
    "rules": "***\n",
    "dashes": "---\n",
    "stars and lines": "*\n",
    "bullets": "- a\n",
    "open bullets": "- ",
    "star bullets": "* a\n",
    "nested bullets": "  - a\n",
    "numbers in a list": "1. a\n",
    "headings": "# a\n",
    "underlined": "a\n===\n",
    "quotes": "> a\n",
    "fences": "```\n",
    "fences of code": "```python\na\n```\n",
    "tildes in lines": "~~~\n",
    "table": "|a|b|\n",
    "table rules": "|-|-|\n",
    "paragraphs": "a\n\n",
    "indented": "    a\n",
    "csv": "a,b\n",
    "quoted csv": '"a","b"\n',
    "yaml": "a: b\n",
    "yaml list": "- - ",
    "yaml anchors": "&a ",
    "json list": "[1,",
    "json object": '{"a":',
    "escapes": "\\n",
    "keywords": "please ",
    "rhymes": "cat bat ",
    "P.S.": "P.S. ",
    "palindromes": "abba ",
    "sections": "Section 1\n",
    "flags": "🇩🇪",
    "half flags": "🇩",
    "emoji": "😀",
    "families": "👩‍👩‍👧",
    "joiners": "👩\u200d",
    "skin tones": "\U0001f3fd",
    "accents": "e\u0301",
    "marks alone": "\u0301",
    "variation selectors": "\ufe0f",
    "zero width": "\u200b",
    "right to left": "\u202e",
    "ideographs": "今",
    "kana": "カ",
    "hangul jamo": "\u1100\u1161",
    "devanagari": "क्",
    "thai": "ก",
    "arabic": "م",
    "prepended": "\u0600",
    "surrogates": "\ud800",
    "sharp s": "ß",
    "dotted I": "İ",
    "ligatures": "ﬃ",
    "nulls": "\0",
    "escapes of terminals": "\x1b[31m",
}


def _nested(n: int) -> str:
    return "[" * (n // 2) + "]" * (n // 2)


def _distinct_words(n: int) -> str:
    return " ".join(f"w{number}" for number in range(n // 8))[:n]


def _distinct_lines(n: int) -> str:
    return "\n".join(f"{'  ' * (number % 9)}- item {number}" for number in range(n // 18))[:n]


def _growing_indent(n: int) -> str:
    return "\n".join(" " * number + "a" for number in range(int((2 * n) ** 0.5)))[:n]


def _open_fence(n: int) -> str:
    return "```" + " " * (n - 4) + "x"


def _mixture(n: int) -> str:
    draw = random.Random(0)  # the same text every time
    return "".join(draw.choices([*PIECES.values()], k=n // 3))[:n]


SPECIAL: dict[str, Callable[[int], str]] = {
    "nested": _nested,
    "distinct words": _distinct_words,
    "distinct lines": _distinct_lines,
    "growing indent": _growing_indent,
    "open fence and spaces": _open_fence,
    "mixture": _mixture,
}


def texts() -> dict[str, Callable[[int], str]]:
    """Return functions from a length in characters to a text of it, by name; each stands between two letters."""
    repeated = {
        name: (lambda n, piece=piece: "a" + (piece * (n // len(piece) + 1))[: n - 2] + "a")
        for name, piece in PIECES.items()
    }
    return {**repeated, **SPECIAL}


def constraints(name: str) -> Iterator[Constraint]:
    """Yield a type with the parameters of its examples, in every variant that it has."""
    cls = Registry.installed().constraints[name]
    for example in cls.examples:
        yield cls.model_validate(dict(example.params))
        if "variant" in cls.model_fields:
            yield cls.model_validate({**example.params, "variant": "fixed"})


def seconds(constraint: Constraint, raw: str) -> float:
    """Return the processor time of a verdict by code, with every answer of a judge still open."""
    text = Text(raw, prompt="Write a poem.", reference="A poem.")
    start = time.process_time()
    constraint.decide(text, [None] * len(constraint.questions(text)))
    return time.process_time() - start


class Growth(NamedTuple):
    """What one type takes on one text: seconds by size, and the exponent between the last two sizes."""

    type: str
    text: str
    times: list[float]
    exponent: float
    params: str


def growth(constraint: Constraint, text: str, sizes: list[int]) -> Growth:
    """Return what a constraint takes on a text at each size; a size that would take minutes is left out."""
    made, times = texts()[text], list[float]()
    for size in sizes:
        if times and _expected(times, sizes) > LONGEST:
            break
        times.append(seconds(constraint, made(size)))
        if len(times) > 1 and _exponent(times, sizes) > STEEPEST:  # a busy machine, or a first use of a cache?
            times[-2] = max(times[-2], min(seconds(constraint, made(sizes[len(times) - 2])) for _ in range(3)))
            times[-1] = min(times[-1], seconds(constraint, made(size)))
    params = constraint.model_dump_json(exclude={"type", "weight"}, exclude_defaults=True)
    return Growth(constraint.type, text, times, _exponent(times, sizes), params)


def _expected(times: list[float], sizes: list[int]) -> float:
    """Return the seconds that the next size will take, if it goes on as before: after one size as its square."""
    ratio = sizes[len(times)] / sizes[len(times) - 1]
    return times[-1] * ratio ** (_exponent(times, sizes) if len(times) > 1 else 2)


def _exponent(times: list[float], sizes: list[int]) -> float:
    if len(times) < 2:
        return inf if len(sizes) > 1 else 0.0  # the first size took so long that no other was tried
    if times[-1] < MEASURABLE:
        return 0.0
    return log(times[-1] / max(times[-2], 1e-4)) / log(sizes[len(times) - 1] / sizes[len(times) - 2])


def measure(name: str, sizes: list[int], wanted: list[str]) -> None:
    """Print a line of JSON for each text and parameter set of a type."""
    for constraint in constraints(name):
        seconds(constraint, "Warm. Up.")
        for text in wanted:
            print(json.dumps(growth(constraint, text, sizes)), flush=True)


def measured(name: str, options: list[str]) -> list[Growth]:
    """Return the figures of a type, measured in a process of its own."""
    command = [sys.executable, __file__, "--one", name, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr[-2000:]}")
    print(f"{name}", end=" ", file=sys.stderr, flush=True)
    return [Growth(*json.loads(line)) for line in done.stdout.splitlines()]


def report(rows: list[Growth], sizes: list[int]) -> bool:
    """Print the worst, and return whether all is well."""
    steep = sorted(rows, key=lambda row: -row.exponent)[:15]
    slow = sorted(rows, key=lambda row: -row.times[-1])[:15]
    for title, worst in (("steepest", steep), ("slowest", slow)):
        print(f"\n{title} of {len(rows)} pairs; seconds at {', '.join(map(str, sizes))}")
        for row in worst:
            times = " ".join(f"{value:8.3f}" for value in row.times)
            print(f"  {row.exponent:5.2f}  {times}  {row.type}  on {row.text}  {row.params[:90]}")
    return all(row.exponent <= STEEPEST and row.times[-1] <= LONGEST for row in rows)


def main() -> None:
    """Measure all types, or in a child one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--types", nargs="+", default=[""])
    parser.add_argument("--texts", nargs="+", default=list(texts()))
    parser.add_argument("--one")
    options: Any = parser.parse_args()
    if options.one:
        measure(options.one, options.sizes, options.texts)
        return
    names = [name for name in Registry.installed().constraints if name.startswith(tuple(options.types))]
    names = [name for name in names if name != "code:python"]  # its sandbox has limits of its own
    passed = ["--sizes", *map(str, options.sizes), "--texts", *options.texts]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        rows = [row for found in pool.map(lambda name: measured(name, passed), names) for row in found]
    print(f"{len(names)} types, {len(options.texts)} kinds of text, {len(rows)} pairs")
    raise SystemExit(not report(rows, options.sizes))


if __name__ == "__main__":
    main()
