"""The window's side of the library: closing, cancelling, saying what came of it."""

from PySide6.QtWidgets import QPushButton

from latentstudio.core import paths
from latentstudio.plugin_host.host import PluginStatus


def test_closing_a_model_shows_the_empty_canvas(window, client, history):
    assert window.actions_["close"].isEnabled()
    window.actions_["close"].trigger()
    assert window.canvas.empty.isVisible()
    assert window.canvas.pixels is None
    assert window.windowTitle() == "LatentStudio"
    assert window.canvas.empty._title.text() == "Open a model to begin"
    assert window.status.frame.text == ""
    assert not window.actions_["close"].isEnabled()
    assert not window.actions_["export"].isEnabled()
    assert window.left.board.directions == ()
    assert window.left.panel.empty.title.text() == "No model is open"
    assert not window.left.panel.empty.button.isVisible()
    asked = len(client.shown)
    window.edits.set_seed(5)
    assert len(client.shown) == asked


def test_an_opening_that_is_cancelled_is_no_error(window, client):
    window.opening.open("/m/large.pkl")
    assert window.status.model.text == "Opening large"
    client.model_failed.emit("/m/large.pkl", "")
    assert window.toasts.toasts == ()
    assert window.status.model.text == "Portraits 64"
    assert window.canvas.pixels is not None


def test_the_chosen_device_is_kept(window, client):
    client.device_changed.emit("cpu")
    assert window.preferences.now.device == "cpu"


def test_the_pages_open_from_the_menus(window, client, qtbot):
    window.actions_["models"].trigger()
    assert window.library.models.isVisible()
    window.library.models.open_asked.emit("portraits")
    assert not window.library.models.isVisible()
    assert client.opened == ["portraits"]
    window.actions_["plugins"].trigger()
    assert window.library.plugins.isVisible()
    assert client.library.asked == [("want_plugins",)]


def test_what_was_installed_can_be_opened_from_the_toast(window, client):
    client.library.installed.emit("gan-face-generate")
    (toast,) = window.toasts.toasts
    assert toast.text == "Installed gan-face-generate"
    (button,) = [b for b in toast.findChildren(QPushButton) if b.text() == "Open"]
    button.click()
    assert client.opened == ["gan-face-generate"]


def test_failures_are_said_and_cancelling_is_not(window, client):
    client.library.install_failed.emit("toy", "")
    assert window.toasts.toasts == ()
    client.library.install_failed.emit("toy", "The disk is full.")
    assert [one.text for one in window.toasts.toasts] == ["The disk is full."]


def test_a_new_plugin_is_told_of_once_at_the_start(starting, client):
    client.engine_ready.emit()
    assert client.library.asked == []  # there is no folder: nothing to look for
    (paths.user_plugins_dir() / "mine").mkdir(parents=True)
    client.engine_ready.emit()
    assert client.library.asked == [("want_plugins",)]
    new = PluginStatus("mine", "Mine", "1", "", ("generators",), "/p", False, "ask")
    old = PluginStatus("old", "Old", "1", "", ("generators",), "/p", False, "allowed")
    client.library.plugins_ready.emit([new, old])
    (toast,) = starting.toasts.toasts
    assert toast.text == "The plugin Mine waits to be allowed"
    starting.toasts._remove(toast)
    client.library.plugins_ready.emit([new, old])
    assert starting.toasts.toasts == ()
