"""Masks grown, mirrored, snapped to edges, and read from and written to all kinds of files."""

import numpy as np
import pytest
from PIL import Image

from latentstudio.core.errors import OptionError
from latentstudio.region.mask_files import read_mask, write_mask
from latentstudio.region.mask_snapping import snapped
from latentstudio.region.mask_tools import feathered, grown, inverted, mirrored
from latentstudio.region.masks import box_mask, checked

BOX = box_mask(64, 10, 20, 20, 16)


def test_growing_and_shrinking_move_the_border_by_a_share_of_the_width():
    larger = grown(BOX, 4 / 64)
    assert larger[28, 6] == 1
    assert larger[28, 5] == 0
    assert larger[16, 6] == 0  # corners are round
    smaller = grown(BOX, -4 / 64)
    assert smaller[28, 14] == 1
    assert smaller[28, 13] == 0
    twice = grown(np.kron(BOX, np.ones((2, 2), np.float32)), 4 / 64)
    assert abs(twice.mean() - larger.mean()) < 0.01


def test_growing_by_nothing_and_off_the_picture():
    np.testing.assert_array_equal(grown(BOX, 0.0), BOX)
    edge = box_mask(64, 0, 0, 64, 10)
    assert grown(edge, -3 / 64)[0].min() == 1  # the picture's border is no border of the mask


def test_inverting_twice_is_nothing():
    np.testing.assert_array_equal(inverted(inverted(BOX)), BOX)
    assert inverted(BOX).sum() == 64 * 64 - BOX.sum()


def test_a_mirror_image_is_added():
    both = mirrored(BOX)
    np.testing.assert_array_equal(both, both[:, ::-1])
    assert both[20:36, 10:30].all()
    assert both[20:36, 34:54].all()
    assert both.sum() == 640
    aside = mirrored(box_mask(64, 0, 0, 8, 8), axis=0.125)
    assert aside[:8, :16].all()
    assert aside.sum() == 128


def test_a_feathered_mask_ends():
    soft = feathered(BOX, 2 / 64)
    assert 0.3 < soft[28, 10] < 0.7
    assert soft[28, 0] == 0
    assert soft[28, 20] > 0.99


def test_a_sloppy_mask_snaps_to_the_edge():
    rng = np.random.default_rng(0)
    grid = np.mgrid[:256, :256] - 128
    disc = np.hypot(*grid) < 60
    picture = np.where(disc[..., None], (200, 120, 90), (90, 130, 180)) + rng.normal(
        0, 8, (256, 256, 3)
    )
    picture = picture.clip(0, 255).astype(np.uint8)
    shifted = (np.hypot(grid[0] - 5, grid[1] + 6) < 62).astype(np.float32)
    found = snapped(shifted, picture)

    def overlap(mask):
        return (disc & (mask > 0.5)).sum() / (disc | (mask > 0.5)).sum()

    assert overlap(shifted) < 0.87
    assert overlap(found) > 0.96


def test_a_faint_edge_is_found_by_what_colours_lie_where():
    rng = np.random.default_rng(0)
    place = np.mgrid[:256, :256]
    disc = np.hypot(place[0] - 128, place[1] - 120) < 60
    faint = np.where(disc[..., None], (0.52, 0.45, 0.5), (0.45, 0.5, 0.47))
    picture = ((faint + 0.03 * rng.standard_normal((256, 256, 3))).clip(0, 1) * 255).astype(
        np.uint8
    )
    shifted = np.roll(disc, 8, axis=1).astype(np.float32)

    def overlap(mask):
        painted = mask > 0.5
        return (painted & disc).sum() / (painted | disc).sum()

    assert overlap(shifted) < 0.88
    assert overlap(snapped(shifted, picture)) > 0.96


def test_only_a_part_can_snap():
    picture = np.zeros((64, 64, 3), np.uint8)
    for mask in (np.zeros((64, 64), np.float32), np.ones((64, 64), np.float32)):
        with pytest.raises(OptionError, match="Paint"):
            snapped(mask, picture)


def test_without_edges_the_border_stays_about_where_it_is():
    found = snapped(BOX, np.full((64, 64, 3), 90, np.uint8))
    assert np.abs(found - BOX).mean() < 0.05


def test_a_written_mask_reads_as_the_same(tmp_path):
    soft = feathered(BOX, 3 / 64)
    write_mask(soft, tmp_path / "m.png")
    np.testing.assert_allclose(read_mask(tmp_path / "m.png", 64), soft, atol=1 / 255)


def test_pictures_are_turned_as_their_exif_data_say(tmp_path):
    picture = Image.fromarray((BOX * 255).astype(np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned a quarter clockwise
    picture.save(tmp_path / "m.png", exif=exif)
    np.testing.assert_allclose(read_mask(tmp_path / "m.png", 64), np.rot90(BOX, -1), atol=0.01)


def test_alpha_alone_is_the_mask(tmp_path):
    layers = np.zeros((64, 64, 4), np.uint8)
    layers[..., 3] = BOX * 255  # black paint on nothing
    Image.fromarray(layers).save(tmp_path / "m.png")
    np.testing.assert_allclose(read_mask(tmp_path / "m.png", 64), BOX)


@pytest.mark.parametrize("mode", ["CMYK", "RGB", "L"])
def test_other_colours_count_by_how_light_they_look(tmp_path, mode):
    grey = Image.fromarray((BOX * 255).astype(np.uint8)).convert("RGB").convert(mode)
    grey.save(tmp_path / "m.tiff")
    np.testing.assert_allclose(read_mask(tmp_path / "m.tiff", 64), BOX, atol=0.02)


def test_palettes_count_by_their_colours(tmp_path):
    indexed = Image.fromarray((BOX * 3).astype(np.uint8)).convert("P")
    indexed.putpalette([255, 255, 255] * 3 + [0, 0, 0] + [9] * 3 * 252)
    indexed.save(tmp_path / "m.png")
    np.testing.assert_allclose(read_mask(tmp_path / "m.png", 64), 1 - BOX, atol=0.01)


def test_another_size_is_rescaled_only_when_asked(tmp_path):
    write_mask(BOX, tmp_path / "m.png")
    assert read_mask(tmp_path / "m.png", 128).shape == (128, 128)
    with pytest.raises(OptionError, match="64 x 64"):
        read_mask(tmp_path / "m.png", 128, rescale=False)


def test_what_is_no_number_is_no_mask():
    damaged = BOX.copy()
    damaged[0, 0] = np.nan
    with pytest.raises(OptionError, match="aren't numbers"):
        checked(damaged)
