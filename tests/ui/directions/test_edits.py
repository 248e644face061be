"""The list of edits."""

import pytest
from PySide6.QtCore import QPoint, Qt

from latentstudio.document import commands
from latentstudio.ui.widgets.words import spoken
from tests.ui import fakes

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def edits(found, history, qtbot):
    for id, amount in (("ganspace-0", 1.4), ("sefa-1", 0.6), ("sefa-2", -1.6)):
        history.do(commands.set_amount(id, amount, id))
    qtbot.wait(10)
    return found.edits


def order(history):
    return [e.direction for e in history.document.picture.edits]


def test_empty_says_what_comes_here(found):
    assert found.edits.words.isVisible()
    assert found.edits.words.text() == "Moved sliders are listed here, in order."
    assert not found.edits.reset_all.isVisible()


def test_edits_are_listed_in_order_with_their_amounts(edits):
    assert edits.ids == ("ganspace-0", "sefa-1", "sefa-2")
    assert [edits.row(id).amount_text for id in edits.ids] == ["+1.4", "+0.6", "−1.6"]
    assert edits.row("sefa-2").accessibleName() == f"Direction 2 (SeFa), {spoken(-1.6)}"
    assert not edits.words.isVisible()


def test_eye_remove_and_reset_all_are_one_step_each(qtbot, edits, history):
    steps = len(history.labels())
    qtbot.mouseClick(edits.row("sefa-1").eye, LEFT)
    assert history.document.picture.edit("sefa-1").on is False
    qtbot.mouseClick(edits.row("sefa-1").remove, LEFT)
    assert order(history) == ["ganspace-0", "sefa-2"]
    assert edits.ids == ("ganspace-0", "sefa-2")
    qtbot.mouseClick(edits.reset_all, LEFT)
    assert order(history) == []
    assert len(history.labels()) == steps + 3
    history.undo()
    assert edits.ids == ("ganspace-0", "sefa-2")


def test_dragging_the_grip_moves_a_row_in_one_step(qtbot, edits, history):
    steps = len(history.labels())
    grip = edits.row("ganspace-0").grip
    high = edits.row("ganspace-0").height()
    qtbot.mousePress(grip, LEFT, NONE, QPoint(10, 14))
    qtbot.mouseMove(grip, QPoint(10, 14 + high))
    assert order(history) == ["ganspace-0", "sefa-1", "sefa-2"]
    qtbot.mouseMove(grip, QPoint(10, 14 + high))
    qtbot.mouseRelease(grip, LEFT, NONE, QPoint(10, 14))
    assert order(history) == list(edits.ids)
    assert order(history)[0] == "sefa-1"
    assert len(history.labels()) == steps + 1


def test_alt_and_arrows_move_a_row(qtbot, edits, history):
    alt = Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(edits.row("sefa-2"), Qt.Key.Key_Up, alt)
    assert order(history) == ["ganspace-0", "sefa-2", "sefa-1"]
    qtbot.keyClick(edits.row("ganspace-0"), Qt.Key.Key_Up, alt)
    assert order(history) == ["ganspace-0", "sefa-2", "sefa-1"]
    qtbot.keyClick(edits.row("sefa-2"), Qt.Key.Key_Delete)
    assert order(history) == ["ganspace-0", "sefa-1"]


def test_a_press_on_an_edit_shows_its_direction(qtbot, edits, found):
    qtbot.mouseClick(edits.row("sefa-2"), LEFT, NONE, QPoint(150, 20))
    assert found.panel.view.current == "sefa-2"


def test_folded_edits_keep_their_header(edits, found):
    tall = edits.height()
    found.set_edits_folded(True)
    assert not edits.row("sefa-1").isVisible()
    assert edits.sizeHint().height() < tall
    found.set_edits_folded(False)
    assert edits.row("sefa-1").isVisible()


def test_a_closed_models_edits_are_not_listed_by_their_ids(edits, client):
    client.model_closed.emit()
    assert edits.ids == ()
    assert edits.words.isVisible()
    client.model_opened.emit(fakes.summary())
    assert edits.ids == ("ganspace-0", "sefa-1", "sefa-2")
