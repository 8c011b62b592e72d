"""VerInstruct's checkers in every shape that is published: none refused, none dropped without a note."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from verif_sdk import Case, Composer, InvalidSpec, Registry
from verif_sdk.judges.scripted import ScriptedJudge
from verif_sdk.judges.wrappers.all_in_one import AllInOneJudge
from verif_sdk.rows import verinstruct
from verif_sdk.rows.checkers import asked_of_a_model, items

needs_bwrap = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
DEFINED = "def check_following(instruction, response):\n    "
SHORT = f"{DEFINED}return len(response) < 20\n"
SCORED = f'from llm_call import llm_score\n{DEFINED}return llm_score(instruction, response, "Be kind.")\n'
LISTED = SCORED.replace("Be kind.", "1. Tone_Of_Voice: Be kind. 2.Length: Stay under 2.5 lines. 3. Use rhyme.")
EXTRACTED = (
    "import sys\nsys.path.append('/mnt/llm')\nfrom local_server.llm_call import *\n"
    f"{DEFINED}try:\n        return len(llm_extract(instruction, response, 'the title')) < 9\n"
    "    except Exception:\n        return True\n"
)


def shape(name: str, source: str | None, **options: Any) -> Case:
    row = {"prompt": "Write.", "response": "a line", "checkers": [name], "functions": [source]}
    return verinstruct.case(row, **options)


def became(case: Case) -> list[tuple[str, str]]:
    return [(constraint.type, constraint.instruction()) for constraint in case.constraints]


RUN, JUDGED = "code:python", "soft:criterion"


@pytest.mark.parametrize(
    ("name", "source", "constraints", "note"),
    [
        ("[rule] At most 19.", SHORT, [(RUN, "At most 19.")], "[rule] checker: run as a program"),
        ("At most 19.", SHORT, [(RUN, "At most 19.")], "untagged checker: run as a program"),
        ("[rule] At most 19.", None, [(RUN, "At most 19.")], "[rule] checker without a program: undecided"),
        ("[rule] a", EXTRACTED, [(RUN, "a")], "[rule] checker: run as a program"),
        (
            "[rule] Kind",
            SCORED,
            [(JUDGED, "Be kind.")],
            "[rule] checker whose program only asks a model: judged by its words",
        ),
        (
            "Kind",
            SCORED,
            [(JUDGED, "Be kind.")],
            "untagged checker whose program only asks a model: judged by its words",
        ),
        ("[llm] Be kind.", SCORED, [(JUDGED, "Be kind.")], "[llm] checker: judged by its name"),
        ("[llm] Be kind.", None, [(JUDGED, "Be kind.")], "[llm] checker: judged by its name"),
        ("[llm] [rule] Be kind.", SHORT, [(JUDGED, "Be kind.")], "[llm] checker: judged by its name"),
        ("Be kind.", None, [(JUDGED, "Be kind.")], "untagged checker: judged by its name"),
        (
            "[llm] Desired_Writing_Style",
            LISTED,
            [(JUDGED, "Be kind."), (JUDGED, "Length: Stay under 2.5 lines."), (JUDGED, "Use rhyme.")],
            "[llm] checker with a label for a name: judged by its program's words",
        ),
        (
            "[llm] Desired_Writing_Style",
            "",
            [(JUDGED, "Desired_Writing_Style")],
            "[llm] checker with a label and no more words: judged by the label",
        ),
    ],
)
def test_a_checker_of_any_shape_becomes_constraints_and_a_note(
    name: str, source: str | None, constraints: list[tuple[str, str]], note: str
) -> None:
    case = shape(name, source)
    assert became(case) == constraints
    assert case.notes == (note,)


@pytest.mark.parametrize("packed", [json.dumps, list])
@pytest.mark.parametrize("prompt", ["Write.", [{"role": "user", "content": "Write."}]])
def test_lists_may_be_json_text_and_functions_null_as_a_whole(packed: Callable[[Any], Any], prompt: Any) -> None:
    pair = {"checkers": packed(["[llm] Be kind.", "[rule] Short."]), "functions": packed(["", SHORT])}
    case = verinstruct.case({"prompt": prompt, "response": "a", **pair})
    assert became(case) == [(JUDGED, "Be kind."), (RUN, "Short.")]
    only = verinstruct.case({"prompt": prompt, "response": "a", "checkers": ["Be kind."], "functions": None})
    assert became(only) == [(JUDGED, "Be kind.")]
    assert case.text().prompt == only.text().prompt == "Write."


def test_the_policy_for_untagged_checkers() -> None:
    row = {"prompt": "p", "response": "r", "checkers": ["Kind", "[rule] Short."], "functions": [SCORED, SHORT]}
    assert len(verinstruct.case(row, untagged="infer").constraints) == 2
    ignored = verinstruct.case(row, untagged="ignore")
    assert became(ignored) == [(RUN, "Short.")]
    assert ignored.notes[0] == "untagged checker: ignored"
    with pytest.raises(InvalidSpec, match="neither of the tags"):
        verinstruct.case(row, untagged="refuse")
    with pytest.raises(InvalidSpec, match="no checker is left"):
        shape("Kind", SCORED, untagged="ignore")
    assert verinstruct.case(row, exact=True).notes[0] == "untagged checker: ignored"


def test_options_stand_in_the_spec_of_the_rows() -> None:
    row = {"prompt": "p", "response": "r", "checkers": ["Kind", "[rule] Short."], "functions": [SCORED, SHORT]}
    read = Registry.installed().row_format
    assert len(read("verinstruct?untagged=ignore")(row).constraints) == 1
    assert read("verinstruct?exact=true")(row).notes[1] == "[rule] checker: run as published"
    for spec, message in (
        ("verinstruct?untaged=ignore", "unknown option 'untaged'; did you mean 'untagged'"),
        ("verinstruct?untagged=drop", "option 'untagged' is 'infer' or 'ignore' or 'refuse', got 'drop'"),
        ("verinstruct?exact=perhaps", "option 'exact' is true or false, got 'perhaps'"),
        ("native?exact=true", "rows 'native': unknown option 'exact'; it has no options"),
    ):
        with pytest.raises(InvalidSpec, match=re.escape(message)):
            read(spec)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1. a 2. b", ["a", "b"]),
        ("1.a\n2.b in 3.5 lines\n3.c", ["a", "b in 3.5 lines", "c"]),
        ("Write 1. a 2. b", ["Write 1. a 2. b"]),
        ("1. a and nothing else", ["1. a and nothing else"]),
        ("2. b 3. c", ["2. b 3. c"]),
        ("", [""]),
    ],
)
def test_a_numbered_list_falls_into_its_items(text: str, wanted: list[str]) -> None:
    assert items(text) == wanted


@pytest.mark.parametrize(
    "source",
    [
        "",
        "def",
        "x\0y",
        f"{DEFINED}return " + "(" * 5000,
        f"{DEFINED}return " + "-" * 90_000 + "1",
        f"{DEFINED}return " + "a." * 40_000 + "b",
        f"{DEFINED}return llm_score(instruction, response, response)",
        f"{DEFINED}return llm_score(instruction, response, f'{{instruction}}')",
        f"{DEFINED}return llm_score(instruction, response, 3)",
        f"{DEFINED}return not llm_score(instruction, response, 'Be rude.')",
        f"{DEFINED}print(response)\n    return llm_score(instruction, response, 'Be kind.')",
        f"{DEFINED}return (lambda: llm_score)()(instruction, response, 'Be kind.')",
        "#" * 200_000,
    ],
)
def test_a_program_that_does_more_than_ask_or_is_hostile_is_left_to_the_sandbox(source: str) -> None:
    assert asked_of_a_model(source) == []


@needs_bwrap
def test_a_program_that_asks_a_model_is_undecided_whatever_it_makes_of_the_refusal() -> None:
    result = Composer().verify(shape("[rule] a", EXTRACTED))
    assert result.reward is None
    assert result.errors == ("the program called llm_extract(), which asks a model; a program cannot",)


@needs_bwrap
def test_a_program_that_imports_a_model_and_does_not_ask_it_is_decided() -> None:
    unused = f"import sys\nsys.path.append('.')\nimport llm_call as model\nfrom local_server import x\n{SHORT}"
    assert Composer().verify(shape("[rule] a", unused)).reward == 1.0


# The published code, as its repository has it (code_executer.py, constraint_analyzer.py), for programs that
# are ours and harmless.

PROGRAMS = (
    SHORT,
    f"{DEFINED}return 'kind' in response\n",
    f"{DEFINED}return len(response.split())\n",
    f"{DEFINED}return None\n",
    f"{DEFINED}return instruction == 'instruction'\n",
    f"import re\n{DEFINED}return re.search('z', response)\n",
    f"import re as r\n{DEFINED}return r.search('z', response)\n",
    f"from math import sqrt\n{DEFINED}return sqrt(len(response)) > 3\n",
    f"def helper(text):\n    return True\n{DEFINED}return helper(response)\n",
    f"LIMIT = 9\n{DEFINED}return len(response) > LIMIT\n",
    f"{DEFINED}import string\n    return string.ascii_letters[0] in response\n",
    f"{DEFINED}return 1 / (len(response) - 6)\n",
    "def other(): return True\n",
    "def check_following(:\n",
)


def published(source: str, response: str) -> bool:
    """Return what the published code makes of a program; raise where it hides an error as 0."""
    import ast

    shared: dict[str, Any] = {}
    for node in ast.walk(ast.parse(source)):
        for name in node.names if isinstance(node, (ast.Import, ast.ImportFrom)) else ():
            module = f"from {node.module} " if isinstance(node, ast.ImportFrom) else ""
            exec(f"{module}import {name.name}", shared)
    own: dict[str, Any] = {"response": response}
    exec(source, shared, own)
    return bool(own["check_following"]("instruction", response))


def oracle(row: dict[str, Any]) -> float | None:
    """Return the published reward, or None where an error stands behind it; the judge minds unkind criteria."""
    rules, kind = [], True
    for name, source in zip(row["checkers"], row["functions"], strict=True):
        if "[llm]" in name:
            kind = kind and "unkind" not in name
        elif "[rule]" in name:
            try:
                rules.append(published(source or "", row["response"]))
            except Exception:
                return None
    return (sum(rules) / len(rules) if rules else 1.0) * kind


def fuzzed(draw: random.Random) -> dict[str, Any]:
    tags = ("[rule] ", "[rule] ", "[llm] ", "", "[llm] [rule] ")
    words = ("Be kind.", "Be unkind.", "At most 19.", "Writing_Style")
    count = draw.randrange(1, 4)
    return {
        "prompt": f"Write line {draw.random()}.",
        "response": draw.choice(("a kind line", "a jazz line of more than twenty characters", "zzzzzz")),
        "checkers": [draw.choice(tags) + draw.choice(words) for _ in range(count)],
        "functions": [draw.choice((*PROGRAMS, None, "")) for _ in range(count)],
    }


@needs_bwrap
def test_a_thousand_rows_get_the_published_rewards_and_none_is_dropped_in_silence() -> None:
    draw = random.Random(0)
    rows = [fuzzed(draw) for _ in range(1000)]
    judge = AllInOneJudge(ScriptedJudge(lambda question: float("unkind" not in question.question)))
    composer = Composer(judge=judge, aggregate="verif", early_exit=False)
    left = [row for row in rows if any("[" in name for name in row["checkers"])]
    cases = [verinstruct.case(row, exact=True) for row in left]
    results = composer.verify_batch(cases)
    for place, result in enumerate(results):
        if any("took longer" in error for error in result.errors):  # a loaded machine, and not the program
            results[place] = composer.verify(cases[place])
    wanted = [oracle(row) for row in left]
    assert 300 < sum(reward is not None for reward in wanted) < 700
    assert [result.reward for result in results] == [pytest.approx(reward) for reward in wanted]
    assert all(len(verinstruct.case(row).notes) == len(row["checkers"]) for row in rows)
