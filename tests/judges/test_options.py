"""Options of a judge spec: which values each kind takes, at its edges, and what it makes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from verif_sdk import InvalidSpec
from verif_sdk.judges.options import count, flag, number, share


@pytest.mark.parametrize(
    ("read", "given", "value"),
    [
        (flag, True, True),
        (flag, "true", True),
        (flag, "False", False),
        (number, 1, 1.0),
        (number, "0.3", 0.3),
        (number, 1e-9, 1e-9),
        (count, 0, 0),
        (count, "3", 3),
        (count, 2.0, 2),
        (share, 0, 0.0),
        (share, "1", 1.0),
        (share, 0.5, 0.5),
    ],
)
def test_a_value_is_read_from_text_or_taken_from_python(read: Callable[..., Any], given: Any, value: Any) -> None:
    made = read("option", given)
    assert (type(made), made) == (type(value), value)


@pytest.mark.parametrize(
    ("read", "given", "said"),
    [
        (flag, 1, "is true or false, got 1"),
        (flag, "yes", "is true or false, got 'yes'"),
        (number, 0, "is a number above 0, got 0"),
        (number, "-1", "is a number above 0, got '-1'"),
        (number, True, "is a number above 0, got True"),
        (number, "many", "is a number above 0, got 'many'"),
        (count, -1, "is a whole number from 0, got -1"),
        (count, 1.5, "is a whole number from 0, got 1.5"),
        (count, False, "is a whole number from 0, got False"),
        (count, float("inf"), "is a whole number from 0, got inf"),
        (count, "few", "is a whole number from 0, got 'few'"),
        (share, -0.01, "is a number from 0 to 1, got -0.01"),
        (share, 1.01, "is a number from 0 to 1, got 1.01"),
        (share, True, "is a number from 0 to 1, got True"),
        (share, "half", "is a number from 0 to 1, got 'half'"),
    ],
)
def test_a_value_of_another_kind_is_refused(read: Callable[..., Any], given: Any, said: str) -> None:
    with pytest.raises(InvalidSpec) as error:
        read("option", given)
    assert str(error.value) == f"judge option 'option' {said}"
