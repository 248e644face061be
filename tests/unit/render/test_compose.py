"""Masked edits: nothing outside a mask changes by a byte, and masks stack."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from latentstudio.core.errors import AbilityError, OptionError
from latentstudio.core.spaces import Space
from latentstudio.document.assets import MemoryAssets, MissingAssetError
from latentstudio.document.direction import Direction, Linear, Local
from latentstudio.document.start import Seed
from latentstudio.document.state import AUTO, Edit, MaskUse, Picture
from latentstudio.render.coarse import CoarsePreviews
from latentstudio.render.compose import MaskedMoves, composed, layered
from latentstudio.render.mask_images import feathered, mask_image, resampled
from latentstudio.render.moves import along_points
from latentstudio.render.renderer import Renderer

SIDE = 64


def box(top, left, height, width, side=SIDE):
    mask = np.zeros((side, side), np.float32)
    mask[top : top + height, left : left + width] = 1
    return mask


@pytest.fixture
def assets():
    return MemoryAssets()


@pytest.fixture
def renderer(portraits, portraits_density, assets):
    made = Renderer(portraits, assets)
    made.densities = {None: portraits_density}
    rng = np.random.default_rng(3)
    for name in "abc":
        vector = rng.standard_normal(128).astype(np.float32)
        vector /= np.linalg.norm(vector)
        one = Direction(name, name, Space.W, Linear(vector), 2.0)
        made.directions = {**made.directions, name: one}
    return made


def shown(renderer, *edits, **more):
    return renderer.pixels(Picture(Seed(4), edits=edits, **more))


def test_pixels_outside_the_feathered_mask_stay_the_same_bytes(renderer, assets):
    use = MaskUse(assets.put(box(20, 20, 16, 24)), feather=0.03)
    other = Edit("b", 1.0)
    without = shown(renderer, other)
    with_it = shown(renderer, other, Edit("a", 3.0, mask=use))
    inside = mask_image(use, assets, (SIDE, SIDE)).numpy() > 0
    assert 16 * 24 < inside.sum() < SIDE * SIDE / 2
    assert np.array_equal(with_it[~inside], without[~inside])
    assert (with_it[inside] != without[inside]).any(axis=1).mean() > 0.5


def test_inside_a_hard_mask_is_the_edited_picture_and_a_full_mask_is_an_edit_without_one(
    renderer, assets
):
    hard = MaskUse(assets.put(box(8, 0, 30, 40)))
    full = MaskUse(assets.put(np.full((16, 16), 255, np.uint8)))
    whole = shown(renderer, Edit("a", 2.0))
    masked = shown(renderer, Edit("a", 2.0, mask=hard))
    assert np.array_equal(masked[8:38, :40], whole[8:38, :40])
    assert np.array_equal(shown(renderer, Edit("a", 2.0, mask=full)), whole)
    open_ = replace(hard, protect=False)
    assert np.array_equal(shown(renderer, Edit("a", 2.0, mask=open_)), whole)


def test_regions_keep_out_of_each_other(renderer, assets):
    left = MaskUse(assets.put(box(0, 0, SIDE, 30)))
    right = MaskUse(assets.put(box(0, 34, SIDE, 30)))
    both = shown(renderer, Edit("a", 2.0, mask=left), Edit("b", 2.0, mask=right))
    assert np.array_equal(both[:, :30], shown(renderer, Edit("a", 2.0))[:, :30])
    assert np.array_equal(both[:, 34:], shown(renderer, Edit("b", 2.0))[:, 34:])
    assert np.array_equal(both[:, 30:34], shown(renderer)[:, 30:34])
    turned = shown(renderer, Edit("b", 2.0, mask=right), Edit("a", 2.0, mask=left))
    assert np.array_equal(both, turned)


def test_where_masks_meet_both_edits_apply_and_mute_and_solo_hold(renderer, assets):
    one = MaskUse(assets.put(box(0, 0, SIDE, 40)))
    two = MaskUse(assets.put(box(0, 20, SIDE, 44)))
    a, b = Edit("a", 2.0, mask=one), Edit("b", -2.0, mask=two)
    both = shown(renderer, a, b)
    meeting = shown(renderer, Edit("a", 2.0), Edit("b", -2.0))
    assert np.array_equal(both[:, 20:40], meeting[:, 20:40])
    assert np.array_equal(both[:, :20], shown(renderer, a)[:, :20])
    assert np.array_equal(both[:, 40:], shown(renderer, b)[:, 40:])
    assert np.array_equal(shown(renderer, a, replace(b, on=False)), shown(renderer, a))
    assert np.array_equal(shown(renderer, a, b, solo="b"), shown(renderer, b))


def test_a_masked_slider_draws_only_the_parts_it_takes_part_in(renderer, assets):
    one = MaskUse(assets.put(box(0, 0, 20, 20)), 0.02)
    two = MaskUse(assets.put(box(40, 40, 20, 20)), 0.02)
    shown(renderer, Edit("a", 1.0, mask=one), Edit("b", 1.0, mask=two), Edit("c", 1.0))
    assert renderer.parts.made == 3  # c; c and a; c and b
    shown(renderer, Edit("a", 1.5, mask=one), Edit("b", 1.0, mask=two), Edit("c", 1.0))
    assert renderer.parts.made == 4
    shown(renderer, Edit("a", 1.5, mask=replace(one, feather=0.05)),
          Edit("b", 1.0, mask=two), Edit("c", 1.0))  # fmt: skip
    assert renderer.parts.made == 4


@pytest.mark.parametrize("walk", ["preserve", "geodesic"])
def test_walks_on_the_shell_take_masks(renderer, assets, walk):
    use = MaskUse(assets.put(box(10, 10, 30, 30)))
    edits = Edit("a", 3.0, mask=use), Edit("b", 1.0)
    masked, plain = (shown(renderer, *e, walk=walk) for e in (edits, (Edit("b", 1.0),)))
    whole = shown(renderer, Edit("a", 3.0), Edit("b", 1.0), walk=walk)
    assert np.array_equal(masked[:10], plain[:10])
    assert np.array_equal(masked[10:40, 10:40], whole[10:40, 10:40])
    assert not np.array_equal(whole, shown(renderer, Edit("a", 3.0), Edit("b", 1.0)))
    assert not np.array_equal(masked, shown(renderer, *edits))


def test_small_pictures_are_masked_too(renderer, assets):
    use = MaskUse(assets.put(box(0, 0, 32, 64)))
    picture = Picture(Seed(4), edits=(Edit("a", 3.0, mask=use),))
    small, plain = renderer.small([picture, picture.original()], 32)
    assert np.array_equal(small[16:], plain[16:])
    assert not np.array_equal(small[:16], plain[:16])


def test_an_empty_mask_changes_nothing_and_a_missing_one_is_said(renderer, assets):
    empty = MaskUse(assets.put(np.zeros((4, 4), np.float32)))
    assert np.array_equal(shown(renderer, Edit("a", 3.0, mask=empty)), shown(renderer))
    with pytest.raises(MissingAssetError):
        shown(renderer, Edit("a", 3.0, mask=MaskUse("0" * 64)))
    strange = MaskUse(assets.put(np.full((4, 4), 2, np.float32)))
    with pytest.raises(OptionError, match="0 to 1"):
        shown(renderer, Edit("a", 3.0, mask=strange))


def test_moves_with_one_mask_are_one_layer_in_the_order_of_their_first():
    moves = [
        Edit(n, 1.0, mask=m) for n, m in zip("abcd", (None, *map(MaskUse, "xyx")), strict=True)
    ]
    plain, layers = layered(moves)
    assert [m.direction for m in plain] == ["a"]
    assert [[m.direction for m in layer.moves] for layer in layers] == [["b", "d"], ["c"]]


def test_the_blend_is_as_soft_as_the_mask():
    mask = torch.tensor([[0.0, 0.25, 1.0]])
    layer = MaskedMoves(MaskUse("m"), ("move",))
    drawn = {(): torch.full((1, 1, 1, 3), 2.0), ("move",): torch.full((1, 1, 1, 3), 6.0)}
    found = composed((), [layer], drawn.__getitem__, lambda _: mask)
    assert found.flatten().tolist() == [2.0, 3.0, 6.0]


def test_where_the_mask_is_0_or_1_the_other_picture_has_no_say_at_all():
    mask = torch.tensor([[0.0, 1.0]])
    wild = {(): torch.tensor([[[[2.0, 1e9]]]]), ("m",): torch.tensor([[[[torch.nan, 0.1]]]])}
    found = composed((), [MaskedMoves(MaskUse("m"), ("m",))], wild.__getitem__, lambda _: mask)
    assert found.flatten().tolist() == [2.0, np.float32(0.1)]


def test_masks_keep_their_mean_at_any_size_and_end_where_nobody_sees_them():
    mask = torch.from_numpy(box(16, 16, 32, 32))
    for side in (16, 48, 64, 200):
        assert float(resampled(mask, (side, side)).mean()) == pytest.approx(0.25, abs=2e-3)
    soft = feathered(mask, 3.0)
    assert float(soft.mean()) == pytest.approx(0.25, abs=1e-3)
    assert float(soft[32, 16]) == pytest.approx(0.5 + 0.5 * 0.133, abs=0.01)  # half a pixel inside
    assert soft[0].max() == 0
    wide = feathered(mask, 5.0)
    assert float(wide[wide > 0].min()) >= 0.5 / 255
    assert float(soft.max()) == pytest.approx(1, abs=1e-5)
    assert feathered(mask, 0.0).equal(mask)


def test_a_bent_local_direction_goes_through_its_points_and_on():
    points = np.array([[-2.0, 0.0], [0.0, 0.0], [1.0, 1.0], [1.0, 3.0]], np.float32)
    amounts = np.array([-1.0, 0.0, 2.0, 3.0], np.float32)
    local = Local(points[2] / np.float32(np.sqrt(2)), points=points, amounts=amounts)
    found = along_points(local, torch.tensor([-2.0, -0.5, 0.0, 2.0, 2.5, 4.0]))
    wanted = [[-4, 0], [-1, 0], [0, 0], [1, 1], [1, 2], [1, 5]]
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_features_join_an_edit_and_what_is_around_it_and_nothing_beyond_a_rim(renderer, assets):
    digest = assets.put(box(20, 20, 16, 24))
    by_features = MaskUse(digest, 0.02, features="b16.conv1")
    edit, other = Edit("a", 3.0, mask=by_features), Edit("b", 1.0)
    without, found = shown(renderer, other), shown(renderer, other, edit)
    by_pixels = shown(renderer, other, replace(edit, mask=MaskUse(digest, 0.02)))
    assert not np.array_equal(found, by_pixels)
    reach = renderer.reach(by_features).numpy() > 0
    assert np.array_equal(found[~reach], without[~reach])
    assert 0 < reach.sum() < 0.8 * SIDE * SIDE
    inside = box(22, 22, 12, 20) > 0
    assert (found[inside] != without[inside]).any(axis=1).mean() > 0.5
    far = Edit("c", 3.0, mask=MaskUse(assets.put(box(0, 0, 4, 64))))
    both = shown(renderer, other, edit, far)  # layers keep out of each other
    assert np.array_equal(both[:4], shown(renderer, other, far)[:4])
    meeting = Edit("c", 2.0, mask=MaskUse(assets.put(box(24, 24, 16, 24)), features=AUTO))
    assert not np.array_equal(shown(renderer, edit, meeting), shown(renderer, edit))
    with pytest.raises(AbilityError, match="no layer"):
        shown(renderer, replace(edit, mask=replace(by_features, features="b7")))


def test_no_more_than_a_mask_needs_is_made_and_is_the_same(renderer, assets):
    use = MaskUse(assets.put(box(30, 18, 9, 12)), 0.02)
    edit = Picture(Seed(4), edits=(Edit("a", 3.0, mask=use),))
    whole = renderer.images(edit)
    slow = Renderer(renderer.generator, assets)
    slow.directions, slow.coarse = renderer.directions, CoarsePreviews([], 1.0, 0)
    assert (slow.images(edit) - whole).abs().max() < 1e-4
    assert not slow.pictures.made
    assert slow.parts.made == 1  # the picture without it; the other is a window of it
