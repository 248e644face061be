"""A window with a model whose engine answers only when told to."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from tests.ui.fakes import direction_set, frame, summary
from tests.ui.window.conftest import WindowClient


@pytest.fixture
def client(qapp):
    return WindowClient()


@pytest.fixture
def window(exposed, client, history, monkeypatch):
    from latentstudio.core.settings import Settings
    from latentstudio.ui.window.main_window import MainWindow

    made = exposed(MainWindow(history, client, Settings()), 1440, 900)
    client.model_opened.emit(summary())
    client.directions_ready.emit(direction_set())
    client.frame_ready.emit(frame(history.document.picture))
    return made


@pytest.fixture
def place(window):
    """Where a point of the picture, by shares, lies in the view."""

    def at(x, y):
        after = window.canvas.stage.after
        box = after.boundingRect()
        scene = after.mapToScene(QPointF(x * box.width(), y * box.height()))
        return window.canvas.view.mapFromScene(scene)

    return at


@pytest.fixture
def mask(window):
    """The painted mask as shares: mean of a part."""

    def part(rows=slice(None), columns=slice(None)):
        return float(np.mean(window.region.mask[rows, columns]) / 255)

    return part
