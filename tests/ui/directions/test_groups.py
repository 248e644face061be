"""Groups of channels as switches on a direction's row."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication

from latentstudio.document import commands
from latentstudio.document.direction import ChannelGroups, Provenance
from latentstudio.session.methods import forms
from latentstudio.ui.directions.group_switches import switches_height
from latentstudio.ui.directions.menu import direction_menu
from tests.ui import fakes

LEFT = Qt.MouseButton.LeftButton


def grouped(count=4, off=()):
    base = fakes.direction("sefa-3")
    split = ChannelGroups(base.vector, np.arange(12) % count, "b16.conv0", frozenset(off))
    how = Provenance("dp-lase-subspace")
    return replace(base, id="g", payload=split, provenance=how)


@pytest.fixture
def row(found, client):
    """The column with a grouped direction selected."""
    known = fakes.direction_set()
    client.directions_ready.emit(replace(known, directions=(*known.directions, grouped())))
    found.panel.reveal("g")
    return found


def test_a_row_has_a_switch_for_each_group(row):
    view = row.panel.view
    switches = view.editor.groups
    assert switches.isVisible()
    assert [chip.text() for chip in switches.chips.values()] == ["1", "2", "3", "4"]
    assert all(chip.isChecked() for chip in switches.chips.values())
    assert switches.chips[1].accessibleName() == "Group 2 of Direction 3 (SeFa), on"
    inside = view.visualRect(view.rows.index_of("g"))
    assert inside.height() == pytest.approx(136 + 32, abs=2)
    assert inside.bottom() > switches.mapTo(view.viewport(), QPoint(0, switches.height())).y()
    row.panel.reveal("sefa-1")
    assert not switches.isVisible()


def test_a_switch_is_one_undo_step(qtbot, row, history):
    row.board.commands.amount("g", 2.0)
    chips = row.panel.view.editor.groups.chips
    qtbot.mouseClick(chips[1], LEFT)
    qtbot.mouseClick(chips[3], LEFT)
    edit = history.document.picture.edit("g")
    assert (edit.amount, edit.off) == (2.0, {1, 3})
    assert [chip.isChecked() for chip in chips.values()] == [True, False, True, False]
    assert history.labels()[-1] == "groups of Direction 3 (SeFa)"
    assert "2 of 4 groups" in row.board.words.edit_words(edit)
    history.undo()
    assert [chip.isChecked() for chip in chips.values()] == [True, False, True, True]
    qtbot.mouseClick(chips[1], LEFT)
    assert history.document.picture.edit("g").off is None


def test_groups_that_a_preset_has_off_start_off(qtbot, row, client, history):
    known = fakes.direction_set()
    one = grouped(off=[2])
    client.directions_ready.emit(replace(known, directions=(*known.directions, one)))
    row.panel.reveal("g")
    row.panel.view.editor.refresh()
    chips = row.panel.view.editor.groups.chips
    assert [chip.isChecked() for chip in chips.values()] == [True, True, False, True]
    qtbot.mouseClick(chips[2], LEFT)
    assert history.document.picture.edit("g").off == frozenset()
    history.do(commands.set_amount("g", 1.0))
    assert row.board.rows.groups("g")[2]


def test_the_menu_has_the_switches_too_and_splits_others(row, client, history):
    asked = []
    menu = direction_menu(row.board, "g", row, lambda: None, QPoint(), lambda: None)
    inner = next(a.menu() for a in menu.actions() if a.text() == "Channels")
    inner.actions()[0].trigger()
    assert history.document.picture.edit("g").off == {0}
    assert "Split into groups…" not in [a.text() for a in menu.actions()]
    opened = fakes.summary()
    able = replace(opened.info, abilities=opened.info.abilities | {"taps"})
    client.model_opened.emit(replace(opened, methods=forms(able, "cpu")))
    client.directions_ready.emit(fakes.direction_set())
    menu = direction_menu(
        row.board, "sefa-1", row, lambda: None, QPoint(), lambda: None, lambda: asked.append(1)
    )
    next(a for a in menu.actions() if a.text() == "Split into groups…").trigger()
    assert asked == [1]


def test_switches_wrap():
    assert switches_height(0, 320) == 0
    one = switches_height(1, 320)
    assert switches_height(7, 320) == one
    assert switches_height(8, 320) == 2 * one
    assert switches_height(2, 10) == 2 * one


def test_in_narrow_windows_the_menu_opens_by_the_other_button(row, monkeypatch):
    row.set_compact(True)
    view = row.panel.view
    assert not view.editor.groups.isVisible()
    asked = []
    view.menu_asked.connect(lambda id, at: asked.append(id))
    monkeypatch.setattr("PySide6.QtWidgets.QMenu.popup", lambda *_: None)
    for id, reason in (("sefa-0", "Mouse"), ("sefa-0", "Keyboard")):
        place = view.visualRect(view.rows.index_of(id)).center()
        kind = getattr(QContextMenuEvent.Reason, reason)
        event = QContextMenuEvent(kind, place, view.viewport().mapToGlobal(place))
        QApplication.sendEvent(view.viewport(), event)
    assert asked == ["sefa-0", "sefa-0"]
    assert view.current == "sefa-0"
