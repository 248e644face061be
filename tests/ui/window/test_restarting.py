"""Harm by a plugin: the offered restart switches it off, closes the window and starts once."""

import pytest
from PySide6.QtWidgets import QPushButton, QWidget

from latentstudio.app.restarting import COMMAND, Restarting
from latentstudio.ui.toasts import ToastStack
from tests.ui import fakes

HARM = "The plugin Mine replaced builtins.open."


class Window(QWidget):
    """Remembers whether it was closed while it held."""

    stays = False

    def closeEvent(self, event):
        event.setAccepted(not self.stays)


@pytest.fixture
def offered(qtbot):
    client, window, started = fakes.FakeClient(), Window(), []
    qtbot.addWidget(window)
    window.show()
    toasts = ToastStack(window)
    restarting = Restarting(client, toasts, window, started.append)
    client.restart_advised.emit("mine", HARM)
    (toast,) = toasts.toasts
    assert toast.text == HARM
    toast.findChild(QPushButton).click()
    return client, window, restarting, started


def test_the_plugin_goes_off_first(offered):
    client, window, restarting, started = offered
    assert client.library.asked == [("disable_plugin", "mine")]
    assert window.isVisible()
    client.library.plugins_ready.emit([])
    assert not window.isVisible()
    restarting.start_if_wanted()
    assert started == [COMMAND]


def test_a_window_that_stays_open_does_not_start_another(offered):
    client, window, restarting, started = offered
    window.stays = True
    client.library.plugins_ready.emit([])
    restarting.start_if_wanted()
    assert started == []


def test_a_common_end_starts_nothing(qtbot):
    window, started = Window(), []
    qtbot.addWidget(window)
    Restarting(fakes.FakeClient(), ToastStack(window), window, started.append).start_if_wanted()
    assert started == []
