"""Edits return to the photo where they belong, and nowhere else."""

import numpy as np
import pytest

from latentstudio.core.errors import ShapeError
from latentstudio.inversion.blend import change, put_back
from latentstudio.inversion.crop import Crop, cut


@pytest.fixture
def photo():
    return np.random.default_rng(1).integers(60, 180, (700, 900, 3)).astype(np.uint8)


def edited(before, rows=slice(24, 40), columns=slice(8, 24)):
    after = before.copy()
    after[rows, columns, 0] += 60
    return after


BEFORE = np.full((64, 64, 3), 100, np.uint8)


@pytest.mark.parametrize("mirror", [False, True])
def test_the_photo_keeps_its_own_pixels_outside_the_edit(photo, mirror):
    crop = Crop(400, 330, 384, 20, mirror)
    result = put_back(photo, crop, change(BEFORE, edited(BEFORE)))
    assert result.shape == photo.shape
    changed = (result != photo).any(2)
    rows, columns = np.nonzero(changed)
    places = crop.to_cut(np.column_stack([columns + 0.5, rows + 0.5]), 64)
    assert places[:, 0].min() > 2
    assert places[:, 0].max() < 31
    assert places[:, 1].min() > 18
    assert places[:, 1].max() < 47
    assert 0.03 < changed.sum() / 384**2 < 0.25


def test_the_change_arrives_whole_and_the_photo_s_detail_stays(photo):
    crop = Crop(450, 350, 640)
    result = put_back(photo, crop, change(BEFORE, edited(BEFORE)))
    y, x = 350, 450 - 320 + 160
    away = (
        result[y - 40 : y + 40, x - 40 : x + 40].astype(int)
        - photo[y - 40 : y + 40, x - 40 : x + 40]
    )
    assert np.abs(away[..., 0] - 60).max() <= 2  # the noise of the photo is still under it
    assert np.abs(away[..., 1:]).max() <= 1


def test_where_it_goes_is_where_it_was_cut(photo):
    crop = Crop(430, 340, 300, -35, mirror=True)
    before = cut(photo, crop, 150)
    flat = np.full_like(before, 120)
    after = edited(flat, slice(60, 90), slice(30, 60))
    again = cut(put_back(photo, crop, change(flat, after)), crop, 150)
    moved = again.astype(int) - before
    assert abs(float(np.median(moved[66:84, 36:54, 0])) - 60) <= 3
    assert np.abs(moved[:, 90:]).max() == 0


def test_a_mask_holds_it(photo):
    mask = np.zeros((64, 64), np.float32)
    mask[:, :16] = 1
    crop = Crop(400, 330, 384)
    result = put_back(photo, crop, change(BEFORE, edited(BEFORE), mask))
    right = np.nonzero((result != photo).any(2))[1].max()
    assert right <= 400 - 192 + 6 * 16.5 + 1


def test_nothing_edited_is_the_photo_itself(photo):
    same = put_back(photo, Crop(400, 330, 384, 7), change(BEFORE, BEFORE))
    np.testing.assert_array_equal(same, photo)


def test_pictures_of_two_sizes_are_refused():
    with pytest.raises(ShapeError):
        change(BEFORE, BEFORE[:32])


def test_a_fine_mask_holds_every_byte_outside_of_it(photo):
    """A pixel of this model is 6 of the photo's; the mask is finer than that."""
    crop = Crop(400, 330, 384, 12, mirror=True)
    mask = np.zeros((256, 256), np.float32)
    mask[100:150, 40:90] = 1
    after = BEFORE.copy()
    after[20:44, 6:30] += 60
    result = put_back(photo, crop, change(BEFORE, after, within=mask))
    rows, columns = np.indices(photo.shape[:2])
    places = crop.to_cut(np.column_stack([columns.ravel() + 0.5, rows.ravel() + 0.5]), 256)
    inside = ((places >= (40, 100)) & (places < (90, 150))).all(1).reshape(photo.shape[:2])
    changed = (result != photo).any(2)
    assert not changed[~inside].any()
    assert changed[inside].mean() > 0.9


def test_what_an_edit_removes_leaves_nothing_behind(photo):
    """A sharp line of the photo, a soft one of the reconstruction, none after the edit."""
    plain = np.full((640, 640, 3), 200, np.uint8)
    plain[300:330, 200:440] = 40
    before = cut(plain, Crop(320, 320, 640), 64)
    after = np.full_like(before, 200)
    removed = put_back(plain, Crop(320, 320, 640), change(before, after))
    assert np.abs(removed[280:350, 220:420].astype(int) - 200).max() <= 12
    paler = put_back(plain, Crop(320, 320, 640), change(before, before // 2 + 100))
    line, around = paler[315, 220:420].astype(int), paler[200, 220:420].astype(int)
    assert np.abs(line - 120).max() <= 8  # half as strong it is a line, and a sharp one
    assert np.abs(around - 200).max() <= 2
    assert int(paler[299, 320, 0]) - int(paler[300, 320, 0]) > 60
