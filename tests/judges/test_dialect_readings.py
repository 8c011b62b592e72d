"""What a dialect makes of a reply, against what the authors' own parsers make of it.

Each oracle here is written from what the published parser does; where ours differs on purpose, a test says so.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.judges.dialect_words import words_of
from verif_sdk import Question
from verif_sdk.dialect import Written
from verif_sdk.judges.dialects.general_verifier import final_answer
from verif_sdk.judges.dialects.shipped import SHIPPED

YES_NO = Question(prompt="p", response="r", question="?", requirements=("Be kind.",), type="soft:tone")
LETTERS = Question(
    prompt="p",
    response="r",
    reference="7",
    question="?",
    answers=(("A", 1.0), ("B", 0.0), ("C", 0.0)),
    type="soft:correctness",
)
FILLER = [
    "The response keeps to it.",
    "First, the instruction asks for three lines.",
    "Let me compare both answers: 7 and 7.0 are the same.",
    "\n\n",
    "**Analysis**",
    "It says “Yes, of course” to the guest.",
    "A final check shows nothing wrong.",
    "结论如下。",
]


def prose(chance: random.Random) -> str:
    return " ".join(chance.choices(FILLER, k=chance.randint(0, 4)))


def first_marker(reply: str) -> int | None:
    """VerIF's: the number in the first double brackets; what it makes 0 for want of one is None here."""
    found = re.search(r"\[\[(\d+)\]\]", reply)
    return int(found[1]) if found else None


def pass_tag(reply: str) -> bool:
    """General-Reasoner's: passed where the tag stands anywhere."""
    return "Final Decision: Yes" in reply


def after_judgement(reply: str) -> int | None:
    """SPaR's: which of Yes and No comes first in what stands between the first two `Final Judgement`."""
    pieces = reply.split("Final Judgement")
    if len(pieces) == 1:
        return None
    places = {1: pieces[1].find("Yes"), 0: pieces[1].find("No")}
    there = {verdict: place for verdict, place in places.items() if place >= 0}
    return min(there, key=lambda verdict: there[verdict]) if there else None


def letter(reply: str) -> str:
    """CompassVerifier's: the last boxed letter, or the reply itself, or the last one behind `Final Judgment:`."""
    if boxed := re.findall(r"boxed{([A-C])}", reply):
        return str(boxed[-1])
    if reply in ("A", "B", "C"):
        return reply
    stated = reply.rsplit("Final Judgment:", maxsplit=1)[-1]
    found = re.findall(r"\(([A-C])\)*", stated) or re.findall(r"([A-C])", stated)
    return str(found[-1]) if found else ""


def replies(name: str) -> Iterator[str]:
    """Yield 200 replies of the kinds that a model gives, with the verdict in them once, and some without."""
    chance = random.Random(name)
    for number in range(200):
        before, after = prose(chance), prose(chance)
        holds = chance.random() < 0.5
        if name == "if-verifier":
            yield f"[[{int(holds)}]] {after}" if number % 3 else f"{before} [[{int(holds)}]]"
        elif name == "general-verifier":
            yield f"{before} Final Decision: {'Yes' if holds else 'No'}{'.' * (number % 2)}"
        elif name == "spar":
            judged = "Final Judgement (if the Output accurately follows the Prompt):"
            yield f"Step-by-step verification: {before}\n{judged} {'Yes' if holds else 'No'}\n"
        else:
            boxed = f"\\boxed{{{chance.choice('ABC')}}}"
            kind = chance.choice(["", " - CORRECT", " - INCOMPLETE"])
            yield chance.choice("ABC") if number % 5 == 0 else f"{before}\nFinal Judgment: {boxed}{kind}"


ORACLES: dict[str, tuple[Question, Callable[[str], Any]]] = {
    "if-verifier": (YES_NO, lambda reply: {1: "yes", 0: "no"}[first_marker(reply) or 0]),
    "general-verifier": (LETTERS, lambda reply: "A" if pass_tag(reply) else "B"),
    "spar": (YES_NO, lambda reply: {1: "yes", 0: "no"}[after_judgement(reply) or 0]),
    "compass-cot": (LETTERS, letter),
}


