"""How counts are worded."""

from __future__ import annotations

import pytest

from verif_sdk.catalogue.support.bounds import counted, plural


@pytest.mark.parametrize(
    ("unit", "several"),
    [
        ("word", "words"),
        ("box", "boxes"),
        ("class of words", "classes of words"),
        ("switch", "switches"),
        ("category", "categories"),
        ("day", "days"),
        ("word in capitals", "words in capitals"),
        ('use of "a,\nb"', 'uses of "a,\nb"'),
        ("heading with a number", "headings with a number"),
        ("mark on a line", "marks on a line"),
    ],
)
def test_the_first_noun_takes_the_plural(unit: str, several: str) -> None:
    assert plural(unit) == several
    assert [counted(number, unit) for number in (0, 1, 1200)] == [f"0 {several}", f"1 {unit}", f"1,200 {several}"]
