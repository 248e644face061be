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
    return ChangeMaps(np.array(rows, np.float32), np.zeros((len(common), starts, 3, 0), np.float32))


def patch(top, left, value=(1.0, 1.0, 1.0)):
    found = np.zeros((3, 12, 12))
    found[:, top : top + 4, left : left + 4] = np.array(value)[:, None, None]
    return found


def direction(name="d"):
    vector = np.array([1.0, 0.0], np.float32)
    return Direction(name, name, Space.W, Linear(vector), low=-4.0, high=3.0)


def test_of_doubles_the_purer_one_stays_whatever_its_sign():
    found = maps(patch(0, 4), -patch(0, 4), patch(8, 4))
    assert refining.distinct(found, np.array([1.0, 2.0, 0.5])) == [1, 2]


def test_what_changes_every_picture_in_another_way_is_left_out():
    rng = np.random.default_rng(1)
    found = ChangeMaps(
        rng.standard_normal((1, 6, 3, 12, 12)).astype(np.float32), np.zeros((1, 6, 3, 0))
    )
    assert refining.distinct(found, np.array([1.0])) == []


def test_the_best_come_first_and_likes_late():
    near = patch(0, 4) + 0.5 * patch(4, 4)
    found = maps(patch(0, 4), near, patch(8, 4))
    order = refining.best_first(found, np.array([3.0, 2.9, 1.0]), 3)
    assert order == [0, 2, 1]


def test_the_readout_of_a_binary_source_is_far_from_normal():
    rng = np.random.default_rng(0)
    codes = rng.standard_normal((5000, 4))
    codes[:, 0] = 3.0 * (rng.random(5000) < 0.05)
    found = refining.read_out(codes, np.eye(4))
    assert found.kurtosis[0] > 5 > 1 > np.abs(found.kurtosis[1:]).max()
    assert found.skewness[0] > 2


def test_steps_become_equal_and_ends_stay_within_reach():
    rows = refining.with_equal_steps([direction(), direction(), direction()], np.array([1, 2, 1.5]))
    assert [one.unit for one in rows] == pytest.approx([1.5, 0.75, 1.0])
    assert [one.high * one.unit for one in rows] == pytest.approx([4.0, 4.0, 4.0])


def test_a_turned_direction_swaps_its_ends():
    back = refining.turned(direction(), -1.0)
    assert (back.low, back.high) == (-3.0, 4.0)
    np.testing.assert_array_equal(back.vector, [-1.0, 0.0])
