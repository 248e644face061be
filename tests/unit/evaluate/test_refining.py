"""Doubles merged, orders, signs and steps."""

import numpy as np
import pytest

from latentstudio.core.spaces import Space
from latentstudio.document.direction import Direction, Linear
from latentstudio.evaluate import refining
from latentstudio.evaluate.change_maps import ChangeMaps


def maps(*common, starts=3, noise=0.01):
    rng = np.random.default_rng(0)
    rows = [[one + noise * rng.standard_normal(one.shape) for _ in range(starts)] for one in common]
    return changing(np.array(rows, np.float32))


def changing(maps):
    """Maps (K, S, C, H, W) by themselves, without readings and shapes."""
    many = maps.shape[:2]
    return ChangeMaps(maps, np.zeros((*many, 3, 0)), np.zeros((*many, 2, 0)))


def patch(top, left, value=(1.0, 1.0, 1.0)):
    found = np.zeros((3, 12, 12))
    found[:, top : top + 4, left : left + 4] = np.array(value)[:, None, None]
    return found


def direction(name="d"):
    vector = np.array([1.0, 0.0], np.float32)
    return Direction(name, name, Space.W, Linear(vector), low=-4.0, high=3.0)


def test_of_doubles_the_one_stays_that_changes_its_part_most_whatever_its_sign():
    found = maps(patch(0, 4), -2.0 * patch(0, 4), 0.5 * patch(8, 4))
    assert refining.distinct(found) == [1, 2]


def test_what_changes_every_picture_in_another_way_is_left_out():
    rng = np.random.default_rng(1)
    found = changing(rng.standard_normal((1, 6, 3, 12, 12)).astype(np.float32))
    assert refining.distinct(found) == []


def test_what_changes_a_part_comes_first_and_what_is_like_another_late():
    near = patch(0, 4) + 0.3 * patch(4, 4)
    all_over = np.ones((3, 12, 12))
    found = maps(all_over, patch(0, 4), near, patch(8, 4) + 0.5 * patch(8, 0))
    assert refining.best_first(found, 4) == [1, 3, 0, 2]
    assert found.locality()[1] > 0.8 > 0.01 > found.locality()[0]


def test_what_is_rarer_shows_in_the_skewness_of_the_readout():
    rng = np.random.default_rng(0)
    codes = rng.standard_normal((5000, 4))
    codes[:, 0] = 3.0 * (rng.random(5000) < 0.05)
    found = refining.read_out(codes, np.eye(4))
    assert found[0] > 2 > 0.2 > np.abs(found[1:]).max()


def test_steps_become_equal_and_ends_stay_within_reach():
    rows = refining.with_equal_steps([direction(), direction(), direction()], np.array([1, 2, 1.5]))
    assert [one.unit for one in rows] == pytest.approx([1.5, 0.75, 1.0])
    assert [one.high * one.unit for one in rows] == pytest.approx([4.0, 4.0, 4.0])


def test_a_turned_direction_swaps_its_ends():
    back = refining.turned(direction(), -1.0)
    assert (back.low, back.high) == (-3.0, 4.0)
    np.testing.assert_array_equal(back.vector, [-1.0, 0.0])
