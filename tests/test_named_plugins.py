"""Plugins that the user names by module: a class of a script or a file beside it, named in data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from verif_sdk import InvalidSpec, Registry, verify
from verif_sdk.errors import PluginError
from verif_sdk.rewards.config import RewardConfig

CALM = '''
from typing import Literal
from verif_sdk import Check, hookimpl

class Calm(Check):
    """The response has no exclamation mark."""

    type: Literal["{family}:calm"] = "{family}:calm"
    template = "Do not use exclamation marks."

    def check(self, text):
        return self.verdict("!" not in text.raw)

@hookimpl
def verif_constraints():
    return [Calm]
'''
ROW = json.dumps({"response": "a", "constraints": {"type": "mine:calm"}})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a good plugin, `calm`, and one that cannot be imported, `broken`."""
    (tmp_path / "calm.py").write_text(CALM.format(family="mine"))
    (tmp_path / "broken.py").write_text("1 / 0\n")
    (tmp_path / "rows.jsonl").write_text(ROW + "\n")
    return tmp_path


def run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {**os.environ, **environment}
    return subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, timeout=120, check=False)


def verif(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run(folder, str(Path(sys.executable).with_name("verif")), *arguments, **environment)


def script(folder: Path, code: str, **environment: str) -> str:
    """Return what a script in `folder` prints."""
    (folder / "script.py").write_text(code)
    done = run(folder, sys.executable, "script.py", **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


VERIFY = ("verify", "a", "-c", '{"type": "mine:calm"}')


@pytest.mark.parametrize(
    "command",
    [VERIFY, ("score", "rows.jsonl", "--out", "-"), ("check-dataset", "rows.jsonl"), ("show", "mine:calm")],
    ids=lambda command: command[0],
)
def test_every_command_uses_a_module_that_stands_in_the_current_folder(
    folder: Path, command: tuple[str, ...]
) -> None:
    assert verif(folder, *command).returncode in (1, 2, 3)
    assert verif(folder, "--plugin", "calm", *command).returncode == 0


def test_the_environment_names_modules_too_and_a_verdict_says_who_decided(folder: Path) -> None:
    done = verif(folder, *VERIFY, "--json", VERIF_SDK_PLUGINS=" calm,")
    assert json.loads(done.stdout)["verdicts"][0]["decided_by"] == "calm"


def test_a_broken_module_is_an_error_where_it_is_named_and_doctor_says_why(folder: Path) -> None:
    done = verif(folder, "--plugin", "broken", *VERIFY)
    assert done.returncode == 2
    assert done.stderr == "verif: the plugin 'broken' cannot be used: ZeroDivisionError: division by zero\n"
    found = json.loads(verif(folder, "--plugin", "calm", "--plugin", "broken", "doctor", "--json").stdout)
    details = {one["what"]: (one["state"], one["detail"]) for one in found}
    assert details["plugin calm"] == ("ok", "1 constraint type")
    cause = "ZeroDivisionError: division by zero"
    assert details["plugin 'broken' (named in VERIF_SDK_PLUGINS)"] == ("broken", cause)


def test_a_script_names_itself_and_its_name_travels_to_a_process_that_is_spawned(folder: Path) -> None:
    code = (
        CALM.format(family="mine")
        + """
import multiprocessing
from verif_sdk import verify
from verif_sdk.rewards.config import RewardConfig
from verif_sdk.rewards.scorer import Rollout, Scorer

def scored(scorer):
    (one,) = scorer.score([Rollout("p", "a!", {"constraints": {"type": "mine:calm"}})])
    return [one.reward, one.verdicts[0].decided_by]

if __name__ == "__main__":
    scorer = Scorer(RewardConfig(plugins=(__name__,)))
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(scored(scorer), pool.apply(scored, (scorer,)))
"""
    )
    assert script(folder, code) == "[0.0, 'script.py'] [0.0, 'script.py']"


def test_a_configuration_brings_its_modules_into_a_process_that_only_unpickles_it(folder: Path) -> None:
    code = """
import pickle, subprocess, sys
from verif_sdk.rewards.config import RewardConfig
shaping = [{"kind": "gate", "constraint": {"type": "mine:calm"}}]
given = pickle.dumps(RewardConfig(plugins=["calm"], shaping=shaping))
other = (
    "import pickle, sys; pickle.load(sys.stdin.buffer); from verif_sdk import Registry;"
    "print(Registry.installed().owners['mine:calm'])"
)
print(subprocess.run([sys.executable, "-c", other], input=given, capture_output=True, check=True).stdout.decode())
"""
    assert script(folder, code) == "calm"


def test_the_front_door_and_a_composer_take_names_and_the_composer_takes_them_along(folder: Path) -> None:
    code = """
import asyncio, pickle, subprocess, sys
from pathlib import Path
from verif_sdk import Composer, averify, averify_batch, verify, verify_batch
calls = (
    lambda case, name: verify(case, plugins=[name]),
    lambda case, name: verify_batch([case], plugins=[name])[0],
    lambda case, name: asyncio.run(averify(case, plugins=[name])),
    lambda case, name: asyncio.run(averify_batch([case], plugins=[name]))[0],
    lambda case, name: Composer(plugins=(name,)).verify(case),
)
for number, call in enumerate(calls):  # a module for each, because a module that was named once stays
    Path(f"calm{number}.py").write_text(Path("calm.py").read_text().replace("mine:", f"mine{number}:"))
    case = {"response": "a!", "constraints": {"type": f"mine{number}:calm"}}
    assert call(case, f"calm{number}").reward == 0.0
other = "import pickle, sys; print(pickle.load(sys.stdin.buffer).verify('a', {'type': 'mine:calm'}).reward)"
given = pickle.dumps(Composer(plugins=("calm",)))
print(subprocess.run([sys.executable, "-c", other], input=given, capture_output=True, check=True).stdout.decode())
"""
    assert script(folder, code) == "1.0"
    with pytest.raises(InvalidSpec, match="plugins is a list of the names of modules, got"):
        verify("a", {"type": "length:words", "at_least": 1}, plugins="calm")


def test_a_notebook_that_defines_its_class_anew_gets_the_new_one(folder: Path) -> None:
    code = (
        CALM.format(family="mine")
        + """
from verif_sdk import Registry, verify
Registry.use("__main__")
first = verify("a!", {"type": "mine:calm"}).reward
Calm.__name__ = "Old"

class Calm(Check):
    "The response is anything."
    type: Literal["mine:calm"] = "mine:calm"
    template = "Write."
    def check(self, text):
        return self.verdict(True)

Registry.use("__main__")
print(first, verify("a!", {"type": "mine:calm"}).reward)
"""
    )
    assert script(folder, code) == "0.0 1.0"


def test_one_name_in_two_modules_is_an_error_that_names_both_and_changes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(folder)
    for name in ("named_first", "named_second"):
        (folder / f"{name}.py").write_text(CALM.format(family="named"))
    Registry.use("named_first", "named_first")
    before = Registry.installed()
    with pytest.raises(PluginError, match=r"'named_second' cannot .* by both named_first and named_second"):
        Registry.use("named_first", "named_second")
    assert Registry.installed() is before
    assert verify("a", {"type": "named:calm"}).verdicts[0].decided_by == "named_first"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no_such_module_here", "Python finds no module 'no_such_module_here'; put its folder on PYTHONPATH"),
        ("verif_sdk.nothing", "Python finds no module 'verif_sdk.nothing'"),
        ("calm.py", "name the module as `import` does, such as my_constraints"),
        ("../calm", "name the module as `import` does"),
        ("json", "it has no hook: mark one of verif_constraints"),
    ],
)
def test_what_is_no_plugin_is_refused_by_name_when_the_configuration_is_made(name: str, message: str) -> None:
    with pytest.raises(PluginError) as error:
        RewardConfig(plugins=(name,))
    assert str(error.value).startswith(f"the plugin {name!r} cannot be used: {message}")


def test_an_installed_plugin_may_be_named_and_is_there_once() -> None:
    before = Registry.installed()
    Registry.use("verif_sdk.plugins.native")
    assert Registry.installed() is before
