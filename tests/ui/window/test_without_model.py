"""With no model open nothing changes what can't be seen; a snapshot brings its model back."""

from PySide6.QtTest import QTest

from latentstudio.document import commands
from tests.ui.fakes import summary


def closed(window, client, history):
    """The window after some work, its model closed."""
    window.edits.take_snapshot()
    history.do(commands.set_seed(5))
    history.undo()
    history.do(commands.set_seed(7))
    client.model_closed.emit()
    return history.document


def test_undo_redo_and_steps_wait_for_a_model(window, client, history):
    document = closed(window, client, history)
    for key in ("Ctrl+Z", "Ctrl+Shift+Z", "1"):
        QTest.keySequence(window, key)
    assert not window.actions_["undo"].isEnabled()
    assert not window.actions_["redo"].isEnabled()
    window.strip._tabs.button(1).click()
    assert not window.strip.steps.isEnabled()
    assert history.document == document
    assert window.toolbar.seed.value() == 7
    client.model_opened.emit(summary())
    assert window.actions_["undo"].isEnabled()
    assert window.strip.steps.isEnabled()


def test_a_click_on_a_snapshot_opens_its_model_and_then_shows_it(window, client, history):
    document = closed(window, client, history)
    window.strip.snapshots.clicked.emit(window.strip.model.index(0))
    assert client.opened == [document.model]
    assert history.document == document
    client.model_opened.emit(summary())
    assert history.document.picture == document.snapshots[0].picture
    history.undo()
    client.model_opened.emit(summary())
    assert history.document == document  # only once


def test_a_snapshot_waits_for_a_model_that_is_on_its_way(window, client, history):
    document = closed(window, client, history)
    client.opening = True
    window.strip.snapshots.clicked.emit(window.strip.model.index(0))
    assert client.opened == []
    client.model_failed.emit("portraits", "No.")
    client.model_opened.emit(summary())
    assert history.document == document
