"""Zoom, pan and fit: where the picture stands on the screen."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from latentstudio.document.start import Seed
from latentstudio.document.state import Picture
from latentstudio.render.messages import Drawn, Frame
from latentstudio.ui.canvas.canvas import Canvas
from latentstudio.ui.canvas.view import LADDER, LEAST, MOST


def frame(side: int = 64, value: int = 128) -> Frame:
    pixels = np.full((side, side, 3), value, np.uint8)
    return Frame(Picture(), pixels, None, None, "", 1.0)


@pytest.fixture
def canvas(exposed):
    made = exposed(Canvas(), 750, 650)
    made.show_frame(frame())
    return made


def under(canvas: Canvas, place: QPointF) -> QPointF:
    back, _ = canvas.view.viewportTransform().inverted()
    return back.map(place)


def wheel(canvas: Canvas, place: QPointF, turn: int) -> None:
    event = QWheelEvent(
        place,
        place,
        QPoint(),
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas.view.viewport(), event)


def test_fit_keeps_pixels_even_and_leaves_air(canvas):
    assert canvas.view.zoom == 9.0
    corner = canvas.view.viewportTransform().map(QPointF(0, 0))
    assert (corner.x(), corner.y()) == pytest.approx((87, 37), abs=1)
    assert canvas.hud.text() == "64 × 64 shown at 900 %"


@pytest.mark.parametrize("place", [QPointF(300, 200), QPointF(90, 40), QPointF(700, 600)])
@pytest.mark.parametrize("turn", [120, -120, 240, 37])
def test_the_wheel_keeps_the_point_under_the_pointer(canvas, place, turn):
    before = under(canvas, place)
    for _ in range(3):
        wheel(canvas, place, turn)
    gap = under(canvas, place) - before
    # Scroll positions are whole pixels of the screen.
    assert max(abs(gap.x()), abs(gap.y())) * canvas.view.zoom <= 2


def test_zoom_stays_within_its_limits(canvas):
    for _ in range(80):
        wheel(canvas, QPointF(300, 300), 240)
    assert canvas.view.zoom == MOST
    for _ in range(200):
        wheel(canvas, QPointF(300, 300), -240)
    assert canvas.view.zoom == LEAST


def test_buttons_climb_the_ladder(canvas):
    canvas.view.set_zoom(1.0)
    seen = []
    for _ in range(4):
        canvas.view.step_zoom(1)
        seen.append(canvas.view.zoom)
    assert seen == [1.5, 2.0, 3.0, 4.0]
    canvas.view.step_zoom(-1)
    assert canvas.view.zoom == 3.0
    assert sorted(LADDER) == list(LADDER)


def test_a_new_picture_of_the_same_size_leaves_the_zoom(canvas):
    canvas.view.set_zoom(20.0, QPointF(200, 200))
    place = under(canvas, QPointF(200, 200))
    canvas.show_frame(frame(value=10))
    assert canvas.view.zoom == 20.0
    assert under(canvas, QPointF(200, 200)) == place


def test_a_picture_of_another_size_is_fitted(canvas):
    canvas.view.set_zoom(20.0)
    canvas.show_frame(frame(128))
    assert canvas.view.zoom == 4.5


def test_while_fitted_it_follows_the_window_and_the_drawer(canvas, qtbot):
    canvas.resize(750, 530)
    assert canvas.view.zoom == 8.0
    canvas.set_cover(328)
    middle = canvas.view.viewportTransform().map(QPointF(32, 32))
    assert middle.x() == pytest.approx((750 - 328) / 2, abs=1)
    canvas.set_cover(0)
    canvas.view.set_zoom(3.0)
    canvas.resize(600, 400)
    assert canvas.view.zoom == 3.0


def test_middle_drag_and_hand_pan_but_the_zoom_tool_does_not(canvas, qtbot):
    target = canvas.view.viewport()

    def drag(button):
        start = under(canvas, QPointF(300, 300))
        QTest.mousePress(target, button, pos=QPoint(300, 300))
        QTest.mouseMove(target, QPoint(340, 320))
        QTest.mouseRelease(target, button, pos=QPoint(340, 320))
        return (start - under(canvas, QPointF(300, 300))) * canvas.view.zoom

    assert drag(Qt.MouseButton.LeftButton).toPoint() == QPoint(40, 20)
    canvas.view.set_tool("zoom")
    assert drag(Qt.MouseButton.MiddleButton).toPoint() == QPoint(40, 20)
    zoom = canvas.view.zoom
    drag(Qt.MouseButton.LeftButton)
    assert canvas.view.zoom == 2 * zoom
    canvas.view.set_panning(True)
    assert drag(Qt.MouseButton.LeftButton).toPoint() == QPoint(40, 20)
    assert canvas.view.zoom == 2 * zoom


def test_nearest_shows_squares_and_smooth_does_not(canvas):
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[:, 32:] = 255
    canvas.show_frame(Frame(Picture(), pixels, None, None, "", 1.0))

    def tones():
        image = canvas.view.viewport().grab().toImage()
        return {image.pixelColor(x, 300).red() for x in range(355, 395)}

    canvas.view.set_smooth(False)
    assert tones() == {0, 255}
    canvas.view.set_smooth(True)
    assert len(tones()) > 5


def test_the_picture_arrives_with_its_own_colours(canvas):
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[...] = (200, 100, 50)
    canvas.show_frame(Frame(Picture(), pixels, None, None, "", 1.0))
    assert canvas.view.grab().toImage().pixelColor(375, 325).name() == "#c86432"


class PaintCounter(QObject):
    """Counts the paintings of a widget."""

    count = 0

    def eventFilter(self, watched, event):
        self.count += event.type() == QEvent.Type.Paint
        return False


def drawn(side: int, value: int) -> Drawn:
    return Drawn(Picture(Seed(7)), np.full((side, side, 3), value, np.uint8))


def middle(canvas: Canvas) -> int:
    return canvas.view.grab().toImage().pixelColor(375, 325).red()


def test_a_drawn_picture_is_painted_before_anything_else_can_happen(canvas):
    QApplication.processEvents()
    counter = PaintCounter()
    canvas.view.viewport().installEventFilter(counter)
    canvas.show_drawn(drawn(64, 10))
    assert counter.count == 1  # no event loop came round in between
    assert middle(canvas) == 10


def test_a_drawn_picture_of_another_size_waits_for_its_frame(canvas):
    canvas.show_drawn(drawn(32, 10))
    assert middle(canvas) == 128
    canvas.show_frame(frame(32, 10))
    assert middle(canvas) == 10
    assert canvas.view.zoom == 18.5


def test_a_coarse_picture_says_so_until_the_whole_one_comes(canvas):
    pixels = frame(value=90).pixels
    canvas.show_frame(Frame(Picture(1), pixels, None, None, "", 1.0, coarse=True))
    assert canvas.coarse
    assert canvas.hud.text() == "64 × 64 shown at 900 %, coarse while it moves"
    canvas.show_drawn(Drawn(Picture(1), frame(value=91).pixels))
    assert not canvas.coarse
    canvas.show_frame(frame(value=91))
    assert canvas.hud.text() == "64 × 64 shown at 900 %"
