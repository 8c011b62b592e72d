"""`verif data`, the command that this plugin adds, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from verif_ifeval.nltk_data import PACKAGES


def run(*arguments: str, before: str = "pass", **environment: str) -> subprocess.CompletedProcess[str]:
    code = f"import sys; {before}; from verif_sdk.cli import main; main()"
    command = [sys.executable, "-W", "ignore", "-c", code, *arguments]
    given = {**os.environ, **environment}
    return subprocess.run(command, env=given, capture_output=True, text=True, timeout=120, check=False)


def test_it_says_where_the_data_is(tmp_path: Path) -> None:
    for path in PACKAGES.values():
        (tmp_path / path).mkdir(parents=True)
    done = run("data", NLTK_DATA=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [f"ok       {name}  {tmp_path / path}" for name, path in PACKAGES.items()]


def test_where_the_server_is_out_of_reach_it_says_what_to_download_and_where_to_put_it(tmp_path: Path) -> None:
    nowhere = {"HOME": str(tmp_path), "NLTK_DATA": "", "https_proxy": "http://127.0.0.1:9"}
    elsewhere = f"sys.prefix = {str(tmp_path)!r}"  # where this environment may have the data
    done = run("data", "--to", str(tmp_path / "here"), before=elsewhere, **nowhere)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    lacking = [line for line in done.stdout.splitlines() if line.startswith("missing")]
    assert lacking, done.stdout
    for line in lacking:
        name = line.split()[1]
        kind = PACKAGES[name].partition("/")[0]
        assert line.endswith(f"/packages/{kind}/{name}.zip in {tmp_path / 'here' / kind}")


def test_it_is_listed_with_the_other_commands() -> None:
    assert "NLTK" in run("--help").stdout
    assert "--to" in run("data", "--help").stdout
