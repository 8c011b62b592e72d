"""The way in from a clone: the install command of the pages, in an environment that has nothing else."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
HARD = """
from verif_sdk import verify
result = verify("One two.", [{"type": "length:words", "at_most": 3}, {"type": "ifeval:punctuation:no_comma"}])
print(result.reward)
"""


def test_every_extra_and_path_that_a_page_installs_exists() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    commands = [line for page in PAGES for line in re.findall(r"pip install [^`\n#]+", page.read_text("utf-8"))]
    assert commands
    for command in commands:
        for named in re.findall(r"\.\[([\w,]+)\]", command):
            assert set(named.split(",")) <= set(extras), command
        for path in re.findall(r"\./plugins/[\w-]+", command):
            assert (ROOT / path / "pyproject.toml").exists(), command


def test_a_clone_installs_into_an_empty_environment(tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", ".", "./plugins/verif-ifeval"]
    installed = subprocess.run(install, cwd=ROOT, capture_output=True, text=True, check=False)
    if installed.returncode and "No matching distribution" in installed.stderr:
        pytest.skip("the package index is out of reach")
    assert installed.returncode == 0, installed.stderr
    printed = subprocess.run([python, "-c", HARD], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert printed.stdout == "1.0\n"
    verif = tmp_path / "env" / "bin" / "verif"
    doctor = subprocess.run([verif, "doctor", "--json"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert doctor.returncode == 0, doctor.stderr
    assert "verif-ifeval" in json.dumps(json.loads(doctor.stdout))