def reading(name: str, folder: Path) -> Written:
    dialect = SHIPPED[name](template=words_of(name, folder))
    assert isinstance(dialect, Written)
    return dialect


@pytest.mark.parametrize("name", ORACLES)
def test_a_reply_means_what_the_authors_parser_finds_in_it(name: str, tmp_path: Path) -> None:
    question, oracle = ORACLES[name]
    dialect = reading(name, tmp_path)
    for reply in replies(name):
        meant = dialect.read(question, reply)
        assert meant is not None, reply
        assert meant[0] == oracle(reply), reply
        assert meant in question.answers


@pytest.mark.parametrize(
    ("name", "reply", "theirs", "ours"),
    [
        # The verdict that the model states last, not one that it quotes on the way.
        ("if-verifier", "If it followed I would say [[1]], but it does not: [[0]]", 1, "no"),
        ("if-verifier", "[[100]]", 100, None),
        ("if-verifier", "[[1]] I mean [[10]]", 1, None),
        ("if-verifier", "It follows.", None, None),
        ("if-verifier", "[1]", None, None),
        ("general-verifier", 'Is it "Final Decision: Yes"? They differ. Final Decision: No', True, "B"),
        ("general-verifier", "They are the same.", False, None),
        ("general-verifier", "Final Decision: Yesterday", True, None),
        ("spar", "In the form Final Judgement: Yes. So: Final Judgement: No", 1, "no"),
        ("spar", "Final Judgement: Not at all", 0, None),
        ("spar", "Final Judgement (…): (Yes or No)", 1, None),
        ("spar", "Yes", None, None),
        ("compass-cot", "Compared with CANDIDATE", "A", None),
        ("compass-cot", "Final Judgment: B, for A is elsewhere", "A", "B"),
        ("compass-cot", "The answer \\boxed{C} of the student is wrong. Final Judgment: \\boxed{B}", "B", "B"),
        ("compass-cot", "Final Judgment: \\boxed{D}", "", None),
    ],
)
def test_where_a_published_parser_errs_ours_is_documented(
    name: str, reply: str, theirs: object, ours: str | None, tmp_path: Path
) -> None:
    published = {"if-verifier": first_marker, "general-verifier": pass_tag, "spar": after_judgement}
    assert published.get(name, letter)(reply) == theirs
    meant = reading(name, tmp_path).read(YES_NO if name in ("if-verifier", "spar") else LETTERS, reply)
    assert (meant and meant[0]) == ours


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        ("So \\boxed{1} and then \\boxed{\\frac{1}{2}}.", "\\frac{1}{2}"),
        ("Answer: 7\nThe final answer is: 8 apples\nGoodbye.", "8 apples"),
        ("Solution: x = 3", "x = 3"),
        ("\\boxed{open", "\\boxed{open"),
        ("Just 7.", "Just 7."),
        ("\\boxed{}", "\\boxed{}"),
    ],
)
def test_the_general_verifier_is_shown_the_final_answer(response: str, answer: str) -> None:
    assert final_answer(response) == answer


def test_the_letters_of_kalmv_are_those_of_grounding_turned_round(tmp_path: Path) -> None:
    dialect: Any = SHIPPED["kalmv"](template=words_of("kalmv", tmp_path))
    assert dialect.choices(LETTERS) == {"A": ("C", 0.0), "B": ("B", 0.0), "C": ("A", 1.0)}


def test_the_digits_of_self_j_are_spread_over_the_scale(tmp_path: Path) -> None:
    dialect: Any = SHIPPED["self-j"](template=words_of("self-j", tmp_path))
    scale = LETTERS.model_copy(update={"answers": (("1", 0.0), ("2", 0.5), ("3", 1.0)), "type": "soft:scale"})
    choices = dialect.choices(scale)
    assert list(choices) == list("0123456789")
    assert [choices["0"], choices["4"], choices["9"]] == [("1", 0.0), ("2", 4 / 9), ("3", 1.0)]
