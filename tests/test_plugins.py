"""Plugins: a real third-party package is installed and found; a broken one is named and left out."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, Literal

import pluggy
import pytest

from verif_sdk import Check, Example, Family, Registry, Text, Verdict, __version__, hookimpl
from verif_sdk.errors import PluginError
from verif_sdk.files import scoring
from verif_sdk.plugins import bounds, loading, native, provided
from verif_sdk.testing import assert_contract

HERE = Path(__file__).parent / "plugins"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip has installed both plugin packages."""
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    command += [
        "--disable-pip-version-check",
        "--target",
        str(target),
        *(str(HERE / name) for name in ("acme", "broken", "dated")),
    ]
    subprocess.run(command, check=True, timeout=300, capture_output=True)
    return target


def run(installed: Path, code: str, **environment: str) -> dict[str, Any]:
    """Run a program in a process that sees the installed plugins, and return what it prints as JSON."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={**os.environ, "PYTHONPATH": str(installed), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_an_installed_plugin_is_found_and_a_broken_one_does_not_take_it_down(installed: Path) -> None:
    code = """
import json
from verif_sdk import Registry, verify
registry = Registry.installed()
result = verify("Plain.", [{"type": "acme:no_em_dash"}, {"type": "acme:on_brand", "voice": "dry"}],
                judge="acme:m1", aggregate="acme-half")
try:
    registry.parse({"type": "broken:thing"})
except ValueError as error:
    unknown = str(error)
print(json.dumps({"reward": result.reward, "by": result.verdicts[1].decided_by, "unknown": unknown,
    "owner": registry.owners["acme:no_em_dash"], "broken": dict(registry.broken),
    "row": registry.row_format("acme-text")({"text": "x"}).response}))
"""
    found = run(installed, code)
    assert found["reward"] == 0.5
    assert found["by"] == "acme:m1"
    assert found["owner"] == "acme-constraints 1.2.3"
    assert found["row"] == "x"
    cause = "RuntimeError: its model file is gone"
    assert found["broken"] == {
        "'broken' (broken-constraints 0.0.7)": cause,
        "'dated' (dated-constraints 3.0)": (
            f"it was written for verif-sdk <0.1,>=0.0.1, and this is {__version__}; "
            "install a version of it for this one"
        ),
    }
    assert "2 plugins are broken, see `verif doctor`" in found["unknown"]


def test_a_plugin_can_be_left_out_by_name(installed: Path) -> None:
    code = """
import json
from verif_sdk import Registry
registry = Registry.installed()
print(json.dumps({"broken": dict(registry.broken), "acme": "acme:no_em_dash" in registry.constraints}))
"""
    assert run(installed, code, VERIF_SDK_BLOCK="broken, acme,dated") == {"broken": {}, "acme": False}


def test_the_command_line_names_a_broken_plugin(installed: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", "from verif_sdk.cli import main; main()", "doctor", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    states = {finding["what"]: finding["state"] for finding in json.loads(done.stdout)}
    details = {finding["what"]: finding["detail"] for finding in json.loads(done.stdout)}
    assert done.returncode == 1
    assert details["plugin acme-constraints 1.2.3"] == "2 constraint types, 1 judge, 2 aggregators, 1 row format"
    assert states["plugin 'broken' (broken-constraints 0.0.7)"] == "broken"
    assert states["plugin acme-constraints 1.2.3"] == "ok"


def test_doctor_tries_the_types_and_names_known_plugins_that_are_absent() -> None:
    from verif_sdk.cli import doctor

    class Forgetful(Stray):
        """It forgets what to return."""

        type: Literal["stray:type"] = "stray:type"
        examples = (Example({}, accepts=("a",), rejects=()),)

        def check(self, text: Text) -> Verdict:
            return None  # type: ignore[return-value]  # wrong on purpose

    tables = loading.Tables()
    tables.add(plugin(Forgetful), "stray 1.0")
    found = doctor._failing(Registry(**vars(tables)))
    assert [(finding.what, finding.state) for finding in found] == [("type stray:type of stray 1.0", "broken")]
    assert "check returned None, not a Verdict" in found[0].detail
    code = "from verif_sdk.cli import main; main()"
    command = [sys.executable, "-W", "ignore", "-c", code, "doctor", "--json"]
    environment = {**os.environ, "VERIF_SDK_BLOCK": "ifeval"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    states = {finding["what"]: finding["state"] for finding in json.loads(done.stdout)}
    assert states["plugin verif-ifeval"] == "absent"
    assert {"judge server", "verif serve"} <= set(states)


def test_the_plugin_keeps_the_contract_by_the_kit(installed: Path) -> None:
    code = """
