"""language:is beside langdetect and lingua, on lingua's published test data.

    python benchmarks/language_texts.py CHECKOUT [--each 100]

CHECKOUT is a checkout of pemistahl/lingua-py or lingua-rs (Apache-2.0), which has sentences, word pairs and single
words of 51 of our 54 languages. The bounds of language:is were chosen on every second line; only the others are
read here. Each text is asked for its own language, and for another one drawn at random. A detector says yes where
it names the wanted language, and is never undecided.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from verif_sdk import Registry, Text
from verif_sdk.catalogue.language import NAMES
from verif_sdk.language import detect

FILES = {code: (code,) for code in NAMES} | {"no": ("nb", "nn")}
Asked = Callable[[str, str], bool | None]


def ours(text: str, language: str) -> bool | None:
    return Registry.installed().parse({"type": "language:is", "language": language}).decide(Text(text)).passed


def langdetects(text: str, language: str) -> bool | None:
    return detect(text) == language


def linguas() -> Asked | None:
    """Return lingua's answer, where lingua is installed."""
    try:
        from lingua import LanguageDetectorBuilder  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return None
    detector = LanguageDetectorBuilder.from_all_languages().build()

    def asked(text: str, language: str) -> bool | None:
        found = detector.detect_language_of(text)
        code = found.iso_code_639_1.name.lower() if found else ""
        return {"nb": "no", "nn": "no"}.get(code, code) == language

    return asked


def texts(checkout: Path, kind: str, each: int) -> list[tuple[str, str]]:
    """Return texts of one kind, each with the code of its language."""
    found = []
    for code, names in FILES.items():
        for name in names:
            path = checkout / "language-testdata" / kind / f"{name}.txt"
            if path.exists():
                lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
                found += [(line, code) for line in lines[1::2][: each // len(names)] if line]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--each", type=int, default=100, help="texts per language and kind")
    options = parser.parse_args()
    ways: dict[str, Asked] = {"language:is": ours, "langdetect": langdetects}
    if (lingua := linguas()) is not None:
        ways["lingua"] = lingua
    table = Table(box=None, header_style="bold")
    for column in ("texts", "way", "failed", "undecided", "other passed", "other undecided", "time"):
        table.add_column(column, no_wrap=True)
    for kind in ("sentences", "word-pairs", "single-words"):
        draw = random.Random(0)
        rows = [
            (text, code, draw.choice([other for other in NAMES if other != code]))
            for text, code in texts(options.checkout, kind, options.each)
        ]
        base = None
        for way, asked in ways.items():
            asked(*rows[0][:2])
            started = time.perf_counter()
            own = [asked(text, code) for text, code, _ in rows]
            others = [asked(text, other) for text, _, other in rows]
            taken = time.perf_counter() - started
            base = base or taken
            shares = [own.count(False), own.count(None), others.count(True), others.count(None)]
            table.add_row(
                f"{len(rows)} {kind}",
                way,
                *(f"{share / len(rows):.2%}" for share in shares),
                f"{taken / base:.1f} x",
            )
    Console().print(table)


if __name__ == "__main__":
    main()
