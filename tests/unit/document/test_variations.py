"""The recipes of a grid: what a click will do is known before anything is drawn."""

from dataclasses import replace

import pytest

from latentstudio.document.state import Edit, MaskUse, Picture
from latentstudio.document.variations import Axis, Variations, cells, from_the_middle, spread

NOW = Picture(edits=(Edit("a", 1.0), Edit("b", 0.5, on=False)), solo="b")


@pytest.mark.parametrize(
    ("now", "reach", "expected"),
    [
        (0.0, 3.0, (-3.0, -1.5, 0.0, 1.5, 3.0)),
        (1.0, 6.0, (-3.0, -1.0, 1.0, 2.0, 3.0)),  # as far as the slider goes
        (3.0, 1.0, (2.0, 2.5, 3.0, 3.0, 3.0)),
        (5.0, 1.0, (4.0, 4.5, 5.0, 5.0, 5.0)),  # a typed amount beyond the end stays the middle
    ],
)
def test_amounts_lie_around_the_slider_within_its_ends(now, reach, expected):
    assert spread(now, reach, -3.0, 3.0, 5) == expected


def test_a_grid_has_the_picture_itself_in_the_middle_and_more_at_the_right_and_above():
    across, up = Axis("a", (0.0, 1.0, 2.0)), Axis("c", (-1.0, 0.0, 1.0))
    asked = Variations(NOW, "grid", 3, 3, (across, up))
    found = [cell.picture for cell in cells(asked)]
    assert found[asked.middle] == NOW  # mute and solo as they are
    assert [(p.amount("a"), p.amount("c")) for p in found] == [
        (0, 1), (1, 1), (2, 1), (0, 0), (1, 0), (2, 0), (0, -1), (1, -1), (2, -1)
    ]  # fmt: skip
    assert found[2].edits == (Edit("a", 2.0), Edit("b", 0.5, on=False), Edit("c", 1.0))
    assert found[2].solo is None
    assert [p.edit("a") for p in found[::3]] == [None] * 3


def test_a_muted_direction_is_heard_where_it_varies():
    (cell, _, _) = cells(Variations(NOW, "rows", 3, 1, (Axis("b", (-1.0, 0.5, 2.0)),)))
    assert cell.picture.edit("b") == Edit("b", -1.0)
    assert cell.picture.solo == "b"


def test_a_local_direction_takes_its_mask_along():
    use = MaskUse("f" * 64, 0.02)
    made = cells(Variations(Picture(), "rows", 3, 1, (Axis("l", (-1.0, 0.0, 1.0), mask=use),)))
    assert made[0].picture.edits == (Edit("l", -1.0, mask=use),)
    assert made[1].picture == Picture()


def test_random_steps_are_the_same_for_the_same_seed_and_lie_between_the_ends():
    asked = Variations(NOW, "mix", 3, 3, (Axis("a", (-2.0, 4.0)),), seed=5)
    first = cells(asked)
    assert first == cells(asked)
    assert first != cells(replace(asked, seed=6))
    assert [cell.draw for cell in first] == [1, 2, 3, 4, 0, 6, 7, 8, 9]
    assert first[asked.middle].picture == NOW
    amounts = {cell.picture.amount("a") for cell in first}
    assert len(amounts) == 9
    assert all(-2 <= amount <= 4 for amount in amounts)


def test_tiles_come_from_the_middle_outward():
    asked = Variations(NOW, "random", 5, 3)
    order = from_the_middle(asked)
    assert order[0] == asked.middle == 7
    assert set(order[1:5]) == {2, 6, 8, 12}
    assert sorted(order) == list(range(15))
