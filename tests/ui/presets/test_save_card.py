"""The card that saves, and the one that asks how a file is read."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from latentstudio.core.spaces import Space
from latentstudio.document import commands
from latentstudio.document.direction import Direction, Linear
from latentstudio.exchange.import_options import ImportOptions
from latentstudio.session.import_messages import ImportQuestion, ImportTrial
from latentstudio.session.preset_messages import Draft
from latentstudio.ui.presets.choose_list import ChooseList


def test_the_stack_is_saved_as_a_look(window, client, history):
    history.do(commands.set_amount("sefa-1", 2.0))
    window.left.edits.save.click()
    card = window.parts.save_card
    assert card.isVisible()
    assert card.name.text() == "Direction 1 (SeFa)"
    card.tags.setText(" mood,, face ,mood")
    card.author.setText("Ada")
    card.name.setText("SeFa\x1b 1")
    QTest.keyClick(card.name, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    (asked,) = client.presets.asked[-1:]
    assert asked[0] == "save"
    assert asked[2] == Draft("SeFa? 1", (), True, True, "", "Ada", "", ("mood", "face"))
    assert not card.isVisible()
    assert window.preferences.now.author == "Ada"


def test_a_row_is_saved_alone_and_more_can_be_chosen(window, client):
    window.left.panel.save_asked.emit(("sefa-2",))
    card = window.parts.save_card
    assert (card.ids, card.look.isEnabled()) == (("sefa-2",), False)
    card._choose()
    chooser = card.findChild(ChooseList)
    chooser.list.item(0).setCheckState(Qt.CheckState.Checked)
    assert card.ids == ("ganspace-0", "sefa-2")
    assert card.count.text() == "2 chosen"
    chooser.close()
    card.name.setText("  ")
    assert not card.save.isEnabled()
    QTest.keyClick(card, Qt.Key.Key_Escape)
    assert not card.isVisible()
    assert client.presets.asked == []


def test_a_watched_folder_can_be_chosen(window, client, history):
    window.preferences.change(preset_folders=("/shared",))
    window.actions_["save-preset"].trigger()
    card = window.parts.save_card
    card.name.setText("X")
    card.folder.setCurrentIndex(1)
    card.save.click()
    assert client.presets.asked[-1][3] == "/shared"


QUESTION = ImportQuestion(
    "/files/odd.npy",
    ("odd 1", "odd 2"),
    frozenset({"space", "layers", "unit"}),
    ImportOptions(Space.W, None, 0.5),
    (Space.W, Space.Z),
    10,
)


def trial(unit=0.5):
    return ImportTrial(Direction("trial", "odd 1", Space.W, Linear(np.ones(4, np.float32)), unit))


def test_the_guess_is_tried_and_taken_as_it_stands(window, client, history):
    client.import_asked.emit(QUESTION)
    card = window.parts.import_card
    assert card.isVisible()
    assert card.isAncestorOf(window.focusWidget())  # Esc is for the card
    assert client.asked[-1] == ("try", "/files/odd.npy", ImportOptions(Space.W), 0)
    client.trial_ready.emit(trial())
    assert client.shown[-1].edits[-1].direction == "trial"
    assert history.document.picture.edits == ()
    card.take.click()
    assert client.asked[-1] == ("import", "/files/odd.npy", ImportOptions(Space.W))
    assert client.shown[-1] == history.document.picture


def test_what_is_answered_counts_and_a_misfit_is_said(window, client):
    client.import_asked.emit(QUESTION)
    card = window.parts.import_card
    card.first.setValue(3)
    card.last.setValue(5)
    card.unit.committed.emit(0.25)
    assert card.wanted == ImportOptions(Space.W, (2, 4), 0.25)
    card.space.setCurrentIndex(1)
    assert card.wanted == ImportOptions(Space.Z, None, 0.25)
    client.trial_failed.emit("It doesn't fit.")
    assert card.problem.text() == "It doesn't fit."
    assert not card.take.isEnabled()
    client.trial_ready.emit(trial())
    assert card.take.isEnabled()


def test_a_second_file_waits_for_the_first(window, client, qtbot):
    other = replace(QUESTION, path="/files/second.npy")
    client.import_asked.emit(QUESTION)
    client.import_asked.emit(other)
    card = window.parts.import_card
    assert card.question == QUESTION
    card.hide()
    qtbot.waitUntil(lambda: card.question == other)
    assert card.isVisible()
    client.model_closed.emit()
    assert not card.isVisible()
