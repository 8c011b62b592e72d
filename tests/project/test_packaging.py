"""What strangers meet first: READMEs on an index, the metadata of both packages, and versions that agree.

The wheels themselves are built, checked and tried by `make wheels`, which .ci/run calls.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = [ROOT, *(path.parent for path in sorted(ROOT.glob("plugins/*/pyproject.toml")))]
SITE = "https://verif-sdk.github.io/verif_sdk/"
REPOSITORY = "https://github.com/verif-sdk/verif_sdk/"


def project(folder: Path) -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    return table


@pytest.mark.parametrize("folder", PROJECTS, ids=lambda path: path.name)
def test_links_of_a_readme_work_on_an_index_and_lead_somewhere(folder: Path) -> None:
    readme = (folder / "README.md").read_text("utf-8")
    assert not re.findall(r"\]\((?!https?:)[^)]*\)|^\[[^\]]+\]: (?!https?:)", readme, re.MULTILINE)
    for page in re.findall(rf"{re.escape(SITE)}([\w/-]+)/", readme):
        assert (ROOT / "docs" / f"{page}.md").exists(), page
    for path in re.findall(rf"{re.escape(REPOSITORY)}(?:blob|tree)/main/([\w./-]+)", readme):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("folder", PROJECTS, ids=lambda path: path.name)
def test_a_package_says_who_made_it_under_which_terms_and_that_it_is_typed(folder: Path) -> None:
    table = project(folder)
    assert table["readme"] == "README.md"
    assert {"Homepage", "Source", "Issues", "Changelog"} <= set(table["urls"])
    assert table["authors"]
    assert "Typing :: Typed" in table["classifiers"]
    assert [(folder / name).read_text("utf-8") for name in table["license-files"]] == [
        (ROOT / "LICENSE").read_text("utf-8")
    ]
    assert list((folder / "src").glob("*/py.typed"))


@pytest.mark.parametrize("folder", PROJECTS, ids=lambda path: path.name)
def test_the_pythons_of_the_workflows_are_those_of_the_classifiers(folder: Path) -> None:
    named = [line.removeprefix("Programming Language :: Python :: ") for line in project(folder)["classifiers"]]
    matrix = re.search(r"python: \[(.+)\]", (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    assert matrix
    assert [name for name in named if re.fullmatch(r"3\.\d+", name)] == re.findall(r"[\d.]+", matrix[1])


def test_libraries_whose_private_parts_we_use_have_an_upper_bound() -> None:
    core, plugin = project(ROOT)["dependencies"], project(ROOT / "plugins" / "verif-ifeval")["dependencies"]
    for name, needed in (("langdetect", core), ("nltk", plugin)):
        (requirement,) = (one for one in needed if one.startswith(name))
        assert "<" in requirement


def test_the_packages_have_one_version_and_a_release_without_its_changelog_is_refused() -> None:
    def said(tag: str) -> tuple[int, str]:
        command = [sys.executable, str(ROOT / "scripts" / "release_version.py"), tag]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    version = project(ROOT / "plugins" / "verif-ifeval")["version"]
    newest = re.search(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest
    assert newest[1].startswith(version)
    released = re.fullmatch(r"\S+, \d{4}-\d\d-\d\d", newest[1]) is not None
    assert said(f"v{version}")[0] == (0 if released else 1)
    code, message = said("v0.0.0")
    assert code == 1
    assert f"'verif-sdk': '{version}'" in message
