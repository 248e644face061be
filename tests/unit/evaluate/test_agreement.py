"""Directions that agree, on vectors whose angles are planted."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from latentstudio.core.spaces import Space
from latentstudio.document.direction import ChannelGroups, CurvedPath, Direction, Linear, Provenance
from latentstudio.engine.paths import RbfPath
from latentstudio.evaluate.agreement import PARTLY, SAME, agreements, compare, run_of
from latentstudio.evaluate.tangents import axes, tangents


def at(degrees, id="a", method="sefa", space=Space.W, axis=1, run=0, **more):
    """A direction in a plane, so many degrees from the first axis."""
    vector = np.zeros(8, np.float32)
    vector[0], vector[axis] = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return Direction(
        id, id, space, Linear(vector), provenance=Provenance(method, number=run), **more
    )


def test_four_methods_that_find_one_axis_are_one_group_whatever_its_sign():
    methods = ("sefa", "ganspace", "dp-lase", "voynov-babenko")
    near = [at(180 * (k % 2) + 5 * k, m, m) for k, m in enumerate(methods)]
    found = compare([*near, at(90, "other", "sefa")])
    assert set(found["dp-lase"].methods) == set(methods)
    assert found["dp-lase"].methods[0] == "dp-lase"
    assert found["sefa"].same == methods[1:]
    assert found["other"].methods == ("sefa",)
    assert found["other"].same == ()


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
    found = compare(chain)
    assert found["0"].same == ("1",)
    assert found["2"].same == ()


def test_repeats_in_a_run_are_marked_on_the_later_one_only():
    found = compare([at(0, "a"), at(10, "b"), at(3, "c", "ganspace")])
    repeats = [found[id].duplicate_of for id in "abc"]
    assert repeats == ["", "a", ""]
    assert found["b"].methods == ("sefa", "ganspace")


def test_two_runs_of_a_method_are_no_repeats_of_each_other():
    first, second = at(0, "a", run=1), at(0, "b", run=2)
    found = compare([first, second])
    assert found["b"].duplicate_of == ""
    assert found["b"].same == ("a",)
    assert found["b"].methods == ("sefa",)


def test_other_spaces_other_sizes_and_layers_that_do_not_meet_are_not_compared():
    longer = Direction(
        "d", "d", Space.W, Linear(np.eye(16, dtype=np.float32)[0]), provenance=Provenance("own")
    )
    them = [at(0, "a", layers=(0, 3)), at(0, "b", "x", Space.Z), at(0, "c", "y", layers=(4, 9))]
    cosines = agreements([*them, longer, at(0, "e", "z", layers=(3, 4))])
    expected = np.zeros((5, 5))
    expected[np.diag_indices(5)] = 1
    expected[0, 4] = expected[4, 0] = expected[2, 4] = expected[4, 2] = 1
    assert cosines == pytest.approx(expected)


def path(ends, gamma, id="curved", method="warpedganspace", unit=1.0, **more):
    """A path between pairs of support vectors, ends and minus ends (N, 8)."""
    ends = np.asarray(ends, np.float32)
    curve = CurvedPath(
        ends[0] / np.linalg.norm(ends[0]),
        np.stack([ends, -ends], 1).reshape(-1, 8),
        np.array([1.0, -1.0] * len(ends), np.float32),
        np.array([gamma], np.float32),
    )
    return Direction(id, id, Space.W, curve, unit, provenance=Provenance(method), **more)


def test_channel_edits_are_left_out():
    part = at(0, "part", "dp-lase")
    found = compare([at(0, "a"), replace(part, payload=ChannelGroups(part.vector))])
    assert found["a"].same == ()
    assert "part" not in found


def test_tangents_are_those_of_the_path():
    bent = path(np.random.default_rng(1).standard_normal((3, 8)), 0.3, unit=0.7)
    rbf = RbfPath.from_arrays(bent.payload.arrays)
    draws = np.random.default_rng(0).standard_normal((16, 8))
    points = torch.from_numpy((bent.payload.support.mean(0) + 0.7 * draws).astype(np.float32))
    np.testing.assert_allclose(tangents(bent.payload, 0.7), rbf.tangent(points), atol=1e-4)


def test_a_path_that_hardly_bends_agrees_like_a_straight_direction():
    near = path([at(5).vector * 4], 0.001)
    assert len(axes(near)) == 1
    found = compare([at(0, "a"), near, at(90, "b", "ganspace")])
    assert found["a"].same == ("curved",)
    assert found["curved"].methods == ("warpedganspace", "sefa")
    found = agreements([at(0), near])[0, 1]
    assert found == pytest.approx(np.cos(np.radians(5)), abs=0.02)


def test_a_path_that_bends_is_more_than_any_of_its_tangents():
    ends = 3 * np.eye(8, dtype=np.float32)[:3]
    bent = path(ends, 0.5)
    space = axes(bent)
    assert len(space) > 2
    np.testing.assert_allclose(space @ space.T, np.eye(len(space)), atol=1e-9)
    lines = [at(0, "a"), at(90, "b"), at(90, "c", axis=2)]
    found = agreements([bent, *lines])
    np.testing.assert_allclose(np.diag(found), 1)
    for k in range(3):
        cosine = np.linalg.norm(space @ lines[k].vector)  # of the one principal angle
        assert found[0, 1 + k] == pytest.approx(cosine / np.sqrt(len(space)))
        assert found[0, 1 + k] < 0.6
    again = path(ends * 1.05, 0.5, "again")
    assert compare([bent, again])["again"].duplicate_of == "curved"


def test_a_broken_path_is_compared_by_its_vector():
    sound = path([at(5).vector], 1.0)
    curve = CurvedPath(sound.vector, np.ones((2, 3), np.float32))
    broken = replace(sound, payload=curve)
    assert agreements([at(0), broken])[0, 1] == pytest.approx(np.cos(np.radians(5)))


def test_nothing_and_a_vector_of_zeros_are_no_reason_to_fail():
    assert compare([]) == {}
    empty = Direction(
        "nil", "nil", Space.W, Linear(np.zeros(8, np.float32)), provenance=Provenance("own")
    )
    assert compare([empty, at(0, "a")])["nil"].same == ()


def test_many_directions_agree_as_they_do_pair_by_pair():
    rng = np.random.default_rng(5)
    rows = rng.standard_normal((8, 16))
    many = []
    for k in range(60):
        vector = rows[k % 8] + rng.standard_normal(16) * rng.choice([0.05, 0.3, 1.0])
        layers = (None, (0, 3), (4, 7))[k % 3]
        method = ("sefa", "ganspace", "dp-lase")[k % 5 % 3]
        row = (vector / np.linalg.norm(vector)).astype(np.float32)
        many.append(
            Direction(
                f"d{k}", "", Space.W, Linear(row), layers=layers, provenance=Provenance(method)
            )
        )
    found = compare(many)
    cosines = agreements(many)
    for k, one in enumerate(many):
        same = [j for j in range(60) if j != k and many[j].id in found[one.id].same]
        assert all(cosines[k, j] >= SAME for j in same)
        others = [j for j in range(60) if run_of(many[j]) != run_of(one)]
        best = max(others, key=lambda j: cosines[k, j])
        wanted = many[best].id if cosines[k, best] >= PARTLY and not same else ""
        assert found[one.id].partly == wanted
    assert any(one.same for one in found.values())
    assert any(one.partly for one in found.values())
