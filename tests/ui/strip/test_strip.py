"""Snapshots and history below the canvas."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.ui.strip.strip import Strip
from tests.ui.fakes import pixels


@pytest.fixture
def history():
    history = History(Document())
    for number, name in enumerate(("Start", "Smile", "Wide")):
        history.do(commands.set_amount("sefa-1", float(number), "Smile"))
        history.do(commands.keep_snapshot(name))
    return history


@pytest.fixture
def wanted():
    return []


@pytest.fixture
def strip(exposed, history, wanted):
    made = exposed(Strip(history, wanted.append), 768, 111)
    stop = history.changed.connect(made.show_document)
    yield made
    stop()


def names(strip):
    model = strip.model
    return [model.index(row).data() for row in range(model.rowCount())]


def test_it_lists_the_snapshots_and_asks_once_for_each_picture(strip, wanted, history):
    assert names(strip) == ["1 Start", "2 Smile", "3 Wide"]
    assert wanted == [shot.picture for shot in history.document.snapshots]
    history.do(commands.change_snapshot(0, starred=True))
    assert len(wanted) == 3


def test_the_one_on_the_canvas_is_marked(strip, history):
    assert strip.model.current_row() == 2
    history.do(commands.show_picture("recall", history.document.snapshots[0].picture))
    assert strip.model.current_row() == 0
    history.do(commands.set_seed(99))
    assert strip.model.current_row() == -1


def test_a_thumb_is_shown_when_it_comes(strip, history):
    picture = history.document.snapshots[1].picture
    assert strip.model.index(1).data(Qt.ItemDataRole.DecorationRole) is None
    strip.thumbs.add(picture, pixels(1)[0])
    assert strip.model.index(1).data(Qt.ItemDataRole.DecorationRole).width() == 64


def test_enter_recalls_and_delete_removes(strip, history, qtbot):
    strip.snapshots.setCurrentIndex(strip.model.index(1))
    with qtbot.waitSignal(strip.recalled) as signal:
        QTest.keyClick(strip.snapshots, Qt.Key.Key_Return)
    assert signal.args == [1]
    QTest.keyClick(strip.snapshots, Qt.Key.Key_Delete)
    assert names(strip) == ["1 Start", "2 Wide"]
    history.undo()
    assert names(strip) == ["1 Start", "2 Smile", "3 Wide"]


def test_renaming_is_a_command(strip, history):
    index = strip.model.index(1)
    assert strip.model.setData(index, "  Grin ", Qt.ItemDataRole.EditRole)
    assert history.document.snapshots[1].name == "Grin"
    assert not strip.model.setData(index, "   ", Qt.ItemDataRole.EditRole)
    history.undo()
    assert history.document.snapshots[1].name == "Smile"


def test_the_menu_stars(strip, history):
    menu = strip.snapshots.menu_for(0)
    star = next(a for a in menu.actions() if a.text() == "Star")
    star.trigger()
    assert history.document.snapshots[0].starred
    menu.deleteLater()


def test_an_empty_strip_says_how_to_fill_it(qtbot, look):
    strip = Strip(History(Document()), lambda _: None)
    qtbot.addWidget(strip)
    strip.show()
    assert strip._empty.isVisible()
    assert not strip.snapshots.isVisible()


def test_history_goes_back_and_forward_by_a_click(strip, history):
    strip._tabs.button(1).click()
    texts = strip.steps.model().stringList()
    assert texts[0] == "Start"
    assert len(texts) == 1 + len(history.labels())
    strip.steps.go_to(2)
    assert history.labels() == ("snapshot Start", "change Smile")
    assert strip.steps.model().stringList() == texts
    strip.steps.go_to(len(texts) - 1)
    assert len(history.labels()) == len(texts) - 1
    strip.steps.go_to(0)
    assert history.document == Document()


def test_something_new_ends_what_was_undone(strip, history):
    strip._tabs.button(1).click()
    strip.steps.go_to(1)
    history.do(commands.set_seed(3))
    assert strip.steps.model().stringList() == ["Start", "Snapshot Start", "Seed 3"]


def test_the_bar_counts_and_recalls(strip, history, qtbot):
    strip.set_folded(True)
    assert strip.is_bar
    assert strip.height() == 31
    thumbs = strip._bar._thumbs
    with qtbot.waitSignal(strip.recalled) as signal:
        QTest.mouseClick(thumbs, Qt.MouseButton.LeftButton, pos=thumbs.rect().center())
    assert signal.args == [1]
    strip._bar.opened.emit()
    assert not strip.is_bar
    strip.set_folded(False)
    assert strip.height() == 111


def test_steps_of_the_history_have_their_small_pictures(strip, history, wanted, qtbot):
    strip._tabs.button(1).click()
    history.do(commands.set_seed(3))
    picture = history.document.picture
    assert picture not in wanted  # a hand may still move
    qtbot.waitUntil(lambda: picture in wanted)
    blank = strip.steps.grab().toImage()
    strip.thumbs.add(picture, pixels(1)[0])
    assert strip.steps.grab().toImage() != blank
    assert wanted.count(picture) == 1


def test_documents_follow_the_labels_of_the_history(history):
    history.undo()
    history.undo()
    documents = history.documents()
    assert len(documents) == 1 + len(history.labels()) + len(history.undone_labels())
    assert documents[len(history.labels())] == history.document
    assert documents[0] == Document()
