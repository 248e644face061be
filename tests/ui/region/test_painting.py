"""Mouse and pen on the canvas become strokes of the document."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.fakes import frame, summary

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def drag(window, place):
    """Draw a line with the mouse, between points by shares."""
    port = window.canvas.view.viewport()

    def draw(*points, release=True, modifiers=Qt.KeyboardModifier.NoModifier):
        QTest.mousePress(port, LEFT, modifiers, place(*points[0]))
        for point in points[1:]:
            QTest.mouseMove(port, place(*point))
        if release:
            QTest.mouseRelease(port, LEFT, modifiers, place(*points[-1]))

    return draw


@pytest.fixture
def pen(window, place):
    """One event of a pen, delivered as Qt does."""
    view = window.canvas.view
    devices = {}

    def send(kind, x, y, pressure=1.0, eraser=False):
        which = QPointingDevice.PointerType
        end = which.Eraser if eraser else which.Pen
        if end not in devices:
            devices[end] = QPointingDevice(
                "pen", 7 + eraser, QInputDevice.DeviceType.Stylus, end,
                QInputDevice.Capability.Pressure, 1, 1,
            )  # fmt: skip
        at = QPointF(place(x, y))
        held = LEFT if kind != QEvent.Type.TabletRelease else Qt.MouseButton.NoButton
        event = QTabletEvent(
            kind, devices[end], at, at, pressure, 0, 0, 0, 0, 0,
            Qt.KeyboardModifier.NoModifier, LEFT, held,
        )  # fmt: skip
        QApplication.sendEvent(view.viewport(), event)

    return send


def test_a_stroke_is_one_undo_step_and_redo_brings_the_same_mask(window, history, drag, mask):
    QTest.keyClick(window, Qt.Key.Key_B)
    assert window.canvas.view.tool == "brush"
    drag((0.3, 0.7), (0.5, 0.72), (0.7, 0.7))
    first = window.region.mask.copy()
    assert mask(slice(170, 190), slice(90, 170)) > 0.9
    assert mask(slice(0, 120)) == 0
    drag((0.5, 0.2), (0.5, 0.3))
    assert history.labels() == ("paint", "paint")
    second = window.region.mask.copy()
    history.undo()
    assert np.array_equal(window.region.mask, first)
    history.undo()
    assert mask() == 0
    history.redo()
    history.redo()
    assert np.array_equal(window.region.mask, second)


def test_eraser_alt_and_swap_take_away(window, history, drag, mask):
    window.region.apply("all")
    window.set_tool("eraser")
    drag((0.5, 0.5), (0.55, 0.5))
    assert mask(slice(126, 130), slice(128, 138)) == 0
    window.set_tool("brush")
    drag((0.2, 0.2), (0.25, 0.2), modifiers=Qt.KeyboardModifier.AltModifier)
    assert mask(slice(50, 53), slice(52, 60)) == 0
    QTest.keyClick(window, Qt.Key.Key_X)
    drag((0.8, 0.8), (0.82, 0.8))
    assert mask(slice(203, 206), slice(205, 209)) == 0
    assert history.labels() == ("all mask", "erase", "unpaint", "unpaint")


def test_keys_choose_tools_and_sizes(window):
    brush = window.region.strokes
    for key, shift, tool in (
        (Qt.Key.Key_E, False, "eraser"),
        (Qt.Key.Key_L, False, "lasso"),
        (Qt.Key.Key_M, False, "box"),
        (Qt.Key.Key_M, True, "ellipse"),
        (Qt.Key.Key_G, False, "fill"),
        (Qt.Key.Key_B, False, "brush"),
    ):
        held = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(window, key, held)
        assert (window.canvas.view.tool, brush.tool) == (tool, tool)
        assert window.actions_[tool].isChecked()
    size = brush.brush.size
    QTest.keyClick(window, Qt.Key.Key_BracketRight)
    assert brush.brush.size == size + 1
    window.actions_["larger-10"].trigger()
    assert brush.brush.size == size + 11
    QTest.keyClick(window, Qt.Key.Key_BracketLeft)
    assert brush.brush.size == size + 10


def test_the_pen_presses_and_its_other_end_erases(window, pen, mask):
    window.set_tool("brush")
    kinds = QEvent.Type
    pen(kinds.TabletPress, 0.3, 0.3, 0.2)
    pen(kinds.TabletMove, 0.5, 0.3, 0.2)
    pen(kinds.TabletRelease, 0.5, 0.3, 0.0)
    light = mask()
    pen(kinds.TabletPress, 0.3, 0.7, 1.0)
    pen(kinds.TabletMove, 0.5, 0.7, 1.0)
    pen(kinds.TabletRelease, 0.5, 0.7, 0.0)
    assert 0 < 3 * light < mask() - light
    pen(kinds.TabletPress, 0.3, 0.7, 1.0, eraser=True)
    pen(kinds.TabletMove, 0.5, 0.7, 1.0, eraser=True)
    pen(kinds.TabletRelease, 0.5, 0.7, 0.0, eraser=True)
    assert mask(slice(170, 188), slice(80, 126)) == 0
    assert mask(slice(60, 90)) > 0


def test_a_hand_that_is_lost_leaves_what_it_painted(window, history, drag, place, mask):
    window.set_tool("brush")
    drag((0.5, 0.5), (0.9, 0.5), (1.4, 0.5), release=False)
    assert window.region.strokes.active
    at = QPointF(place(0.1, 0.1))
    none = Qt.MouseButton.NoButton  # the release went to somebody else
    event = QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window.canvas.view.viewport(), event)
    assert not window.region.strokes.active
    assert history.labels() == ("paint",)
    assert mask(slice(126, 130), slice(130, 250)) > 0.95
    assert mask(slice(0, 60)) == 0


def test_a_model_that_closes_while_painting_takes_the_stroke_along(window, client, history, drag):
    window.set_tool("brush")
    drag((0.4, 0.5), (0.6, 0.5), release=False)
    client.model_closed.emit()
    assert not window.region.strokes.active
    assert window.region.mask is None
    assert history.labels() == ()


def test_a_mask_keeps_its_place_on_a_model_of_another_size(window, client, history, drag, mask):
    window.set_tool("box")
    drag((0.25, 0.5), (0.75, 1.0))
    share = mask()
    pixels = np.zeros((512, 512, 3), np.uint8)
    large = frame(history.document.picture)
    client.frame_ready.emit(replace(large, pixels=pixels))
    assert window.region.mask.shape == (512, 512)
    assert mask() == pytest.approx(share, abs=0.01)
    assert mask(slice(0, 250)) == 0


def test_named_masks_and_what_is_done_to_all_of_one(window, history, drag, mask):
    window.set_tool("box")
    drag((0.0, 0.0), (0.5, 0.5))
    work = window.region
    work.rename("Corner")
    quarter = mask()
    work.apply("grow")
    assert mask() > quarter
    work.apply("invert")
    assert mask() < 1 - quarter
    work.new_region()
    assert mask() == 0
    assert [region.name for region in history.document.regions] == ["Corner", ""]
    work.choose(0)
    assert work.place == "Corner"
    work.apply("clear")
    assert mask() == 0


def test_masks_go_to_files_and_come_back(window, drag, tmp_path):
    window.set_tool("ellipse")
    drag((0.2, 0.3), (0.6, 0.8))
    before = window.region.mask.copy()
    window.region_panel.files.save_to(tmp_path / "mask.png")
    window.region.apply("clear")
    window.region_panel.files.read_from(tmp_path / "mask.png")
    assert np.abs(window.region.mask.astype(int) - before).max() <= 1


def test_a_pen_that_leaves_the_window_pressed_leaves_what_it_painted(window, history, pen, mask):
    window.set_tool("brush")
    kinds = QEvent.Type
    pen(kinds.TabletPress, 0.5, 0.5)
    pen(kinds.TabletMove, 0.9, 0.5)
    pen(kinds.TabletMove, 1.4, 0.5)  # beyond the picture; its release goes to somebody else
    pen(kinds.TabletPress, 0.2, 0.2)
    pen(kinds.TabletRelease, 0.2, 0.2)
    assert history.labels() == ("paint", "paint")
    assert mask(slice(126, 130), slice(130, 250)) > 0.95


def test_a_mask_of_everything_and_one_of_another_shape_get_a_sentence(window, client, tmp_path):
    notices = []
    client.notice.connect(lambda kind, text: notices.append(text))
    window.set_tool("brush")
    window.region.apply("all")
    status = window.region_panel.status.text()
    assert status.startswith("The mask covers the whole picture")
    before = window.region.mask.copy()
    Image.fromarray(np.zeros((10, 40), np.uint8)).save(tmp_path / "wide.png")
    window.region_panel.files.read_from(tmp_path / "wide.png")
    assert "40 x 10 pixels; it has to be square" in notices[-1]
    assert np.array_equal(window.region.mask, before)
    Image.fromarray(np.zeros((40, 40), np.uint8)).save(tmp_path / "empty.png")
    window.region_panel.files.read_from(tmp_path / "empty.png")
    assert window.region.share == 0


def test_a_model_that_changes_while_painting_takes_stroke_sliders_and_paths_along(
    window, client, history, drag
):
    window.set_tool("brush")
    drag((0.4, 0.5), (0.6, 0.5), release=False)
    other = summary()
    client.model_opened.emit(replace(other, ref="other"))
    assert not window.region.strokes.active
    assert window.region.news is None
    assert window.region.paths.progress is None
