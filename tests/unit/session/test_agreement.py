"""Directions that agree, on vectors whose angles are planted."""

import numpy as np
import pytest

from latentstudio.core.spaces import Space
from latentstudio.document.direction import Direction
from latentstudio.session.agreement import absolute_cosines, compare


def at(degrees, id="a", method="sefa", space=Space.W, axis=1, **more):
    """A direction in a plane, so many degrees from the first axis."""
    vector = np.zeros(8, np.float32)
    vector[0], vector[axis] = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return Direction(id, id, space, vector, method=method, **more)


def test_four_methods_that_find_one_axis_are_one_group_whatever_its_sign():
    methods = ("sefa", "ganspace", "dp-lase", "voynov-babenko")
    near = [at(180 * (k % 2) + 5 * k, m, m) for k, m in enumerate(methods)]
    kin = compare([*near, at(90, "other", "sefa")])
    assert set(kin["dp-lase"].methods) == set(methods)
    assert kin["dp-lase"].methods[0] == "dp-lase"
    assert kin["sefa"].same == methods[1:]
    assert kin["other"].methods == ("sefa",)
    assert kin["other"].same == ()


def test_the_limit_is_a_cosine_of_nine_tenths():
    inside, outside = np.degrees(np.arccos([0.901, 0.899]))
    assert compare([at(0, "a"), at(inside, "b", "ganspace")])["a"].same == ("b",)
    found = compare([at(0, "a"), at(outside, "b", "ganspace")])
    assert found["a"].same == ()
    assert found["a"].partly == "b"


def test_partly_like_starts_at_one_half_and_names_the_nearest():
    others = [at(0, "far", "ganspace"), at(20, "near", "ganspace")]
    assert compare([*others, at(65, "me")])["me"].partly == "near"
    assert compare([at(0, "a", "ganspace"), at(59, "me")])["me"].partly == "a"
    assert compare([at(0, "a", "ganspace"), at(61, "me")])["me"].partly == ""


def test_a_chain_of_small_turns_does_not_join_its_ends():
    chain = [at(20 * k, str(k), f"method-{k}") for k in range(3)]
    kin = compare(chain)
    assert kin["0"].same == ("1",)
    assert kin["2"].same == ()


def test_repeats_in_a_run_are_marked_on_the_later_one_only():
    kin = compare([at(0, "a"), at(10, "b"), at(3, "c", "ganspace")])
    assert (kin["a"].duplicate_of, kin["b"].duplicate_of, kin["c"].duplicate_of) == ("", "a", "")
    assert kin["b"].methods == ("sefa", "ganspace")


def test_two_runs_of_a_method_are_no_repeats_of_each_other():
    first, second = at(0, "a", note={"run": 1}), at(0, "b", note={"run": 2})
    kin = compare([first, second])
    assert kin["b"].duplicate_of == ""
    assert kin["b"].same == ("a",)
    assert kin["b"].methods == ("sefa",)


def test_other_spaces_other_sizes_and_layers_that_do_not_meet_are_not_compared():
    longer = Direction("d", "d", Space.W, np.eye(16, dtype=np.float32)[0], method="own")
    them = [at(0, "a", layers=(0, 3)), at(0, "b", "x", Space.Z), at(0, "c", "y", layers=(4, 9))]
    cosines = absolute_cosines([*them, longer, at(0, "e", "z", layers=(3, 4))])
    expected = np.zeros((5, 5))
    expected[np.diag_indices(5)] = 1
    expected[0, 4] = expected[4, 0] = expected[2, 4] = expected[4, 2] = 1
    assert cosines == pytest.approx(expected)


def test_channel_edits_are_left_out_and_curved_paths_are_compared_by_their_tangent():
    curved = at(5, "curved", "warpedganspace", kind="rbf")
    kin = compare([at(0, "a"), curved, at(0, "part", "dp-lase", kind="channels")])
    assert kin["a"].same == ("curved",)
    assert "part" not in kin


def test_nothing_and_a_vector_of_zeros_are_no_reason_to_fail():
    assert compare([]) == {}
    empty = Direction("nil", "nil", Space.W, np.zeros(8, np.float32), method="own")
    assert compare([empty, at(0, "a")])["nil"].same == ()
