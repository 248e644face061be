"""Round numbers for the ends of scales."""

import pytest

from latentstudio.core.round_numbers import rounded_up


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1.0, 1), (1.01, 1.5), (0.62, 0.8), (2.2, 3), (6.0, 6), (6.1, 8), (9.0, 10), (0.013, 0.015)],
)
def test_the_next_round_number(value, expected):
    assert rounded_up(value) == pytest.approx(expected)
