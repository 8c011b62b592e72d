"""A user's pattern finds the same places in this process and in a worker."""

from __future__ import annotations

import pytest

from verif_sdk.catalogue.support.patterns import Match, full_match, is_plain, search


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"a+", "aa b a", [Match((0, 2), None), Match((5, 6), None)]),
        (r"b(\w)", "bc bd", [Match((0, 2), (1, 2)), Match((3, 5), (4, 5))]),
        (r"(?:a+b)+", "aab ab", [Match((0, 3), None), Match((4, 6), None)]),
        (r"x((?:ab)+)+c", "xababc xabc", [Match((0, 6), (1, 5)), Match((7, 11), (8, 10))]),
        (r"(?:a+b)+(c)?", "aab", [Match((0, 3), (-1, -1))]),
    ],
)
def test_places_of_a_match_and_of_its_first_group(pattern: str, text: str, found: list[Match]) -> None:
    assert search(pattern, text) == found
    assert full_match(pattern, text) is (found[0].span == (0, len(text)))


def test_a_repeated_group_that_repeats_is_left_to_a_worker() -> None:
    assert [is_plain(pattern) for pattern in (r"b(\w)", r"(?:a+b)+", r"x((?:ab)+)+c")] == [True, False, False]
