"""VerInstruct rows, and what the published code that scores them gets wrong."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from verif_sdk import Composer, InvalidSpec, Question, Result
from verif_sdk.judges.scripted import ScriptedJudge
from verif_sdk.rows import verinstruct

needs_bwrap = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
YES = "def check_following(instruction, response):\n    return True\n"
NO = "def check_following(instruction, response):\n    return False\n"
JUDGE_CODE = "def check_following(instruction, response):\n    return llm_score(instruction, response)\n"


def row(*pairs: tuple[str, str], **fields: Any) -> dict[str, Any]:
    checkers, functions = zip(*pairs, strict=True)
    return {
        "prompt": "Write a line.",
        "response": "one two three",
        "checkers": list(checkers),
        "functions": list(functions),
    } | fields


def scored(judge: ScriptedJudge | None, aggregate: str = "verif", **row: Any) -> Result:
    return Composer(judge=judge, aggregate=aggregate).verify(verinstruct.case(row))


def rule(source: str, **fields: Any) -> Result:
    return scored(None, **row(("[rule] a rule", source), **fields))


def judge(*wanted: str) -> ScriptedJudge:
    def script(question: Question) -> float:
        return float(any(words in question.question for words in wanted))

    return ScriptedJudge(script)


def test_rules_become_programs_and_the_rest_criteria_in_the_order_of_the_row() -> None:
    made = verinstruct.case(row(("[llm] Be kind.", JUDGE_CODE), ("[rule] At most 9 words.", YES)))
    assert [constraint.type for constraint in made.constraints] == ["soft:criterion", "code:python"]
    assert [constraint.instruction() for constraint in made.constraints] == ["Be kind.", "At most 9 words."]


@pytest.mark.parametrize("packed", [json.dumps, dict])
def test_a_row_of_verl_is_the_same_case(packed: Any) -> None:
    flat = row(("[rule] a", YES), ("[llm] b", ""), id="7")
    truth = {name: flat[name] for name in ("checkers", "functions")}
    wrapped = {
        "data_source": "verinstruct",
        "prompt": [{"role": "user", "content": flat["prompt"]}],
        "response": flat["response"],
        "reward_model": {"style": "rule", "ground_truth": packed(truth)},
        "id": "7",
        "extra_info": None,
    }
    one, other = verinstruct.case(flat), verinstruct.case(wrapped)
    assert one.constraints == other.constraints
    assert one.text().prompt == other.text().prompt


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (row(("[llm] ", YES)), "criterion"),
        (row(("[rule] a", YES), checkers=["[rule] a", None]), "'checkers' is a list of strings"),
        (row(("[rule] a", YES), functions=[]), "1 checkers, but 0 functions"),
        (row(("[rule] a", YES), functions=YES), "'functions' is a list of strings"),
        (row(("[rule] a", YES), checkers=None), "'checkers' is missing"),
        (row(("[rule] a", YES), checkers=[], functions=[]), "field 'checkers' is empty"),
        (row(("[rule] a", YES), checkers="[rule] a"), "'checkers' is a list of strings, got '[rule] a'"),
        (row(("[rule] a", YES), prompt=None), "'prompt' is missing"),
        (row(("[rule] a", YES), response=None), "'response' is missing"),
        ({"prompt": "p", "response": "r", "reward_model": {}}, "no 'ground_truth'"),
        ({"prompt": "p", "response": "r", "reward_model": {"ground_truth": "{"}}, "not JSON"),
        ({"prompt": "p", "response": "r", "reward_model": {"ground_truth": "[]"}}, "is an object, got list"),
    ],
)
def test_a_row_that_cannot_be_read_says_which_field(broken: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidSpec, match=message.replace("[", r"\[")):
        verinstruct.case(broken)


@needs_bwrap
@pytest.mark.parametrize(
    "source",
    [
        "def words(text):\n    return text.split()\n\n"
        "def check_following(instruction, response):\n    return len(words(response)) == 3\n",
        "LEAST = 3\n\ndef check_following(instruction, response):\n    return len(response.split()) >= LEAST\n",
        "def check_following(instruction, response):\n"
        "    return response == '' or check_following(instruction, response[1:])\n",
        "import re as r\n\ndef check_following(instruction, response):\n"
        "    return bool(r.search('two', response))\n",
        "from collections import Counter as C\n\ndef check_following(instruction, response):\n"
        "    return C(response)['t'] == 2\n",
    ],
    ids=["a helper function", "a module constant", "recursion", "an import alias", "a from-import alias"],
)
def test_legal_programs_run_as_modules_do(source: str) -> None:
    assert rule(source).reward == 1.0


@needs_bwrap
def test_a_program_that_changes_the_builtins_changes_nothing_here() -> None:
    rule("import builtins\nbuiltins.FOUND = 1\n" + YES)
    assert "FOUND" not in vars(__import__("builtins"))


@needs_bwrap
@pytest.mark.parametrize("exit_", ["raise SystemExit(0)", "exit(0)", "raise KeyboardInterrupt"])
def test_a_program_that_exits_leaves_its_own_verdict_undecided_and_the_batch_alone(exit_: str) -> None:
    leaving = f"def check_following(instruction, response):\n    {exit_}\n"
    cases = [verinstruct.case(row(("[rule] a", source))) for source in (YES, leaving, NO)]
    results = Composer().verify_batch(cases)
    assert [result.reward for result in results] == [1.0, None, 0.0]
    assert "the program raised" in results[1].errors[0]


@needs_bwrap
def test_the_program_gets_the_prompt_and_the_response_without_its_reasoning() -> None:
    source = (
        "def check_following(instruction, response):\n"
        "    return instruction == 'Say {x} and $C$.' and response == 'a $C$ {x} [[1]]'\n"
    )
    said = "<think>hm</think>a $C$ {x} [[1]]"
    assert rule(source, prompt="Say {x} and $C$.", response=said).reward == 1.0


@needs_bwrap
def test_without_soft_constraints_no_judge_is_asked() -> None:
    idle = judge()
    assert scored(idle, **row(("[rule] a", YES))).reward == 1.0
    assert idle.asked == []


def test_without_rules_the_judge_alone_decides() -> None:
    made = scored(judge("Be kind."), **row(("[llm] Be kind.", ""), ("[llm] Be brief.", "")))
    assert made.reward == 0.5


@needs_bwrap
@pytest.mark.parametrize(("aggregate", "wanted"), [("verif", 0.25), ("verif-strict", 0.0), ("verif-average", 0.5)])
def test_half_the_rules_and_half_the_criteria(aggregate: str, wanted: float) -> None:
    halves = row(("[rule] a", YES), ("[rule] b", NO), ("[llm] Be kind.", ""), ("[llm] Be brief.", ""))
    assert scored(judge("Be kind."), aggregate, **halves).reward == wanted
