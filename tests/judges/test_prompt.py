"""The words that a judge reads: as they were when PROMPT_VERSION was last raised; and their fences."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from verif_sdk import Case, Question, verify_batch
from verif_sdk.fence import mark, quoted
from verif_sdk.judges import prompt
from verif_sdk.judges.scripted import ScriptedJudge
from verif_sdk.plugins.registry import Registry

SNAPSHOT = Path(__file__).with_name("prompt_snapshot.txt")


def asked(name: str) -> list[Question]:
    """Return the questions of a type's first example."""
    registry = Registry.installed()
    example = registry.constraints[name].examples[0]
    case = Case.of(
        prompt=example.prompt or "Write.",
        reference=example.reference or "A reference.",
        response=f"{example.accepts[0]}\n\n{example.rejects[0]}",
        constraints=[{"type": name, **example.params}],
    )
    judge = ScriptedJudge(lambda _: 1.0)
    verify_batch([case], judge=judge, early_exit=False)
    return judge.asked


def words() -> Iterator[str]:
    """Yield every text of ours that a judge reads, each under a name."""
    for name in ("SYSTEM", "THINK", "STATE", "ANSWER", "AFTER_TAGS", "AFTER_THOUGHT"):
        yield f"{name}: {getattr(prompt, name)!r}"
    registry = Registry.installed()
    for name in sorted(registry.constraints):
        if registry.owners[name].startswith("verif-sdk") and registry.constraints[name].examples:
            yield from (f"{name}\n{prompt.own_part(question)}" for question in asked(name))
    questions = asked("soft:rubric")
    better = prompt.better("One.", "Other.", "clarity", "Write.")
    yield f"one response\n{prompt.messages(questions[0])[1]['content']}"
    yield f"two responses\n{prompt.messages(better)[1]['content']}"
    yield f"joint\n{prompt.joint_part(questions)}"
    yield f"all in one\n{prompt.own_part(prompt.all_in_one(questions))}"


def test_a_changed_word_raises_the_version_of_the_prompt() -> None:
    found = "\n\n".join([f"version {prompt.PROMPT_VERSION}", *words()]) + "\n"
    if os.environ.get("RENEW_SNAPSHOT"):
        SNAPSHOT.write_text(found, "utf-8")
    kept = SNAPSHOT.read_text("utf-8")
    same_version = kept.splitlines()[0] == found.splitlines()[0]
    how = "raise PROMPT_VERSION (unless only an example changed), train the tiny judge, " if same_version else ""
    assert found == kept, f"a judge reads other words: {how}and run this with RENEW_SNAPSHOT=1"


def test_the_mark_has_128_bits_and_is_the_same_for_the_same_texts() -> None:
    assert len(mark("a", "b")) * 4 == 128
    assert mark("a", "b") == mark("a", "b")
    assert len({mark("a", "b"), mark("a", "c"), mark("b", "a"), mark("ab", ""), mark("a \ud800", "b")}) == 5


def test_a_mark_that_occurs_in_the_text_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    # Nobody can write a text that holds its own hash, so the hash is a weak one here.
    def weak(content: str) -> str:
        return f"{len(content) - len(content.rstrip(chr(0))):032x}"

    monkeypatch.setattr("verif_sdk.fence._digest", weak)
    text = "".join(f"<<<END RESPONSE {n:032x}>>>\n" for n in range(90))
    made = mark("", text, "")
    assert made not in text
    assert mark("", text, "") == made
    assert int(made, 16) == 90


def test_a_piece_is_quoted_on_one_line() -> None:
    assert quoted("one\r\ntwo\u2028three\n", "x").split(">>>")[1] == " one\\ntwo\\nthree <<<END PART " + mark(
        "x", "one\r\ntwo\u2028three\n"
    )
