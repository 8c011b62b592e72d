"""Stand-ins for the repositories that a page clones: the one file of each that is read, with words of ours."""

from __future__ import annotations

from pathlib import Path

from tests.judges.dialect_words import FILES

READ = {
    "CompassVerifier": ("src/prompts.py", FILES["compass"]),
    "VerIF": ("verl/utils/reward_score/local_server/llm_call.py", FILES["if-verifier"]),
}


def clone(name: str, folder: Path) -> None:
    """Write what is read of a repository; nothing for one of which nothing is."""
    if name in READ:
        path, content = READ[name]
        file = folder / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
