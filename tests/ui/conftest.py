"""Fixtures for the window: an application in the dark look, as the program starts it."""

import pytest
from PySide6.QtGui import QCursor

from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.ui.theme import theme
from tests.ui import fakes


@pytest.fixture(autouse=True)
def parked(qapp):
    """The mouse rests in a corner: moving it to where it is already brings no event."""
    QCursor.setPos(qapp.primaryScreen().geometry().bottomRight())
    qapp.processEvents()


@pytest.fixture
def look(qapp):
    """The theme, dark at 100 %, put back after a test that changes it."""
    current = theme()
    current.set_text_scale(1.0)
    current.set_reduce_motion(False)
    current.set_choice("dark")
    yield current
    current.set_text_scale(1.0)
    current.set_reduce_motion(False)
    current.set_choice("dark")


@pytest.fixture
def exposed(qtbot, look):
    """Shows a widget at a size, and gives it back once it is on the screen."""

    def show(widget, width, height):
        qtbot.addWidget(widget)
        widget.resize(width, height)
        with qtbot.waitExposed(widget):
            widget.show()
        return widget

    return show


@pytest.fixture
def client():
    """The engine's door, answering only what a test makes it answer."""
    return fakes.FakeClient()


@pytest.fixture
def history():
    """An untouched document."""
    return History(Document())
