"""What the brush leaves on a mask."""

import numpy as np
from PySide6.QtCore import QPointF

from latentstudio.ui.region.mask_painter import Dab, MaskPainter, mask_size


def painted(size=64):
    return MaskPainter(np.zeros((size, size), np.uint8))


def test_a_dab_is_a_disc_and_nothing_outside_its_rectangle_changes():
    painter = painted()
    painter.begin(False)
    part = painter.line(Dab(32, 20, 8), Dab(32, 20, 8), 1.0)
    rows, columns = np.nonzero(painter.mask)
    assert abs(painter.mask.sum() / 255 - np.pi * 64) < 4
    assert part.top() <= rows.min()
    assert rows.max() <= part.bottom()
    assert part.left() <= columns.min()
    assert columns.max() <= part.right()
    assert painter.mask[20, 32] == 255


def test_going_over_a_place_twice_in_a_stroke_makes_it_no_stronger():
    painter = painted()
    painter.begin(False)
    for _ in range(5):
        painter.line(Dab(20, 30, 6, 0.5), Dab(40, 30, 6, 0.5), 1.0)
    assert painter.mask.max() == 128
    painter.begin(False)
    painter.line(Dab(20, 30, 6, 1.0), Dab(40, 30, 6, 1.0), 1.0)
    assert painter.mask.max() == 255


def test_a_soft_brush_fades_and_a_stroke_beyond_the_border_stays_on_the_mask():
    painter = painted()
    painter.begin(False)
    painter.line(Dab(-5, 32, 12), Dab(10, 32, 12), 0.0)
    line = painter.mask[32, 10:22].astype(int)
    assert (np.diff(line) <= 0).all()
    assert 100 < line[6] < 155
    assert painter.line(Dab(-90, -90, 4), Dab(-80, -90, 4), 1.0).isEmpty()


def test_erasing_and_taking_a_stroke_back():
    painter = MaskPainter(np.full((64, 64), 255, np.uint8))
    painter.begin(True)
    painter.line(Dab(32, 32, 5), Dab(32, 32, 5), 1.0)
    assert painter.mask[32, 32] == 0
    painter.cancel()
    assert painter.mask.min() == 255


def test_shapes_and_fill():
    painter = painted()
    painter.shape([QPointF(40, 50), QPointF(10, 20)], "box", False)
    assert painter.mask[20:50, 10:40].min() == 255
    assert painter.mask.sum() == 255 * 30 * 30
    painter.shape([QPointF(10, 20), QPointF(40, 50)], "ellipse", True)
    assert painter.mask[35, 25] == 0
    assert painter.mask[21, 11] == 255
    lasso = painted()
    lasso.shape([QPointF(0, 0), QPointF(64, 0), QPointF(0, 64)], "lasso", False)
    assert abs(lasso.share - 0.5) < 0.01
    picture = np.zeros((32, 32, 3), np.uint8)
    picture[:, 10:20] = 200
    picture[8:9, 10:20] = 0
    filled = painted()
    filled.fill(picture, 30.0, 40.0, 0.1, False)
    assert filled.mask[18:, 20:40].min() == 255
    assert filled.mask.sum() == 255 * (64 - 18) * 20


def test_masks_of_small_pictures_are_finer_and_of_large_ones_are_not():
    assert mask_size(64, 64) == (256, 256)
    assert mask_size(128, 64) == (256, 128)
    assert mask_size(1024, 1024) == (1024, 1024)
