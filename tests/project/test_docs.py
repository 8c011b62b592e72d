"""Generated pages are fresh, and links lead somewhere; that the pages are true is tested in tests/pages."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_the_catalogue_pages_are_fresh() -> None:
    module = generator("catalogue")
    for distribution, (path, _) in module.PAGES.items():
        assert path.read_text("utf-8") == module.page(distribution), "run: python docs/catalogue.py"


def test_the_page_of_the_truth_set_is_fresh() -> None:
    module = generator("truth")
    assert module.PAGE.read_text("utf-8") == module.page(), "run: python docs/truth.py"


def generator(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "page", [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"], ids=lambda p: p.name
)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text("utf-8")):
        if not page.name.startswith("catalogue"):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
