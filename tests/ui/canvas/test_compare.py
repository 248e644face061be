"""Hold, split, side by side and difference."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from latentstudio.document.state import Picture
from latentstudio.render.messages import Frame
from latentstudio.ui.canvas.canvas import Canvas
from latentstudio.ui.canvas.pixels import difference, gain, mean_difference
from latentstudio.ui.canvas.stage import Mode

RED, BLUE = (200, 0, 0), (0, 0, 200)


def plain(color, side=64):
    return np.full((side, side, 3), color, np.uint8)


@pytest.fixture
def canvas(exposed):
    made = exposed(Canvas(), 750, 650)
    made.show_frame(Frame(Picture(), plain(RED), None, None, "", 1.0))
    made.show_before(plain(BLUE))
    made.set_tags("Before: seed 0", "After: 2 edits")
    return made


def color_at(canvas, x, y=400):
    return canvas.view.grab().toImage().pixelColor(x, y).getRgb()[:3]


def test_split_shows_before_at_the_left_of_the_line(canvas):
    canvas.set_mode(Mode.SPLIT)
    assert color_at(canvas, 300) == BLUE
    assert color_at(canvas, 450) == RED
    canvas.set_swapped(True)
    assert color_at(canvas, 300) == RED
    assert color_at(canvas, 450) == BLUE


def test_the_handle_drags_the_line(canvas):
    canvas.show()
    canvas.set_mode(Mode.SPLIT)
    middle = canvas.split.rect().center()
    QTest.mousePress(canvas.split, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(canvas.split, middle + QPoint(144, 0))
    QTest.mouseRelease(canvas.split, Qt.MouseButton.LeftButton, pos=middle)
    assert canvas.stage.split == pytest.approx(0.75, abs=0.01)
    QTest.keyClick(canvas.split, Qt.Key.Key_Left)
    assert canvas.stage.split == pytest.approx(0.73, abs=0.01)
    canvas.split.dragged.emit(-500.0)
    assert canvas.stage.split == 0.0


def test_side_by_side_fits_both(canvas):
    canvas.set_mode(Mode.SIDE)
    assert canvas.view.zoom == 5.0
    assert color_at(canvas, 200, 325) == BLUE
    assert color_at(canvas, 550, 325) == RED
    canvas.set_mode(Mode.OFF)
    assert canvas.view.zoom == 9.0


def test_side_by_side_fits_both_after_a_zoom_and_gives_the_place_back(canvas):
    canvas.view.set_zoom(20.0, QPointF(100, 100))
    before = canvas._on_screen()
    canvas.set_mode(Mode.SIDE)
    assert canvas.view.zoom == 5.0
    assert color_at(canvas, 200, 325) == BLUE
    assert color_at(canvas, 550, 325) == RED
    canvas.set_mode(Mode.SPLIT)
    assert canvas.view.zoom == 20.0
    assert canvas._on_screen() == before


def columns():
    """Each column of its own shade, with the side in another channel."""
    left = np.zeros((64, 64, 3), np.uint8)
    left[..., 1] = np.arange(64) * 4
    right = left.copy()
    right[..., 2] = 255
    return left, right


def test_both_pictures_show_the_same_part_however_they_are_moved(canvas):
    before, after = columns()
    canvas.view.set_smooth(False)
    canvas.show_frame(Frame(Picture(), after, None, None, "", 1.0))
    canvas.show_before(before)
    canvas.set_mode(Mode.SIDE)
    for zoom, pan in ((20.0, 0), (32.0, -200), (16.0, 60)):
        canvas.view.fit()
        canvas.view.set_zoom(zoom)
        view = canvas.view.viewport()
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(375, 300))
        QTest.mouseMove(view, QPoint(375 + pan // 2, 300))
        QTest.mouseMove(view, QPoint(375 + pan, 300))
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(375 + pan, 300))
        for x in (280, 320, 360):
            left, right = color_at(canvas, x, 325), color_at(canvas, x + 375, 325)
            assert (left[1], left[2], right[2]) == (right[1], 0, 255)


def test_zooming_keeps_the_point_under_the_pointer_in_either_picture(canvas):
    before, after = columns()
    canvas.view.set_smooth(False)
    canvas.show_frame(Frame(Picture(), after, None, None, "", 1.0))
    canvas.show_before(before)
    canvas.set_mode(Mode.SIDE)
    canvas.view.set_zoom(16.0)
    for place in (QPointF(150.5, 325.5), QPointF(600.5, 325.5)):
        x = int(place.x())
        was = color_at(canvas, x, 325)
        canvas.view.set_zoom(canvas.view.zoom * 1.5, place)
        assert color_at(canvas, x, 325) == was


def test_hold_says_what_it_does(canvas):
    canvas.set_mode(Mode.HOLD)
    assert canvas.before_tag.text() == "Press and hold the picture to see it before"
    assert canvas.before_tag.isVisible()
    canvas.set_held(True)
    assert canvas.before_tag.text() == "Before: seed 0"


def test_difference_is_measured_and_shown_stronger(canvas):
    a, b = plain((100, 100, 100)), plain((110, 100, 90))
    assert gain(a, b) == 16  # 10 of 255 becomes 160
    assert difference(a, b, 16)[0, 0].tolist() == [160, 0, 160]
    assert gain(plain(RED), plain(BLUE)) == 1
    assert mean_difference(a, b) == pytest.approx(20 / 3 / 255)
    canvas.set_mode(Mode.DIFFERENCE)
    assert color_at(canvas, 300) == (200, 0, 200)
    assert canvas.hud.text() == "64 × 64 shown at 900 %. 52.3 % mean difference"
    canvas.show_before(plain((190, 0, 0)))
    assert color_at(canvas, 300) == (160, 0, 0)
    assert canvas.hud.text().endswith(", shown 16 times stronger")


def test_a_small_change_in_a_corner_sets_the_gain_and_equal_pictures_none():
    a = plain((100, 100, 100))
    b = a.copy()
    b[:2, :2] = 103
    assert gain(a, b) == 64
    assert difference(a, b, 64)[0, 0].tolist() == [192, 192, 192]
    b[32:] = 110  # half of it
    b[0, 0] = 255  # and one strong point, which may be white
    assert gain(a, b) == 16
    assert gain(a, a) == 1


def test_transparency_does_not_hide_a_difference():
    a, b = (np.full((4, 4, 4), value, np.uint8) for value in (100, 110))
    assert difference(a, b, 4).shape == (4, 4, 3)


def test_difference_follows_a_new_picture(canvas):
    canvas.set_mode(Mode.DIFFERENCE)
    canvas.show_frame(Frame(Picture(), plain(BLUE), None, None, "", 1.0))
    assert color_at(canvas, 300) == (0, 0, 0)


def test_holding_shows_the_original_with_its_label(canvas):
    canvas.show()
    canvas.set_held(True)
    assert color_at(canvas, 375) == BLUE
    assert canvas.before_tag.isVisible()
    assert canvas.before_tag.text() == "Before: seed 0"
    canvas.set_held(False)
    assert color_at(canvas, 375) == RED
    assert not canvas.before_tag.isVisible()


def test_in_hold_mode_a_press_on_the_picture_shows_before(canvas):
    canvas.set_mode(Mode.HOLD)
    place = QPoint(375, 300)
    QTest.mousePress(canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert color_at(canvas, 375) == BLUE
    QTest.mouseRelease(canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert color_at(canvas, 375) == RED


def test_a_picture_of_another_size_is_not_compared(canvas):
    canvas.set_mode(Mode.SPLIT)
    canvas.show_frame(Frame(Picture(), plain(RED, 32), None, None, "", 1.0))
    canvas.show_before(plain(BLUE, 64))
    assert color_at(canvas, 300) == RED
    assert "difference" not in canvas.hud.text()
