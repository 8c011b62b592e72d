"""The command line as a user meets it: output, exit codes, errors in one line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from verif_sdk import Registry

WORDS = '{"type": "length:words", "at_least": 2}'


def verif(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from verif_sdk.cli import main; main()", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=120, check=False)


def test_list_names_every_type_with_its_summary() -> None:
    done = verif("list", "length")
    assert done.returncode == 0
    assert "length:words" in done.stdout
    assert "format:json" not in done.stdout


def test_list_searches_descriptions_and_says_when_nothing_is_found() -> None:
    assert "punctuation:exclude" in verif("list", "comma").stdout
    none = verif("list", "wrods")
    assert (none.returncode, none.stdout) == (1, "")
    assert none.stderr.startswith("verif: no type is about 'wrods'; did you mean 'length:words'")
    assert (json.loads(verif("list", "zzz", "--json").stdout), verif("list", "zzz", "--json").returncode) == (
        [],
        1,
    )


def test_a_type_takes_two_lines_of_eighty_columns_at_most_and_parameters_when_asked() -> None:
    lines = [line for line in verif("list").stdout.splitlines() if line]
    starts = [place for place, line in enumerate(lines) if re.match(r"\w+:\S+ ", line)]
    assert len(starts) == len(Registry.installed().constraints)
    assert max(map(len, lines)) <= 80
    assert max(after - before for before, after in pairwise(starts)) <= 3  # two lines, or a plugin's name between
    assert "at_most: whole number from 0" in verif("list", "length:words", "--long").stdout


def test_list_is_json_for_programs() -> None:
    types = {entry["type"]: entry for entry in json.loads(verif("list", "--json").stdout)}
    assert types["length:words"]["by"] == "code"
    assert types["soft:tone"]["by"] == "judge"
    assert types["logic:all_of"]["by"] == "parts"


def test_show_has_parameters_wording_and_examples() -> None:
    shown = verif("show", "length:words").stdout
    for expected in ("at_least", "whole number from 0", "Write at least 3 words.", "accepts", "rejects"):
        assert expected in shown
    assert json.loads(verif("show", "length:words", "--json").stdout)["$ref"] == "#/$defs/length:words"


def test_an_unknown_type_is_one_line_with_near_matches_and_exit_code_2() -> None:
    done = verif("show", "lenght:words")
    assert done.returncode == 2
    assert done.stderr.startswith("verif: unknown constraint type 'lenght:words'; did you mean 'length:words'")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("response", "constraints", "code"),
    [
        ("two words", WORDS, 0),
        ("one", WORDS, 1),
        ("one", '{"type": "length:word"}', 2),
        ("one", '{"type": "structure:repeats_prompt"}', 3),
    ],
)
def test_the_exit_code_of_verify_tells_the_outcome(response: str, constraints: str, code: int) -> None:
    assert verif("verify", response, "-c", constraints).returncode == code


def test_verify_reads_files_and_standard_input(tmp_path: Path) -> None:
    (tmp_path / "constraints.json").write_text(f"[{WORDS}]")
    done = verif("verify", "-", "-c", f"@{tmp_path / 'constraints.json'}", "--json", stdin="two words")
    assert json.loads(done.stdout)["reward"] == 1.0
    missing = verif("verify", "@nowhere.txt", "-c", WORDS)
    assert (missing.returncode, missing.stderr.count("\n")) == (2, 1)
    assert "cannot read 'nowhere.txt'" in missing.stderr


def test_verify_without_a_judge_says_how_to_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VERIF_JUDGE", raising=False)
    done = verif("verify", "hi", "-c", '{"type": "soft:tone", "tone": "kind"}')
    assert done.returncode == 2
    assert done.stderr.startswith("verif: soft:tone needs a judge: pass --judge, or set VERIF_JUDGE")


def test_doctor_tells_what_a_judge_without_a_tokenizer_cannot_know(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIF_JUDGE", "openai:m?base_url=http://127.0.0.1:1/v1")
    told = "without tokenizer= the model's control tokens are unknown"
    assert told in verif("doctor", "--json").stdout
    monkeypatch.setenv("VERIF_JUDGE", "openai:m?tokenizer=m")
    assert told not in verif("doctor", "--json").stdout


def test_doctor_reports_each_thing_and_its_way_out() -> None:
    done = verif("doctor", "--json")
    found = {finding["what"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == 0
    assert found["verif_sdk"]["state"] == "ok"
    assert {"judge vllm", "judge openai", "judge hf", "VERIF_JUDGE", "sandbox"} <= set(found)


def test_doctor_runs_a_program_to_say_whether_the_sandbox_works(monkeypatch: pytest.MonkeyPatch) -> None:
    from verif_sdk.cli import doctor
    from verif_sdk.errors import Undecidable
    from verif_sdk.sandbox import command

    def cannot_start() -> None:
        raise Undecidable("namespaces are forbidden here")

    monkeypatch.setattr(command, "sealed", cannot_start)
    assert doctor._sandbox() == [doctor.Finding("sandbox", "absent", "namespaces are forbidden here")]


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom verif_sdk.cli import main\nsys.argv = ['verif', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(sorted({'torch', 'vllm', 'nltk', 'transformers', 'langdetect'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_version_is_printed() -> None:
    assert verif("--version").stdout.startswith("verif_sdk 0.")
