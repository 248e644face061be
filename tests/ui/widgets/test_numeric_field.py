"""A field that keeps the last good value."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from latentstudio.ui.widgets.numeric_field import NumericField
from latentstudio.ui.widgets.scroll_column import ScrollColumn


@pytest.fixture
def field(qtbot, look):
    window = QWidget()
    qtbot.addWidget(window)
    made = NumericField("Directions", 2, 100, window, whole=True)
    made.keep = window
    made.other = QWidget(window)
    made.other.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.show_value(24)
    with qtbot.waitExposed(window):
        window.show()
    return made


def type_in(qtbot, field, text):
    field.begin_typing()
    qtbot.waitUntil(field.edit.hasFocus)
    qtbot.keyClicks(field.edit, text)


def test_a_good_value_is_told_once(qtbot, field):
    told = []
    field.committed.connect(told.append)
    type_in(qtbot, field, "30\r")
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    field.other.setFocus()
    assert told == [30]
    assert not field.wrong


@pytest.mark.parametrize("text", ["250", "1", "2.5", "abc", ""])
def test_a_wrong_value_is_marked_and_the_old_one_kept(qtbot, field, text):
    told = []
    field.committed.connect(told.append)
    field.begin_typing()
    field.edit.clear()
    type_in(qtbot, field, text or "\b")
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert told == []
    assert field.value == 24
    assert field.wrong
    assert field.range_words == "Directions: 2 to 100"
    assert field.edit.accessibleDescription() == "Directions: 2 to 100"
    qtbot.keyClick(field.edit, Qt.Key.Key_Escape)
    assert not field.wrong
    assert field.edit.text() == "24"


def test_leaving_takes_a_good_value_and_a_marked_one_is_mended_by_typing(qtbot, field):
    told = []
    field.committed.connect(told.append)
    type_in(qtbot, field, "300\r")
    assert field.wrong
    field.edit.selectAll()
    qtbot.keyClicks(field.edit, "40")
    assert not field.wrong
    field.other.setFocus()
    assert told == [40]


def test_the_document_does_not_disturb_typing(qtbot, field):
    type_in(qtbot, field, "5")
    field.show_value(77)
    assert field.edit.text() == "5"
    qtbot.keyClick(field.edit, Qt.Key.Key_Escape)
    assert field.edit.text() == "77"


def test_a_wrong_value_is_painted_in_the_bad_colour(qtbot, field, look):
    field.resize(120, 60)
    type_in(qtbot, field, "250\r")
    image = field.edit.grab().toImage()
    middle = image.height() // 2
    assert image.pixelColor(0, middle).name() == look.current().bad


@pytest.mark.parametrize("place", [(0, 0), (320, 0), (100, 270)])
def test_the_range_stands_whole_below_or_above_the_field_and_moves_nothing(exposed, place):
    window = QWidget()
    field = NumericField("Directions", 2, 100, window, whole=True)
    field.setGeometry(*place, 78, 28)
    exposed(window, 400, 300)
    field.edit.setText("99999")
    QTest.keyClick(field.edit, Qt.Key.Key_Return)
    hint = field.range
    assert hint.isVisible()
    assert hint.text() == "Directions: 2 to 100"
    assert hint.width() >= hint.sizeHint().width()
    assert window.rect().contains(hint.geometry())
    assert not hint.geometry().intersects(field.geometry())
    assert field.height() == 28
    field.hide()
    assert not hint.isVisible()
    field.show()
    assert hint.isVisible()
    QTest.keyClick(field.edit, Qt.Key.Key_Escape)
    assert not hint.isVisible()


def test_the_range_scrolls_with_its_field(exposed):
    body = QWidget()
    body.setFixedHeight(900)
    field = NumericField("Directions", 2, 100, body, whole=True)
    field.setGeometry(20, 200, 78, 28)
    area = exposed(ScrollColumn(body), 300, 300)
    field.edit.setText("99999")
    QTest.keyClick(field.edit, Qt.Key.Key_Return)
    before = field.range.mapTo(area, QPoint()).y()
    area.verticalScrollBar().setValue(100)
    assert field.range.mapTo(area, QPoint()).y() == before - 100
