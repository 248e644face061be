"""The sheet: which directions stand on it, in which order, and names typed over."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from latentstudio.document import commands
from latentstudio.document.direction import Provenance
from latentstudio.ui.directions.board import Board
from latentstudio.ui.directions.rows import Item, RowFilter, build_rows
from latentstudio.ui.sheet.page import SheetPage
from tests.ui import fakes


def found():
    """Two of SeFa, one with a heading, and two that a search found."""
    known = fakes.direction_set(sefa=5, ganspace=0)
    one, two, named, first, second = known.directions
    named = replace(named, group="Named")
    ours = [
        replace(d, group="Found", provenance=Provenance("picture-ica", run="auto-run1"))
        for d in (first, second)
    ]
    return replace(known, directions=(named, one, two, *ours))


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def canvas(exposed):
    return exposed(QWidget(), 700, 600)


@pytest.fixture
def board(window, look, history, client):
    board = Board(history, client, window)
    client.model_opened.emit(fakes.summary())
    client.directions_ready.emit(found())
    return board


@pytest.fixture
def page(canvas, board):
    page = SheetPage(board, canvas)
    page.open()
    return page


def test_found_ones_come_first_then_named_ones_and_rejected_ones_are_not_there(page, history):
    assert list(page.cards) == ["sefa-3", "sefa-4", "sefa-2", "sefa-0", "sefa-1"]
    history.do(commands.reject_direction("sefa-4", True, "x"))
    assert list(page.cards) == ["sefa-3", "sefa-2", "sefa-0", "sefa-1"]
    assert page.title.text() == "4 directions, best first"


def test_in_the_list_found_ones_follow_the_named(board):
    rows = build_rows(board.directions, board.document, RowFilter())
    ids = [row.id for row in rows if isinstance(row, Item)]
    assert ids == ["sefa-2", "sefa-3", "sefa-4", "sefa-0", "sefa-1"]


def test_a_name_is_typed_over_in_place_and_escape_takes_it_back(page, board):
    card = page.cards["sefa-3"]
    card.name.setFocus()
    card.name.selectAll()
    QTest.keyClicks(card.name, "Round glasses")
    QTest.keyClick(card.name, Qt.Key.Key_Return)
    card.name.editingFinished.emit()
    assert board.name("sefa-3") == "Round glasses"
    card.name.setText("nonsense")
    QTest.keyClick(card.name, Qt.Key.Key_Escape)
    assert board.name("sefa-3") == "Round glasses"
    assert card.name.text() == "Round glasses"


def test_films_are_asked_for_cards_in_sight_only(page):
    assert page.wanted_films().keys() <= page.cards.keys()
    assert page.wanted_films()["sefa-3"] == 7
    page.close_page()
    assert page.wanted_films() == {}


def test_a_strip_selects_its_direction(page):
    chosen = []
    page.chosen.connect(chosen.append)
    strip = page.cards["sefa-2"].strip
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton)
    assert chosen == ["sefa-2"]
