"""Hold, split, side by side and difference."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from latentstudio.document.state import Picture
from latentstudio.render.messages import Frame
from latentstudio.ui.canvas.canvas import Canvas
from latentstudio.ui.canvas.pixels import difference, mean_difference
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


def test_difference_is_measured_and_shown_stronger(canvas):
    a, b = plain((100, 100, 100)), plain((110, 100, 90))
    assert difference(a, b)[0, 0].tolist() == [40, 0, 40]
    assert difference(plain(RED), plain(BLUE))[0, 0].tolist() == [255, 0, 255]
    assert mean_difference(a, b) == pytest.approx(20 / 3 / 255)
    canvas.set_mode(Mode.DIFFERENCE)
    assert color_at(canvas, 300) == (255, 0, 255)
    assert canvas.hud.text().startswith("64 × 64 shown at 900 %. 52.3 % mean difference")


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
