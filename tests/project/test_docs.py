"""The documentation is true: the catalogue page is fresh, and the examples of README and tutorial run."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from verif_sdk.testing import assert_contract

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "docs" / "tutorial" / "first-reward.md"]


def blocks(page: Path) -> str:
    """Return the Python of a page as one program, with a scripted judge in the place of the model."""
    code = "\n".join(re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL))
    return code.replace('"vllm:Qwen/Qwen3-8B"', "judge")


def run(page: Path, folder: Path) -> Any:
    """Run the Python of a page as a module and return it."""
    file = folder / f"page_{page.stem.replace('-', '_')}.py"
    file.write_text(
        "from verif_sdk.judges.scripted import ScriptedJudge\n"
        f"judge = ScriptedJudge(lambda _: 1.0)\n{blocks(page)}"
    )
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module  # where pydantic looks up annotations
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_of_a_page_run_with_a_scripted_judge(
    page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(page, tmp_path)
    assert "reward 1.000" in capsys.readouterr().out or page.name != "README.md"


def test_the_plugin_of_the_readme_keeps_the_contract(tmp_path: Path) -> None:
    assert_contract(run(ROOT / "README.md", tmp_path).NoEmDash)


def test_the_catalogue_page_is_fresh() -> None:
    spec = importlib.util.spec_from_file_location("catalogue", ROOT / "docs" / "catalogue.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PAGE.read_text("utf-8") == module.page(), "run: python docs/catalogue.py"


@pytest.mark.parametrize(
    "page", [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"], ids=lambda p: p.name
)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text("utf-8")):
        if page.name != "catalogue.md":
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
