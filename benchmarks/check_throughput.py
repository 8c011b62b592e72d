"""Native checks per second: ten constraints on a response against one, in turn, in one process.

The responses are the real ones of ../shared/data where that is there, else generated. A response is
segmented once for all its constraints, so ten may cost at most three times one.
"""

from __future__ import annotations

import gzip
import json
import random
import statistics
import time
from pathlib import Path

from verif_sdk import Case, Composer, Registry

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "ifeval_gpt4.jsonl.gz"
ROUNDS = 15
LIMIT = 3.0
CONSTRAINTS: list[dict[str, object]] = [
    {"type": "length:words", "at_least": 100},
    {"type": "length:sentences", "at_most": 20},
    {"type": "length:paragraphs", "at_least": 2},
    {"type": "length:lines", "at_most": 60},
    {"type": "keywords:include", "keywords": ["the"]},
    {"type": "keywords:exclude", "keywords": ["unfortunately"]},
    {"type": "format:bullets", "at_most": 10},
    {"type": "casing:capital_words", "at_most": 5},
    {"type": "punctuation:exclude", "marks": [";"]},
    {"type": "position:ends_with", "phrase": "thank you"},
]


def responses() -> tuple[str, list[str]]:
    """Return where the responses are from, and the responses."""
    if DATA.exists():
        with gzip.open(DATA, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        return "real responses", [row["response"] for row in rows if row["response"].strip()]
    chance = random.Random(0)
    words = "the a quick brown fox jumps over lazy dog and then Some NASA word; however, thank you".split()  # noqa: SIM905
    texts = [
        ". ".join(" ".join(chance.choices(words, k=12)) for _ in range(chance.randint(5, 40))) for _ in range(540)
    ]
    return "generated responses", texts


def seconds(texts: list[str], constraints: list[dict[str, object]]) -> float:
    """Return the processor time of one pass over all responses; parsing the constraints is not part of it."""
    parsed = tuple(Registry.installed().parse(constraint) for constraint in constraints)
    cases = [Case(response=text, constraints=parsed) for text in texts]
    composer = Composer()
    started = time.process_time()
    composer.verify_batch(cases)
    return time.process_time() - started


def main() -> int:
    """Print the table and return 1 if ten constraints cost more than `LIMIT` times one."""
    kind, texts = responses()
    seconds(texts, CONSTRAINTS)  # patterns compiled, modules loaded
    one, ten = [], []
    for _ in range(ROUNDS):
        one.append(seconds(texts, CONSTRAINTS[:1]))
        ten.append(seconds(texts, CONSTRAINTS))
    ratio = statistics.median(b / a for a, b in zip(one, ten, strict=True))
    print(f"{len(texts)} {kind}, median of {ROUNDS} rounds in turn, one process")
    for name, times in (("1 constraint", one), ("10 constraints", ten)):
        print(f"  {name:15} {len(texts) / statistics.median(times):8.0f} responses/s")
    print(f"  ten cost {ratio:.2f} times one (at most {LIMIT:g} wanted)")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    raise SystemExit(main())
