"""The dialog for edits on many pictures."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from latentstudio.core.settings import Settings
from latentstudio.document.state import Document
from latentstudio.ui.projects import batch
from latentstudio.ui.projects.batch_dialog import BatchDialog


@pytest.fixture
def dialog(qtbot, look, tmp_path):
    window = QWidget()
    qtbot.addWidget(window)
    made = BatchDialog(Document(), Settings(save_folder=str(tmp_path)), window)
    yield made
    made.close()


def test_seeds_or_pictures(dialog, tmp_path):
    asked = dialog.asked()
    assert (asked.seeds, asked.folder) == (tuple(range(20)), None)
    assert (asked.output, asked.ending) == (tmp_path / "Batch", "png")
    dialog.source.setCurrentIndex(1)
    dialog.pictures.setText("/some/where")
    dialog.format.setCurrentIndex(2)
    asked = dialog.asked()
    assert (asked.seeds, asked.folder, asked.ending) == (None, Path("/some/where"), "psd")


def test_it_stays_open_while_something_is_wrong(dialog):
    dialog.show()
    dialog.seeds.setText("3 to 5")
    dialog.accept()
    assert dialog.isVisible()
    assert dialog.wrong.text() == "'3 to 5' is not a list of seeds. Write numbers such as 0-7,42."
    dialog.seeds.setText("3-5")
    dialog.output.setText(" ")
    dialog.accept()
    assert dialog.isVisible()
    dialog.output.setText("/tmp/x")
    dialog.accept()
    assert not dialog.isVisible()


def test_looks_take_the_place_of_edits_and_recipes_can_be_left_out(dialog):
    one, other = (Path("/p/a.lpreset"), "look-1"), (Path("/p/b.lpreset"), "look-2")
    dialog.show_looks([(one, "Dawn"), (other, "Dusk, of Moods")], other)
    assert [dialog.edits.itemText(row) for row in range(2)] == ["Dawn", "Dusk, of Moods"]
    dialog.recipe.setChecked(False)
    asked = dialog.asked()
    assert (asked.preset, asked.look) == other
    assert (asked.carried.made, asked.carried.recipe) == (True, False)
    dialog.show_looks([(other, "Dusk, of Moods"), (one, "Dawn")])  # listed anew: it stays chosen
    assert dialog.asked().look == "look-2"
    dialog.show_looks([])
    assert dialog.asked().preset is None


def test_a_dialog_that_is_gone_hears_nothing_more_of_the_library(
    qtbot, history, client, tmp_path, monkeypatch
):
    window = QWidget()
    qtbot.addWidget(window)
    asks = batch.Batch(window, history, client, SimpleNamespace(now=Settings()))
    heard = []
    asks.looks = lambda: heard.append("looks") or []
    monkeypatch.setattr(BatchDialog, "exec", lambda _: client.presets.listed.emit(None))
    asks.ask()
    while_open = len(heard)
    client.presets.listed.emit(None)
    assert len(heard) == while_open == 2


def test_draw_stands_at_the_right_and_enter_presses_it(dialog, qtbot):
    dialog.show()
    buttons = {one.text(): one for one in dialog.findChildren(QPushButton)}
    assert buttons["Cancel"].geometry().right() < buttons["Draw"].geometry().left()
    dialog.seeds.setFocus()
    with qtbot.waitSignal(dialog.accepted, timeout=1000):
        qtbot.keyClick(dialog.seeds, Qt.Key.Key_Return)
