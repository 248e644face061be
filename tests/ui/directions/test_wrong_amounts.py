"""A wrong amount in a row says its range where all of it can be read."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest


@pytest.mark.parametrize("place", [0, 5, 9])
def test_the_range_under_a_rows_amount_is_whole(found, qtbot, place):
    id = found.board.directions[place].id
    found.panel.reveal(id)
    view = found.panel.view
    qtbot.waitUntil(lambda: view.current == id)
    field = view.editor.field
    field.begin_typing()
    QTest.keyClicks(field.edit, "abc")
    QTest.keyClick(field.edit, Qt.Key.Key_Return)
    hint = field.range
    assert hint.isVisible()
    assert hint.text().startswith("Amount: ")
    assert hint.visibleRegion().boundingRect() == hint.rect()
    assert hint.width() >= hint.sizeHint().width()
