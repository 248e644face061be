"""Where keys go."""

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from latentstudio.ui.widgets.chip import Chip
from tests.ui.fakes import direction_set, frame, reading, summary

SPACE = Qt.Key.Key_Space


@pytest.fixture
def front(qtbot):
    """Brings a window to the front, as a click on it does."""

    def bring(window):
        window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is window)

    return bring


@pytest.fixture(autouse=True)
def in_front(window, front):
    front(window)


def focus():
    return QApplication.focusWidget()


def hover(window):
    """The pointer comes over the canvas."""
    place = QPointF(20, 20)
    QApplication.sendEvent(window.canvas, QEnterEvent(place, place, place))


def test_after_opening_a_model_keys_go_to_the_canvas(window, client, history):
    client.model_closed.emit()
    window.canvas.empty._built_in.setFocus()
    smooth = window.preferences.now.smooth
    client.model_opened.emit(summary())
    client.frame_ready.emit(frame(history.document.picture, reading()))
    assert focus() is window.canvas.view
    QTest.keyClick(focus(), SPACE)
    assert window.preferences.now.smooth == smooth


def test_a_model_that_closes_does_not_leave_the_focus_to_chance(window, client):
    window.options.pixels.setFocus()
    client.model_closed.emit()
    assert focus() is window.canvas.view


def test_a_text_that_is_being_typed_keeps_the_focus(window, client):
    window.toolbar.seed.setFocus()
    client.model_opened.emit(summary())
    assert focus() is window.toolbar.seed


def test_space_in_another_window_does_not_pan(window, front):
    hover(window)
    window.actions_["models"].trigger()
    page = window.library.models
    front(page)
    row = next(iter(page.rows.values()))
    row.setFocus()
    QTest.keyPress(row, SPACE)
    assert not window.canvas.view._space
    QTest.keyRelease(row, SPACE)
    page.close()
    front(window)
    window.canvas.view.setFocus()
    QTest.keyPress(window.canvas.view, SPACE)
    assert window.canvas.view._space
    QTest.keyRelease(window.canvas.view, SPACE)
    QApplication.sendEvent(window.canvas, QEvent(QEvent.Type.Leave))


def test_keys_in_the_models_window_are_no_commands(window, history, front):
    window.actions_["models"].trigger()
    page, before = window.library.models, history.document
    front(page)
    for where in (page, *list(page.rows.values())[:1]):
        where.setFocus()
        for keys in ("R", "Ctrl+D", "B", "1", "Ctrl+Z"):
            QTest.keySequence(where, keys)
    assert history.document == before
    assert window.canvas.view.tool == "hand"
    page.close()


def test_the_search_is_cleared_left_and_goes_on_to_the_list(window):
    window.left.focus_search()
    search, view = window.left.panel.search, window.left.panel.view
    QTest.keyClicks(search, "pca 2")
    QTest.keyClick(search, Qt.Key.Key_Down)
    assert view.current == "ganspace-2"
    assert focus() is view.editor.slider
    window.left.focus_search()
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert search.text() == ""
    assert focus() is search
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert focus() is window.canvas.view


def test_tab_goes_from_the_search_over_the_chips_to_the_list(window, client):
    client.directions_ready.emit(direction_set())
    window.left.focus_search()
    reached = []
    for _ in range(6):
        QTest.keyClick(focus(), Qt.Key.Key_Tab)
        if not isinstance(focus(), Chip):
            break
        reached.append(focus().key)
    assert reached == list(window.left.panel.chips._chips)
    assert focus() in (window.left.panel.view, window.left.panel.view.editor.slider)
