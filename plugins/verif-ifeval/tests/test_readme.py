"""The README counts what the plugin has."""

from __future__ import annotations

import re
from pathlib import Path

from verif_ifeval import ifbench, ifeval, iftrain
from verif_ifeval.reference import Reference, diverging

README = (Path(__file__).resolve().parents[1] / "README.md").read_text("utf-8")


def test_the_counts_of_the_readme_are_those_of_the_code() -> None:
    families = [family.constraints() for family in (ifeval, ifbench, iftrain)]
    assert re.findall(r"\((\d+)\)", README)[:2] == [str(len(families[0])), str(len(families[1]))]
    assert f"IF-RLVR has ({len(families[2])})" in README.replace("\n", " ")


def test_every_type_with_a_fixed_variant_is_counted_and_has_an_example_on_the_page() -> None:
    every = [cls for family in (ifeval, ifbench, iftrain) for cls in family.constraints()]
    fixed = {
        cls.model_fields["type"].default for cls in every if getattr(cls, "fixed", None) is not Reference.fixed
    }
    assert fixed == set(diverging(every))
    assert f"{len(fixed)} types" in README
