"""Write reference/truth.md from the truth set under tests/truth: `python docs/truth.py`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PAGE = HERE / "reference" / "truth.md"
CASES = HERE.parent / "tests" / "truth"
FILES = sorted(CASES.glob("*.jsonl"))
FRESH = ("fresh_a", "fresh_b")
WORDS = {True: "pass", False: "fail", None: "undecided"}
Case = dict[str, Any]
OPENING = """# The truth set

{number:,} responses with the verdict that a careful reader gives, {foreign} of them in languages other than
English. The tests run all of them: `tests/truth/*.jsonl`, one file per family and two fresh sets. This page is
written from the files by `docs/truth.py`.

## How it was labelled

One reader, a language model, had the instruction in words and the [parameters](catalogue.md) of each type, wrote
responses that people and models give, and wrote down pass, fail or "cannot tell" with the reason. The labels were
committed before anything ran on them and before the reader saw the code of a check. Where a type counts, the
reader counted, and the bound was put at the count, just below it or just above it.

Then every disagreement was settled in writing: the library was mended, the label was corrected, or the case was
found to be open, and then the rules of [words, sentences and paragraphs](../explanation/segmentation.md) and of
[languages](../explanation/language.md) decide. {settled} cases have such a note.

At commit `bae04d2`, before this work, {before} of the {old:,} cases outside the fresh sets were decided wrongly:
against the reader's verdict, or although the reader cannot tell and no rule decides.

## Two fresh sets

Two further readers, language models too, wrote a set each after that work. They had the
[catalogue](catalogue.md) and nothing else, neither the code nor these cases. Their labels were committed before
anything ran on them. Two cases stand in two sets by chance, with the same labels; no other was labelled twice.

| set | cases | decidable | decided otherwise before | decided otherwise now | cannot tell | of these decided |
| --- | --- | --- | --- | --- | --- | --- |
{fresh}

"Before" is commit `e81e793`. Those that are decided otherwise now are left undecided, and named below. Where the
reader cannot tell and the library decides, a rule decides, and the note of the case says which. What the sets
showed was mended as rules, and siblings of each mistake were added to the files of the families.

## A case

A case is one line of JSON:

| field | holds |
| --- | --- |
| `constraint`, `response` | what is checked |
| `verdict` | what the reader decided: `true`, `false`, or `null` for "cannot tell" |
| `why` | the reader's reason |
| `language` | of the response, where it is not English (responses in the wrong language may lack it) |
| `expected` | what the library should say, where that is not the reader's verdict |
| `settled` | who was right after a disagreement, and why |
| `wrong_before` | `true` where commit `bae04d2` decided wrongly; in the fresh sets, commit `e81e793` |
| `known_wrong` | why the library still says something else; the tests hold this list to be exact |
"""


def read(file: Path) -> list[Case]:
    """Return the cases of a file."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def cases() -> list[Case]:
    """Return all cases, family by family."""
    families = dict.fromkeys(file.stem for file in FILES if file.stem not in FRESH)
    every = [case for file in FILES for case in read(file)]
    return sorted(every, key=lambda case: [*families].index(case["constraint"]["type"].partition(":")[0]))


def fresh(name: str, some: list[Case]) -> str:
    """Return the row of a fresh set in their table."""
    decidable = [case for case in some if case["verdict"] is not None]
    now = sum(abstained(case) for case in decidable)
    before = now + sum("wrong_before" in case for case in decidable)
    told = sum(case.get("expected") is not None for case in some if case["verdict"] is None)
    cells = (len(some), len(decidable), before, now, len(some) - len(decidable), told)
    return f"| `{name}` | {' | '.join(map(str, cells))} |"


def page() -> str:
    """Return the page."""
    every = cases()
    by_file = {file.stem: read(file) for file in FILES}
    opening = OPENING.format(
        number=len(every),
        foreign=sum(case.get("language", "en") != "en" for case in every),
        settled=sum("settled" in case for case in every),
        before=sum("wrong_before" in case for name in by_file if name not in FRESH for case in by_file[name]),
        old=sum(len(by_file[name]) for name in by_file if name not in FRESH),
        fresh="\n".join(fresh(name, by_file[name]) for name in FRESH),
    )
    parts = [opening, "## By type\n\n" + by_type(every), "## By language\n\n" + by_language(every)]
    parts += [section(title, [case for case in every if chosen(case)], why) for title, chosen, why in LISTS]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def by_type(every: list[Case]) -> str:
    """Return the table of the types."""
    rows = ["| type | cases | pass | fail | cannot tell | wrong before | wrong now |", "| --- " * 7 + "|"]
    for name in dict.fromkeys(case["constraint"]["type"] for case in every):
        own = [case for case in every if case["constraint"]["type"] == name]
        labels = Counter(case["verdict"] for case in own)
        wrong = (sum(field in case for case in own) for field in ("wrong_before", "known_wrong"))
        cells = (len(own), labels[True], labels[False], labels[None], *wrong)
        rows.append(f"| [`{name}`](catalogue.md#{name.replace(':', '-')}) | {' | '.join(map(str, cells))} |")
    return "\n".join(rows)


def by_language(every: list[Case]) -> str:
    """Return how many cases there are in each language, most first."""
    number = Counter(case.get("language", "en") for case in every)
    return ", ".join(f"`{language}` {count}" for language, count in number.most_common())


def abstained(case: Case) -> bool:
    """Return whether the library rightly says nothing where the reader has a verdict."""
    return case["verdict"] is not None and case.get("expected", True) is None


def open_reason(case: Case) -> str:
    """Return why the reader cannot tell, and what the library says."""
    says = WORDS[case.get("expected")]
    return f"{case['why']} The library: {says}. {case.get('settled', '')}".strip()


def settled(case: Case) -> str:
    """Return how a disagreement was settled."""
    return str(case["settled"])


LISTS: tuple[tuple[str, Callable[[Case], bool], Callable[[Case], str]], ...] = (
    ("Decided wrongly", lambda case: "known_wrong" in case, lambda case: str(case["known_wrong"])),
    ("The reader cannot tell", lambda case: case["verdict"] is None, open_reason),
    ("The reader can tell, the library leaves it undecided", abstained, settled),
    ("Labels that were corrected", lambda case: "settled" in case and "expected" not in case, settled),
)
"""The lists of cases on the page: title, which cases, and the reason to show."""


def section(title: str, some: list[Case], reason: Callable[[Case], str]) -> str:
    """Return a list of cases under its title, each with a reason."""
    lines = [f"- {code(case['constraint'])} on {code(case['response'])}: {reason(case)}" for case in some]
    return f"## {title} ({len(some)})\n\n" + ("\n".join(lines) or "None.")


def code(value: object) -> str:
    """Return a value as inline code that may itself hold backticks; what is not seen is escaped."""
    text = json.dumps(value, ensure_ascii=False)
    text = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
    fence = "`" * (4 if "``" in text else 2)
    return f"{fence} {text} {fence}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