import json
from verif_sdk import Registry
from verif_sdk.testing import assert_contract
types = Registry.installed().constraints
for name in ("acme:no_em_dash", "acme:on_brand"):
    assert_contract(types[name])
print(json.dumps({}))
"""
    run(installed, code)


class Stray(Check):
    """A type for these tests."""

    type: Literal["stray:type"] = "stray:type"
    template = "Stray."

    def check(self, text: Text) -> Verdict:
        return self.verdict(True)


def plugin(*classes: object) -> object:
    class Plugin:
        @hookimpl
        def verif_constraints(self) -> list[object]:
            return list(classes)

    return Plugin()


def refused(*classes: object) -> str:
    with pytest.raises(PluginError) as error:
        loading.Tables().add(plugin(*classes), "stray 1.0")
    return str(error.value)


def test_a_duplicate_name_is_refused_with_both_owners() -> None:
    tables = loading.Tables()
    tables.add(plugin(Stray), "first 1.0")
    with pytest.raises(PluginError, match=r"'stray:type' is provided by both first 1.0 and second 2.0"):
        tables.add(plugin(Stray), "second 2.0")
    assert "'stray:type' is provided twice" in refused(Stray, Stray)


def test_incomplete_declarations_are_refused_with_what_is_missing() -> None:
    class NoDocstring(Stray):
        type: Literal["stray:a"] = "stray:a"  # type: ignore[assignment]  # another name than its base

    class NoTemplate(Check):
        """It words nothing."""

        type: Literal["stray:b"] = "stray:b"

        def check(self, text: Text) -> Verdict:
            return self.verdict(True)

    class NoType(Stray):
        """It has no type of its own kind."""

        type: str = "stray:c"  # type: ignore[assignment]  # wrong on purpose

    assert "NoDocstring (stray:a) needs a docstring" in refused(NoDocstring)
    assert "NoTemplate (stray:b) needs a template" in refused(NoTemplate)
    assert 'NoType needs a field  type: Literal["family:name"]' in refused(NoType)
    assert "is not a subclass of Check or Judged" in refused(str)


def test_declarations_that_fail_later_are_refused_at_once() -> None:
    class WrongField(Stray):
        """It words a field that it does not have."""

        type: Literal["stray:d"] = "stray:d"  # type: ignore[assignment]  # another name than its base
        template = "Write {line} lines."
        lines: int = 3

    class NoCheck(Check):
        """It never says how to check."""

        type: Literal["stray:e"] = "stray:e"
        template = "Stray."

    class LoneExample(Stray):
        """Its examples are not a tuple."""

        type: Literal["stray:f"] = "stray:f"  # type: ignore[assignment]  # another name than its base
        examples = Example({}, accepts=("a",), rejects=())  # type: ignore[assignment]  # wrong on purpose

    class LettersForResponses(Stray):
        """Its example lacks a comma."""

        type: Literal["stray:g"] = "stray:g"  # type: ignore[assignment]  # another name than its base
        examples = (Example({}, accepts=("abc"), rejects=()),)  # type: ignore[arg-type]  # wrong on purpose

    with pytest.raises(AssertionError, match=r"WrongField \(stray:d\) has \{line\} in its template"):
        assert_contract(WrongField)
    assert refused(WrongField) == (
        "WrongField (stray:d) has {line} in its template, which is not a field of it; did you mean 'lines'?"
    )
    assert refused(NoCheck) == "NoCheck (stray:e) needs a method check"
    assert "needs `examples` to be a tuple of Example(...)" in refused(LoneExample)
    assert "responses are one string" in refused(LettersForResponses)


def test_a_hook_without_its_marker_is_refused() -> None:
    class Unmarked:
        def verif_constraints(self) -> list[object]:
            return [Stray]

        @hookimpl
        def verif_rows(self) -> dict[str, object]:
            return {}

    class Nothing:
        pass

    with pytest.raises(PluginError, match="verif_constraints needs @hookimpl above it"):
        loading.Tables().add(Unmarked(), "stray 1.0")
    with pytest.raises(PluginError, match=r"it has no hook: mark one of verif_constraints, .* with @hookimpl"):
        loading.Tables().add(Nothing(), "stray 1.0")


@pytest.mark.parametrize("returned", [Stray, None, "stray", {"stray:type": Stray}, 3])
def test_a_hook_that_returns_no_list_is_refused(returned: object) -> None:
    class Wrong:
        @hookimpl
        def verif_constraints(self) -> object:
            return returned

    with pytest.raises(PluginError, match=r"verif_constraints returned .*; return a list of classes"):
        loading.Tables().add(Wrong(), "stray 1.0")


@pytest.mark.parametrize("hook", ["verif_judges", "verif_aggregators", "verif_rows"])
@pytest.mark.parametrize("returned", [None, ["a"], {"a": 3}, {3: len}, len])
def test_a_hook_that_returns_no_table_of_functions_is_refused(hook: str, returned: object) -> None:
    wrong = type("Wrong", (), {hook: hookimpl(lambda _self: returned)})
    with pytest.raises(PluginError, match=f"{hook} returned"):
        loading.Tables().add(wrong(), "stray 1.0")


def test_a_check_that_returns_no_verdict_is_named_with_its_plugin() -> None:
    class Pair(Stray):
        """It returns a pair."""

        def check(self, text: Text) -> Verdict:
            return True, "why"  # type: ignore[return-value]  # wrong on purpose

    Pair.provider = "stray 1.0"
    with pytest.raises(PluginError) as error:
        Pair().decide(Text("a"))
    assert str(error.value) == (
        "stray:type (stray 1.0): check returned (True, 'why'), not a Verdict; "
        "end it with `return self.verdict(...)`"
    )


def test_a_clash_names_the_owner_in_the_same_table() -> None:
    def named(hook: str) -> object:
        return type("Named", (), {hook: hookimpl(lambda _self: {"same": len})})()

    tables = loading.Tables()
    tables.add(named("verif_rows"), "rows 1.0")
    tables.add(named("verif_aggregators"), "mean 1.0")
    with pytest.raises(PluginError, match=r"provided by both rows 1\.0 and late 1\.0"):
        tables.add(named("verif_rows"), "late 1.0")
    assert tables.plugins["rows 1.0"]["rows"] == ("same",)


def test_a_family_is_loaded_when_one_of_its_types_is_named_or_all_are_listed() -> None:
    loads: list[str] = []

    def load() -> list[type[Check]]:
        loads.append("stray")
        return [Stray]

    tables = loading.Tables()
    tables.add(plugin(Family("stray", load)), "stray 1.0")
    registry = Registry(**vars(tables))
    assert "other:type" not in registry.constraints
    assert loads == []
    assert registry.constraint_type("stray:type") is Stray
    assert registry.owners == {"stray:type": "stray 1.0"}
    assert list(registry.constraints) == ["stray:type"]
    assert loads == ["stray"]


@pytest.mark.parametrize("later", [Family("stray", lambda: [Stray]), Stray])
def test_a_family_of_two_plugins_is_refused(later: object) -> None:
    tables = loading.Tables()
    tables.add(plugin(Family("stray", lambda: [Stray])), "first 1.0")
    with pytest.raises(PluginError, match=r"'stray.*(provided by another|both first 1.0 and second 2.0)"):
        tables.add(plugin(later), "second 2.0")


@pytest.mark.parametrize(
    ("load", "cause"),
    [
        (lambda: [Stray], "the family 'other' cannot be loaded: it has the type 'stray:type'"),
        (lambda: [globals()["gone"]], "the family 'other' cannot be loaded: KeyError: 'gone'"),
        (lambda: [Check], "the family 'other' cannot be loaded: PluginError: Check needs a field"),
    ],
)
def test_a_broken_family_is_an_error_of_its_own_types_alone(load: Callable[[], list[Any]], cause: str) -> None:
    tables = loading.Tables()
    tables.add(plugin(Family("other", load), Stray), "stray 1.0")
    registry = Registry(**vars(tables))
    assert registry.constraint_type("stray:type") is Stray
    with pytest.raises(PluginError, match=f"^{re.escape(cause)}"):
        registry.constraint_type("other:type")


def test_a_process_imports_the_families_that_it_names() -> None:
    code = """
