"""The site builds without a warning, asks nobody outside, and its search knows the parts of a type's name."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mkdocs", reason="mkdocs is not installed")
    out = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(out)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


def test_no_page_loads_anything_from_outside(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        html = page.read_text("utf-8")
        loaded = re.findall(r"<(?:script|img|iframe)[^>]* src=\"?([^\" >]+)", html)
        loaded += re.findall(r"<link[^>]* rel=\"?(?:stylesheet|preload|icon)\"?[^>]* href=\"?([^\" >]+)", html)
        assert loaded
        assert not [url for url in loaded if re.match(r"(https?:)?//", url)], page.name
        assert 'data-md-component="source"' not in html, "the theme would ask GitHub for stars"


@pytest.mark.parametrize("name", ["length:words", "format:bullets", "ifeval:punctuation:no_comma"])
def test_the_search_finds_a_type_by_the_last_part_of_its_name(site: Path, name: str) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text("utf-8"))
    separator = re.compile(index["config"]["separator"])
    last = separator.split(name)[-1]
    titles = [re.sub(r"<[^>]+>", "", entry["title"]) for entry in index["docs"]]
    assert name in [title for title in titles if last in separator.split(title)]
