"""Shortcuts can be changed, never to what another command or a slider hears, and are kept."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from latentstudio.core import settings as store
from latentstudio.core.settings import Settings
from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.ui.settings.keys_page import KeysPage
from latentstudio.ui.window.main_window import MainWindow


@pytest.fixture
def keys(window):
    return window.bars.keys


def press(row, keys):
    row.field.setKeySequence(QKeySequence(keys))
    row.field.editingFinished.emit()


def test_no_two_commands_have_the_same_keys_at_first(keys):
    taken = [key.toString() for row in keys.rows for key in keys.keys(row.id)]
    assert len(taken) == len(set(taken))


def test_changed_keys_call_the_command_and_the_old_ones_do_not(window, keys, history):
    assert keys.change("seed", [QKeySequence("Shift+R")]) == ""
    window.canvas.view.setFocus()
    QTest.keyClick(window, Qt.Key.Key_R)
    assert history.labels() == ()
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    assert len(history.labels()) == 1


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("Ctrl+E", "Ctrl+E belongs to “Export picture”. Give that other keys first."),
        ("Space", "Space is used inside lists, sliders and the canvas. Choose other keys."),
        ("Left", "Left is used inside lists, sliders and the canvas. Choose other keys."),
    ],
)
def test_a_conflict_is_refused_with_a_sentence(keys, wanted, said):
    before = keys.keys("seed")
    assert keys.change("seed", [QKeySequence(wanted)]) == said
    assert keys.keys("seed") == before
    assert store.load()[0].keys == {}


def test_the_usual_keys_come_back_unless_another_command_has_them_now(keys):
    keys.change("seed", [QKeySequence("Shift+R")])
    keys.change("compare", [QKeySequence("R")])
    assert "Compare" in keys.reset("seed")
    keys.reset("compare")
    assert keys.reset("seed") == ""
    assert not keys.is_changed("seed")
    assert store.load()[0].keys == {}


def test_a_kept_key_that_belongs_to_another_command_by_now_is_left_out(qtbot, client, look):
    kept = Settings(keys={"seed": ("Ctrl+E",), "fit": ("F",), "gone": ("Q",), "snapshot": ()})
    window = MainWindow(History(Document()), client, kept)
    qtbot.addWidget(window)
    shortcut = {id: window.actions_[id].shortcut().toString() for id in ("seed", "fit", "snapshot")}
    assert shortcut == {"seed": "R", "fit": "F", "snapshot": ""}


def test_tips_the_sheet_and_the_strip_follow(window, keys):
    window.finder.open_sheet()
    window.finder._sheet.dismiss()
    for id, key in (("snapshot", "F7"), ("find", "Ctrl+P"), ("original", "O")):
        assert keys.change(id, [QKeySequence(key)]) == ""
    groups = window.finder.groups()
    assert ("Take snapshot", ("F7",)) in groups["Edit"]
    assert ("Show the original", ("hold O",)) in groups["Canvas"]
    assert "F7" in window.strip._empty.text()
    assert "(Ctrl P)" in window.toolbar._find.toolTip()
    assert window.options._held.accessibleName() == "hold O"
    window.finder.open_sheet()
    assert window.finder._listed == groups
    window.finder._sheet.dismiss()


def test_the_page_shows_refuses_and_resets(window, keys, exposed):
    page = exposed(KeysPage(keys, window), 700, 600)
    seed = next(row for row in page.rows if row.row.id == "seed")
    press(seed, "Ctrl+E")
    assert seed.trouble.text().startswith("Ctrl+E belongs to “Export picture”.")
    assert seed.field.keySequence() == QKeySequence("R")
    press(seed, "Shift+R")
    assert (seed.trouble.text(), keys.keys("seed")) == ("", [QKeySequence("Shift+R")])
    page.search.setText("shift+r")
    assert [row.row.id for row in page.rows if row.isVisible()] == ["seed"]
    keys.reset_all()
    assert seed.field.keySequence() == QKeySequence("R")
    press(seed, "")
    assert keys.keys("seed") == []


def test_the_layout_is_found_again_as_it_was_left(window, qtbot, client, look):
    window.columns.moveSplitter(420, 1)
    window.side._column.moveSplitter(300, 1)
    window.side.show_panel("jobs")
    window.strip.show_tab(2)
    fold = next(iter(window._memory._folds.values()))
    fold.button.setChecked(False)
    left = window._memory.now()
    window.close()
    kept = store.load()[0]
    assert kept.layout == left
    assert (left.left, left.lower, left.strip, left.folded) == (
        420,
        "jobs",
        2,
        ("density/numbers",),
    )
    again = MainWindow(History(Document()), client, kept)
    qtbot.addWidget(again)
    again.show()
    again.resize(1440, 900)  # a small screen has folded it meanwhile
    assert again._memory.now() == left
    assert again.left.width() == 420