import json, sys
from verif_sdk import verify
assert verify("One two.", {"type": "length:words", "at_least": 2}).passed
print(json.dumps([*sys.modules]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    imported = {*json.loads(done.stdout)}
    assert "verif_sdk.catalogue.length" in imported
    needless = {"verif_sdk.catalogue.keywords", "verif_ifeval.reference", "verif_ifeval.ifbench.count", "asyncio"}
    assert not needless & imported


def test_a_misspelt_hook_is_refused() -> None:
    class Misspelt:
        @hookimpl
        def verif_constrains(self) -> list[object]:
            return []

    with pytest.raises(pluggy.PluginValidationError, match="verif_constrains"):
        provided.plugin_manager(Misspelt())


def test_an_entry_point_that_does_not_exist_is_reported_by_name() -> None:
    registry = loading.load([EntryPoint("ghost", "no_such_module_anywhere", "verif_sdk")])
    assert "ModuleNotFoundError" in registry.broken["'ghost' (no_such_module_anywhere)"]
    assert "length:words" in registry.constraints


def test_the_kit_catches_a_check_that_passes_what_it_should_reject() -> None:
    class Lenient(Stray):
        """It accepts everything."""

        examples = (Example({}, accepts=("a",), rejects=("b",)),)

    with pytest.raises(AssertionError, match="stray:type should reject 'b'"):
        assert_contract(Lenient)


def test_the_built_ins_come_in_through_the_same_hooks() -> None:
    assert set(Registry.installed().owners.values()) >= {f"verif-sdk {__version__}"}
    assert provided.plugin_manager(native).hook.verif_aggregators()


def test_a_plugin_whose_import_exits_is_left_out_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "exits_at_once.py").write_text("import sys\nsys.exit('no GPU here')\n")
    monkeypatch.syspath_prepend(tmp_path)
    registry = loading.load([EntryPoint("exits", "exits_at_once", "verif_sdk")])
    assert registry.broken == {"'exits' (exits_at_once)": "SystemExit: no GPU here"}


def test_a_row_format_that_returns_no_case_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = Registry(constraints={}, rows={"stray": lambda _row: 5})  # type: ignore[dict-item,return-value]  # wrong on purpose
    monkeypatch.setattr(Registry, "installed", lambda: registry)
    with pytest.raises(PluginError, match="the row format 'stray' returned 5, not a Case"):
        scoring.in_mode("stray", "strict")({})


def test_a_warning_of_the_command_line_is_one_line(installed: Path) -> None:
    command = [sys.executable, "-c", "from verif_sdk.cli import main; main()", "list", "length:words"]
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr.startswith("verif: warning: verif_sdk left out the plugin 'broken'")
    assert "registry.py" not in done.stderr


def test_a_command_of_a_plugin_that_cannot_be_loaded_is_named() -> None:
    from verif_sdk.cli import commands

    point = EntryPoint("boom", "verif_sdk.nowhere:run", commands.GROUP)
    with pytest.raises(
        PluginError, match=r"the command 'boom' of verif_sdk\.nowhere:run cannot be loaded: ModuleNot"
    ):
        commands._loaded(point)


def test_a_command_of_a_plugin_that_is_absent_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from verif_sdk.cli import app, commands

    monkeypatch.setattr(commands, "entry_points", lambda **_: ())
    done = CliRunner().invoke(app, ["data"])
    assert str(done.exception) == "unknown command 'data'; it is in a plugin: pip install verif-ifeval"


@pytest.mark.parametrize(
    ("requirement", "fits"),
    [
        ("verif-sdk", True),
        ("verif-sdk>=0.2,<99", True),
        ("verif_sdk >=0.2", True),
        ("Verif.SDK[cli] (<0.1)", False),
        ("verif-sdk>99", False),
        ("verif-sdk<=0.1.9", False),
        (f"verif-sdk<{__version__}", False),
        (f"verif-sdk<={__version__}", True),
        ("verif-sdk<0.1; extra == 'old'", True),
        ("verif-sdk-more<0.1", True),
        ("pydantic<1", True),
    ],
)
def test_a_plugin_for_another_version_of_verif_sdk_is_refused(requirement: str, fits: bool) -> None:
    if fits:
        bounds.check([requirement])
        return
    with pytest.raises(PluginError, match=r"written for verif-sdk .*, and this is"):
        bounds.check([requirement])
