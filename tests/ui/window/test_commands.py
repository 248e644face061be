"""The table of commands: every one does what it says, from menu, key and palette."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from latentstudio.core.settings import load
from latentstudio.document import commands
from latentstudio.ui.palette.entries import Entry, find, keys_of, rank
from tests.ui.fakes import frame, pixels, reading, summary


def key(window, name, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(window.focusWidget() or window, name, modifier)


@pytest.fixture(autouse=True)
def in_front(window, qtbot):
    window.activateWindow()
    window.canvas.view.setFocus()
    qtbot.waitUntil(lambda: QGuiApplication.focusWindow() is not None)


def test_no_shortcut_is_given_twice(window):
    seen = {}
    for row in window.actions_.rows:
        if row.run:
            for sequence in window.actions_[row.id].shortcuts():
                text = sequence.toString()
                assert seen.setdefault(text, row.id) == row.id
    assert {"Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Y", "Ctrl+K", "F1", "\\", "R", "9"} <= set(seen)


def test_every_command_has_a_menu_and_an_entry_or_is_a_gesture(window):
    titles = {a.text() for a in window.menuBar().actions()}
    for row in window.actions_.rows:
        assert row.menu.split("/")[0] in titles
        assert row.run is not None or row.gesture


def test_undo_and_redo_name_their_step(window, history):
    undo, redo = window.actions_["undo"], window.actions_["redo"]
    assert (undo.text(), undo.isEnabled()) == ("Undo", False)
    history.do(commands.set_amount("sefa-1", 1.4, "Smile"))
    assert (undo.text(), undo.isEnabled()) == ("Undo change Smile", True)
    undo.trigger()
    assert history.document.picture.edits == ()
    assert (redo.text(), redo.isEnabled()) == ("Redo change Smile", True)
    redo.trigger()
    assert history.document.picture.amount("sefa-1") == 1.4


def test_every_change_is_shown(window, history, client):
    history.do(commands.set_amount("sefa-1", 1.0))
    assert client.shown[-1] == history.document.picture


def test_a_model_that_opens_again_switches_on_nothing_that_has_no_use(window, client):
    unused = ("undo", "redo", "reset", "swap", "recall-1", "recall-9")
    assert not any(window.actions_[id].isEnabled() for id in unused)
    client.model_opened.emit(summary())
    assert not any(window.actions_[id].isEnabled() for id in unused)


@pytest.mark.parametrize(
    ("name", "modifier"),
    [
        (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier),
        (Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier),
    ],
)
def test_redo_has_both_its_keys(window, history, name, modifier):
    history.do(commands.set_seed(5))
    key(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert history.document.picture.seed == 0
    key(window, name, modifier)
    assert history.document.picture.seed == 5


def test_r_throws_the_dice_but_not_while_typing(window, history):
    key(window, Qt.Key.Key_R)
    thrown = history.document.picture.seed
    assert thrown != 0
    assert window.toolbar.seed.value() == thrown
    window.left.focus_search()
    key(window, Qt.Key.Key_R)
    assert history.document.picture.seed == thrown
    assert window.left.panel.search.text() == "r"


def test_a_typed_seed_is_one_step_and_may_be_as_large_as_numpy_takes(window, history):
    window.toolbar.seed.setValue(2**32 - 1)
    assert history.document.picture.seed == 2**32 - 1
    assert history.labels() == (f"seed {2**32 - 1}",)


def test_snapshots_are_kept_and_recalled_by_their_number(window, history, client):
    key(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    start = history.document.picture
    history.do(commands.set_amount("sefa-2", 2.0))
    key(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert [s.name for s in history.document.snapshots] == ["Start", "Direction 2 (SeFa)"]
    assert client.thumbs == [start, history.document.picture]
    key(window, Qt.Key.Key_1)
    assert history.document.picture == start
    assert history.undo_label == "recall Start"
    key(window, Qt.Key.Key_2)
    assert history.document.picture.amount("sefa-2") == 2.0
    key(window, Qt.Key.Key_9)
    assert history.undo_label == "recall Direction 2 (SeFa)"


def test_zoom_keys(window):
    view = window.canvas.view
    key(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert view.zoom == 1.0
    key(window, Qt.Key.Key_Plus)
    assert view.zoom == 1.5
    key(window, Qt.Key.Key_Minus)
    assert view.zoom == 1.0
    key(window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert view.fitted
    key(window, Qt.Key.Key_Z)
    assert view.tool == "zoom"
    key(window, Qt.Key.Key_H)
    assert view.tool == "hand"


def test_copy_puts_the_pixels_on_the_clipboard(window):
    window.actions_["copy"].trigger()
    image = QGuiApplication.clipboard().image()
    wanted = pixels(1)[0]
    assert (image.width(), image.height()) == (64, 64)
    assert image.pixelColor(10, 20).getRgb()[:3] == tuple(int(v) for v in wanted[20, 10])


def test_a_clipboard_that_holds_nothing_is_said(window, client, monkeypatch):
    clipboard = SimpleNamespace(mimeData=lambda: None)
    monkeypatch.setattr(QGuiApplication, "clipboard", lambda: clipboard)
    window.actions_["paste"].trigger()
    monkeypatch.undo()
    assert window.toasts.toasts[-1].text == "There is no picture on the clipboard."
    assert "open" not in [asked[0] for asked in client.photos.asked]


def test_copy_keeps_what_is_transparent(window, client, history):
    told = summary()
    client.model_opened.emit(replace(told, info=replace(told.info, channels=4)))
    client.frame_ready.emit(frame(history.document.picture))
    window.actions_["copy"].trigger()
    assert client.asked[-1] == ("copy", history.document.picture)
    whole = np.zeros((64, 64, 4), np.uint8)
    whole[20, 10] = (200, 100, 50, 128)
    client.copied.emit(whole)
    image = QGuiApplication.clipboard().image()
    assert image.hasAlphaChannel()
    assert image.pixelColor(10, 20).getRgb() == (200, 100, 50, 128)
    assert image.pixelColor(0, 0).alpha() == 0


def test_stay_on_shell_is_a_step_and_shows_in_the_menu(window, history):
    window.actions_["stay"].trigger()
    assert history.document.picture.on_shell
    assert window.actions_["stay"].isChecked()
    history.undo()
    assert not window.actions_["stay"].isChecked()


def test_themes_and_sizes_are_kept(window, look):
    window.actions_["light"].trigger()
    assert look.look == "light"
    window.actions_["text-125"].trigger()
    assert look.text_scale == 1.25
    assert (window.preferences.now.theme, window.preferences.now.text_scale) == ("light", 125)
    assert load()[0].theme == "light"


def test_pixels_or_smooth_is_a_setting(window):
    assert window.canvas.view.smooth
    window.actions_["pixels"].trigger()
    assert not window.canvas.view.smooth
    assert window.options.pixels.isChecked()


def test_the_palette_finds_commands_directions_and_snapshots(window, history):
    window.edits.take_snapshot()
    window.finder.open_palette()
    palette = window.finder._palette
    palette.field.setText("sefa 3")
    lines = [line for line in palette.model.lines if isinstance(line, Entry)]
    assert [line.text for line in lines] == ["Direction 3 (SeFa)"]
    palette.field.setText("star")
    assert "1 Start" in [line.text for line in palette.model.lines]
    palette.field.setText("new se")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert history.undo_label.startswith("seed ")
    assert window.focusWidget() is window.canvas.view


def test_the_palette_finds_seeds_of_the_history_and_any_that_is_typed(window, history):
    history.do(commands.set_seed(591))
    history.do(commands.set_seed(7))
    window.finder.open_palette()
    palette = window.finder._palette
    palette.field.setText("seed")
    assert {"Seed 591", "Seed 7"} <= {line.text for line in palette.model.lines}
    palette.field.setText("965346")
    lines = [line for line in palette.model.lines if isinstance(line, Entry)]
    assert [line.text for line in lines] == ["Seed 965346"]
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert history.document.picture.seed == 965346
    palette.ask(window.finder.entries(), window.finder.typed)
    palette.field.setText("snapshots")
    assert window.finder.typed("99999999999999999999") == []


def test_snapping_back_is_not_offered_on_the_shell(window, client, history):
    history.do(commands.set_amount("sefa-1", 2.0))
    picture, action = history.document.picture, window.actions_["snap-back"]
    client.frame_ready.emit(frame(picture, reading()))
    assert not action.isEnabled()
    entry = next(e for e in window.finder.entries() if e.text.startswith("Snap back"))
    assert entry.why_not == "already on the shell"
    client.frame_ready.emit(frame(picture, reading(15.0, 99.9, "off"), reading()))
    assert action.isEnabled()
    client.frame_ready.emit(frame(history.document.picture, reading()))
    assert not action.isEnabled()


def test_the_palette_says_why_something_is_not_to_be_had(window):
    entries = {entry.text: entry for entry in window.finder.entries()}
    assert entries["Redo"].why_not == "nothing to redo"
    assert entries["Take snapshot"].why_not == ""


def test_the_sheet_lists_every_shortcut_of_the_table(window):
    groups = window.finder.groups()
    rows = dict(row for group in groups.values() for row in group)
    assert rows["Undo"] == ("Ctrl", "Z")
    assert rows["Show the original"] == ("hold \\",)
    assert rows["Zoom in"] == ("+",)
    assert list(groups) == ["File", "Edit", "Canvas", "Directions", "Region", "View", "Help"]
    window.finder.open_sheet()
    sheet = window.finder._sheet
    assert sheet.isVisible()
    sheet.field.setText("undo")
    shown = [text for g in sheet._groups for text, line in g._rows if line.isVisible()]
    assert shown == ["Undo"]
    QTest.keyClick(sheet.field, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


@pytest.mark.parametrize(
    ("text", "typed", "fit"),
    [("Snap back", "sn", 0), ("Take snapshot", "sn", 1), ("Unsnap", "sn", 2), ("Undo", "sn", None)],
)
def test_what_starts_so_comes_first(text, typed, fit):
    assert rank(text, typed) == fit


def test_groups_keep_their_order_and_the_best_stands_first():
    entries = [Entry("A", "Take snapshot", int), Entry("A", "Snap", int), Entry("B", "Snow", int)]
    assert [line.text for line in find(entries, "sn")] == [
        "A",
        "Snap",
        "Take snapshot",
        "B",
        "Snow",
    ]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Ctrl+Shift+Z", ("Ctrl", "Shift", "Z")),
        ("Ctrl++", ("Ctrl", "+")),
        ("+", ("+",)),
        ("", ()),
        ("\\", ("\\",)),
    ],
)
def test_shortcuts_as_keys(text, keys):
    assert keys_of(text) == keys


def test_the_canvas_tells_screen_readers_verdict_and_edits(window, history, client):
    history.do(commands.set_amount("sefa-1", 1.0))
    client.frame_ready.emit(frame(history.document.picture, reading(state="edge")))
    assert window.canvas.view.accessibleDescription() == "Near the edge. Direction 1 (SeFa)"


def test_every_button_has_a_name(window):
    for button in window.findChildren(QAbstractButton):
        inside_field = isinstance(button.parent(), QLineEdit)  # a mark, not a control
        if button.isVisible() and not inside_field:
            assert button.accessibleName() or button.text(), button
