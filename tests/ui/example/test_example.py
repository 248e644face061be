"""Directions by example: how samples are marked, what is asked, and what becomes of the answer."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.session.example_messages import ExampleFit, Marks, SamplePicture
from latentstudio.ui.directions.board import Board
from latentstudio.ui.example.page import ExamplePage
from latentstudio.ui.example.panel import ExamplePanel
from latentstudio.ui.example.work import ExampleWork
from tests.ui import fakes


@pytest.fixture
def history():
    return History(Document())


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def work(window, look, history, client):
    return ExampleWork(history, client, window)


@pytest.fixture
def canvas(exposed):
    return exposed(QWidget(), 700, 640)


@pytest.fixture
def grid(canvas, work):
    """The grid with its samples, which lie in a widget of the canvas's usual size."""
    page = ExamplePage(work, canvas)
    work.open()
    for seed, pixels in zip(work.seeds, fakes.pixels(32), strict=True):
        work._examples.sample_ready.emit(SamplePicture(seed, pixels))
    return page.grid


def click(grid, cell, keys=Qt.KeyboardModifier.NoModifier, button=Qt.MouseButton.LeftButton):
    QTest.mouseClick(grid, button, keys, grid.tiles.box(cell).center())


def fit(marks, told=4, sure="good"):
    found = fakes.direction_set(sefa=2, ganspace=0)
    return ExampleFit(marks, "sefa-1", told, sure, (("sefa-0", 0.97),), found)


def test_a_click_says_it_has_it_shift_that_it_does_not_and_again_clears(work, grid):
    first, second = work.seeds[:2]
    click(grid, 0)
    click(grid, 1, Qt.KeyboardModifier.ShiftModifier)
    assert work.marks == {first: True, second: False}
    click(grid, 0)
    click(grid, 1)
    assert work.marks == {}
    click(grid, 2, button=Qt.MouseButton.RightButton)
    assert work.marks == {work.seeds[2]: False}


def test_keys_go_from_picture_to_picture_and_mark(work, grid):
    grid.setFocus()
    grid._focused = 0
    QTest.keyClick(grid, Qt.Key.Key_Right)
    QTest.keyClick(grid, Qt.Key.Key_Plus)
    QTest.keyClick(grid, Qt.Key.Key_Down)
    QTest.keyClick(grid, Qt.Key.Key_Minus)
    below = 1 + grid.tiles.columns
    assert work.marks == {work.seeds[1]: True, work.seeds[below]: False}
    QTest.keyClick(grid, Qt.Key.Key_Delete)
    assert work.marks == {work.seeds[1]: True}


def mark_two_of_each(work):
    for cell in range(4):
        work.mark(work.seeds[cell], cell < 2)


def test_what_marks_say_is_asked_once_the_model_is_known_and_at_each_mark(work, grid, client):
    asked = client.examples.asked
    mark_two_of_each(work)
    assert not [one for one in asked if one[0] == "fit"]
    client.examples.prepared.emit()
    one, two, three, four = work.seeds[:4]
    assert asked[-1] == ("fit", Marks((one, two), (three, four)))
    work.mark(work.seeds[4], True)
    assert asked[-1] == ("fit", Marks((one, two, work.seeds[4]), (three, four)))


def test_an_answer_to_other_marks_is_not_shown(work, grid, client):
    client.examples.prepared.emit()
    mark_two_of_each(work)
    earlier = work._marked()
    work.mark(work.seeds[5], False)
    client.examples.fitted.emit(fit(earlier))
    assert work.fit is None
    client.examples.fitted.emit(fit(work._marked()))
    assert work.fit.direction == "sefa-1"


def test_more_samples_and_uncertain_ones_keep_the_marks(work, grid, client):
    mark_two_of_each(work)
    marked = set(work.marks)
    before = set(work.seeds)
    work.more()
    assert marked < set(work.seeds)
    assert set(work.seeds) & before == marked
    work.ask()
    assert client.examples.asked[-1][0] == "ask"
    client.examples.uncertain_ready.emit((900, 901))
    assert work.seeds[:2] == (900, 901)
    assert marked < set(work.seeds)


def test_cancel_takes_the_direction_out_of_the_picture_and_away(work, grid, client, history):
    client.examples.prepared.emit()
    mark_two_of_each(work)
    client.examples.fitted.emit(fit(work._marked()))
    history.do(commands.set_amount("sefa-1", 1.5, "By example"))
    work.cancel()
    assert history.document.picture.edits == ()
    assert client.asked == [("discard", "by-example-run1")]
    assert not work.is_open


def test_the_panel_says_how_sure_it_is_and_keeps_it_under_a_name(
    exposed, work, grid, client, history
):
    board = Board(history, client, work)
    panel = exposed(ExamplePanel(work, board), 327, 600)
    assert panel.sure.text() == "Mark at least two of each."
    client.examples.prepared.emit()
    mark_two_of_each(work)
    client.directions_ready.emit(fakes.direction_set(sefa=2, ganspace=0))
    client.examples.fitted.emit(fit(work._marked(), told=3, sure="weak"))
    assert panel.sure.text() == "How sure: weak, mark more"
    assert panel.told.text() == "3 of 4 marks are told apart when left out."
    assert "You may already have this" in panel.similar.text()
    assert panel.wanted_films() == {"sefa-1": 7}
    client.examples.failed.emit("These marks do not differ in one direction.")
    assert panel.sure.text() == "These marks do not differ in one direction."
    panel.name.setText("Round glasses")
    panel.keep.click()
    assert ("keep", "by-example-run1", "Round glasses") in client.examples.asked
    assert not work.is_open
