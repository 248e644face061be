"""Groups are switched off where that makes a walk do more nearly one thing."""

import numpy as np
import pytest

from latentstudio.core.progress import run
from latentstudio.discovery.purest_groups import KEEP, purest_groups


def walks(*rows):
    """A walk whose groups each carry the components as far as a row says, and add up."""
    table = np.array(rows, float)

    def change(off):
        return table[[row for row in range(len(table)) if row not in off]].sum(0)

    return change


@pytest.mark.parametrize(
    ("rows", "off"),
    [
        # Two groups do what the direction is for, one brings something else.
        ([[3, 0, 0], [3, 0, 0], [0, 2, 0]], {2}),
        # Two that do, each something of its own.
        ([[4, 0, 0], [0, 2, 0], [0, 0, 1]], {1, 2}),
        # All do one thing: nothing to gain.
        ([[1, 0, 0], [1, 0, 0]], set()),
        # What one brings another takes away again.
        ([[3, 2, 0], [3, -2, 0]], set()),
        # Against what the direction is for, and nothing else: off as well only if it gets purer.
        ([[4, 0, 0], [-1, 1, 0]], {1}),
    ],
)
def test_what_brings_something_else_is_off(rows, off):
    assert run(purest_groups(walks(*rows), len(rows))) == off


def test_a_walk_keeps_most_of_what_it_is_for():
    impure = [[1, 0.2], [1, 0.0], [1, 0.0], [1, 3.0]]  # a quarter of it, and nearly all that isn't
    assert run(purest_groups(walks(*impure), 4)) == {3}
    more = [[2, 3.0], [1, 0.0], [1, 0.0]]  # a half: too much to lose
    assert KEEP > 0.5
    assert run(purest_groups(walks(*more), 3)) == set()


def test_it_never_ends_with_nothing():
    assert run(purest_groups(walks([0, 0], [0, 0]), 2)) == set()
