"""The window fits its screen and comes back where it was."""

import pytest
from PySide6.QtCore import QPoint, QRect, QSize

from latentstudio.core.settings import Settings, load
from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.ui.window import placement
from latentstudio.ui.window.main_window import MainWindow
from latentstudio.ui.window.placement import WindowPlace, fitted

SCREEN = QRect(0, 0, 1440, 900)
SECOND = QRect(1440, 30, 1920, 1050)


@pytest.mark.parametrize(
    ("frame", "room", "fits"),
    [
        (QRect(10, 20, 800, 600), SCREEN, QRect(10, 20, 800, 600)),
        (QRect(0, 0, 1442, 925), SCREEN, SCREEN),
        (QRect(700, 500, 1000, 700), SCREEN, QRect(440, 200, 1000, 700)),
        (QRect(-50, -10, 500, 400), SCREEN, QRect(0, 0, 500, 400)),
        (QRect(0, 0, 1000, 700), SECOND, QRect(1440, 30, 1000, 700)),
        (QRect(9000, 9000, 1000, 700), SECOND, QRect(2360, 380, 1000, 700)),
    ],
)
def test_a_frame_is_brought_to_the_screen_and_moved_no_farther_than_needed(frame, room, fits):
    assert fitted(frame, room) == fits


@pytest.mark.parametrize("maximized", [False, True])
def test_a_place_is_written_and_read(maximized):
    place = WindowPlace(QPoint(-20, 30), QSize(1100, 700), maximized)
    assert WindowPlace.read(place.text()) == place


@pytest.mark.parametrize("text", ["", "AdnQywADAAA=", "1 2 3", "1 2 3 4 full", "1e9 0 0 0"])
def test_what_is_no_place_leaves_it_to_the_system(text):
    assert WindowPlace.read(text) is None


def opened(qtbot, client, text=""):
    window = MainWindow(History(Document()), client, Settings(window=text))
    qtbot.addWidget(window)
    window.show()
    return window


def test_it_comes_back_where_it_was_start_after_start(qtbot, look, client):
    text = "40 10 1000 650"
    for _ in range(3):
        window = opened(qtbot, client, text)
        assert (window.pos(), window.size()) == (QPoint(40, 10), QSize(1000, 650))
        window.move(60, 20)
        window.move(40, 10)
        text = window.placement.text()
    window.move(60, 20)
    window.close()
    assert load()[0].window == "60 20 1000 650"


def test_a_window_that_fills_the_screen_does_so_again_and_remembers_its_own_size(
    qtbot, look, client
):
    window = opened(qtbot, client, "40 10 1000 650 max")
    assert window.isMaximized()
    assert window.placement.text() == "40 10 1000 650 max"


def test_one_that_is_larger_than_its_screen_is_made_smaller(qtbot, look, client, monkeypatch):
    room = SCREEN.adjusted(0, 20, 0, 0)
    monkeypatch.setattr(
        placement.Placement,
        "_screen",
        lambda *_: type("", (), {"availableGeometry": lambda _: room})(),
    )
    window = opened(qtbot, client, "0 0 1600 1000")
    assert room.contains(window.frameGeometry())
    assert window.width() >= 1430
    window.move(300, 300)
    window.placement.fit()
    assert room.contains(window.frameGeometry())
