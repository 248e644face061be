"""Before the engine is there, and when a model cannot be opened."""

from dataclasses import replace

import numpy as np
from PIL import Image

from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.store.last_work import last_picture_path
from latentstudio.ui.window.main_window import MainWindow
from tests.ui.fakes import frame, reading, summary


def middle(window):
    canvas = window.canvas
    return canvas.view.grab().toImage().pixelColor(canvas.width() // 2, 60)


def test_it_starts_with_the_shipped_picture_and_the_card(starting):
    assert starting.canvas.starting.isVisible()
    assert starting.canvas.hud.text() == "A picture of the built-in model"
    assert not starting.canvas.stage.after.pixmap.isNull()
    assert starting.canvas.stage.after.opacity() < 0.5
    assert not starting.actions_["snapshot"].isEnabled()
    assert starting.actions_["open"].isEnabled()


def test_it_starts_with_the_last_picture_when_there_is_one(qtbot, look, client, settings):
    path = last_picture_path()
    path.parent.mkdir(parents=True)
    Image.fromarray(np.full((32, 32, 3), (250, 0, 0), np.uint8)).save(path)
    window = MainWindow(History(Document()), client, settings)
    qtbot.addWidget(window)
    window.show()
    assert window.canvas.hud.text() == "Last picture"
    color = middle(window)
    assert color.red() > 3 * color.green()


def test_a_broken_last_picture_is_as_good_as_none(qtbot, look, client, settings):
    path = last_picture_path()
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n broken")
    window = MainWindow(History(Document()), client, settings)
    qtbot.addWidget(window)
    assert window.canvas.hud.text() == "A picture of the built-in model"


def test_the_first_live_picture_takes_the_card_away(window):
    assert not window.canvas.starting.isVisible()
    assert window.canvas.stage.after.opacity() == 1.0
    assert window.status.model.text == "Portraits 64"
    assert window.status.device.text == "CPU, 2 threads"
    assert window.status.frame.text == "12 ms a frame"
    assert window.actions_["snapshot"].isEnabled()


def test_opening_a_model_shows_the_document_at_once(starting, client, history):
    assert client.shown == []
    client.model_opened.emit(summary())
    assert client.shown == [history.document.picture]


def test_without_any_model_the_canvas_asks_for_one(starting, client):
    client.model_failed.emit("x.pth", "This file holds a program, not weights.")
    assert starting.canvas.empty.isVisible()
    assert not starting.canvas.starting.isVisible()
    (toast,) = starting.toasts.toasts
    assert (toast.kind, toast.text) == (
        "error",
        "x.pth: This file holds a program, not weights.",
    )


def test_opening_another_model_sends_old_errors_away(window, client):
    client.model_failed.emit("/models/x.pth", "x.pth is damaged.")
    client.notice.emit("ok", "Saved")
    assert [toast.text for toast in window.toasts.toasts] == ["x.pth is damaged.", "Saved"]
    window.opening.open("/models/y.pth")
    assert [toast.text for toast in window.toasts.toasts] == ["Saved"]


def test_a_model_that_fails_leaves_the_open_one(window, client):
    client.model_failed.emit("x.pth", "No.")
    assert not window.canvas.empty.isVisible()
    assert window.canvas.pixels is not None
    assert window.status.model.text == "Portraits 64"


def test_an_opened_model_is_remembered(window):
    assert window.preferences.now.last_model == "portraits"
    assert window.preferences.now.recent_models == ("portraits",)


def test_a_picture_without_a_reading_has_no_badge(window, client, history):
    window.resize(1100, 700)
    density = window.side.rail.buttons["density"]
    assert density.state == "on"
    client.frame_ready.emit(frame(history.document.picture, reading(12.5, 99.99, "off")))
    assert density.accessibleName() == "Density: too far"
    client.frame_ready.emit(replace(frame(history.document.picture), reading=None))
    assert density.state is None
