"""A window on a client that answers only when told to."""

import pytest
from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication

from latentstudio.core.settings import Settings
from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.ui.window.main_window import MainWindow
from tests.ui.fakes import FakeClient, direction_set, frame, reading, summary


class WindowClient(FakeClient):
    """The rest of StudioClient, recorded."""

    thumb_ready = Signal(object, object)
    saved = Signal(str)

    def __init__(self):
        super().__init__()
        self.opened, self.shown, self.originals = [], [], []
        self.thumbs, self.saves = [], []

    def open_model(self, ref):
        self.opened.append(ref)

    def close_model(self):
        self.model_closed.emit()

    def show(self, picture):
        self.shown.append(picture)

    def show_original(self, picture):
        self.originals.append(picture)

    def want_thumb(self, picture):
        self.thumbs.append(picture)

    def copy_picture(self, picture):
        self.asked.append(("copy", picture))

    def save_picture(self, picture, path, scale, smooth, metadata=None, quality=None):
        self.saves.append((picture, path, scale, smooth, quality))
        self.metadata = metadata


@pytest.fixture
def client(qapp):
    return WindowClient()


@pytest.fixture
def history():
    return History(Document())


@pytest.fixture
def settings():
    return Settings()


@pytest.fixture
def starting(qtbot, look, client, history, settings):
    """The window as it starts: no engine yet."""
    window = MainWindow(history, client, settings)
    qtbot.addWidget(window)
    window.show()
    yield window
    QGuiApplication.clipboard().clear()


@pytest.fixture
def window(starting, client, history):
    """The window with a model open and its first picture shown."""
    client.engine_ready.emit()
    client.model_opened.emit(summary())
    client.directions_ready.emit(direction_set())
    client.frame_ready.emit(frame(history.document.picture, reading()))
    return starting
