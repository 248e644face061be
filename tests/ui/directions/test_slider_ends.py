"""Sliders go as far as is of use, and further where somebody wants it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from latentstudio.document import commands
from latentstudio.ui.directions.column import DirectionsColumn
from latentstudio.ui.directions.row_state import stretched
from tests.ui import fakes

ID = "ganspace-1"
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def column(exposed, client, history):
    made = exposed(DirectionsColumn(history, client), 344, 700)
    client.model_opened.emit(fakes.summary())
    client.directions_ready.emit(fakes.direction_set())
    client.reference_ready.emit(fakes.curve())
    tell(client, history, (-1.5, 1.5))
    made.panel.reveal(ID)
    return made


def tell(client, history, useful):
    found = fakes.bands([ID], (-0.9, 0.8), (-1.1, 1.0))
    bands = {id: replace(band, useful=useful) for id, band in found.items()}
    client.bands_ready.emit(history.document.picture, bands)


def test_ends_follow_what_is_of_use_and_stay_on_the_shell_has_all(column, history):
    look = column.board.rows.look(ID)
    assert (look.low, look.high) == (-1.5, 1.5)
    assert column.panel.view.editor.slider.track().high == 1.5
    history.do(commands.set_stay_on_shell(True))
    assert column.board.rows.ends(ID) == (-6.0, 6.0)


def test_an_old_document_keeps_its_amount_and_the_slider_reaches_it(column, history):
    history.do(commands.set_amount(ID, 4.2))
    assert history.document.picture.amount(ID) == 4.2
    assert column.board.rows.ends(ID) == (-5.0, 5.0)
    assert column.panel.view.editor.slider.amount == 4.2


def test_dragging_on_goes_beyond_the_end_at_the_same_pace(column, history):
    slider = column.panel.view.editor.slider
    track, y = slider.track(), slider.height() // 2
    start = round(track.x(0.0))
    far = round(track.x(1.5)) + round(track.pixels_per_unit)
    QTest.mousePress(slider, LEFT, pos=QPoint(start, y))
    for x in (start + 20, far):
        QTest.mouseMove(slider, QPoint(x, y))
    assert history.document.picture.amount(ID) == pytest.approx(2.5, abs=0.05)
    assert slider.track().high == 1.5  # it stands still under the hand
    QTest.mouseRelease(slider, LEFT, pos=QPoint(far, y))
    assert slider.track().high == 3.0
    history.undo()
    assert column.board.rows.ends(ID) == (-1.5, 1.5)


def test_typing_goes_beyond_too_and_there_is_a_last_end(column, history):
    field = column.panel.view.editor.field
    for text, amount in (("9", 9.0), ("13", 9.0), ("-2.2", -2.2)):
        field.edit.setText(text)
        QTest.keyClick(field.edit, Qt.Key.Key_Return)
        assert history.document.picture.amount(ID) == amount
    assert column.board.rows.ends(ID) == (-3.0, 3.0)


def test_strips_are_made_for_the_ends_of_their_slider(column, client, history, qtbot):
    picture = history.document.picture
    client.frame_ready.emit(fakes.frame(picture))
    client.film_ready.emit(picture, fakes.film(ID, 7))
    fresh = column.board.films.fresh
    assert fresh(ID, 7, picture)
    assert not fresh(ID, 7, picture, column.board.rows.ends(ID))


def test_uneven_ends_are_stretched_evenly():
    assert stretched((-2.0, 1.0), 0.5) == (-2.0, 1.0)
    assert stretched((-2.0, 1.0), 1.9) == (-4.0, 2.0)
    assert stretched((0.0, 1.0), -0.7) == pytest.approx((-0.7, 0.8))
