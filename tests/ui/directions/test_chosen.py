"""Several rows chosen with Ctrl and Shift, and saved from the menu of one of them."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def view(found):
    return found.panel.view


def press(view, id, keys=NONE):
    """Click on the name of a row."""
    rect = view.visualRect(view.rows.index_of(id))
    place = rect.topLeft() + QPoint(20, 12)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, keys, place)


def test_ctrl_takes_rows_in_and_out_and_a_plain_click_ends_it(view):
    press(view, "sefa-0")
    press(view, "sefa-3", CTRL)
    press(view, "sefa-1", CTRL)
    assert view.chosen_with() == ("sefa-0", "sefa-1", "sefa-3")
    assert view.current == "sefa-0"  # the live slider stays where it is
    press(view, "sefa-3", CTRL)
    assert view.chosen_with("sefa-1") == ("sefa-0", "sefa-1")
    assert view.chosen_with("sefa-4") == ("sefa-4",)
    press(view, "sefa-2")
    assert view.chosen_with() == ()
    assert view.current == "sefa-2"


def test_shift_takes_a_range_by_mouse_and_by_keys(view):
    press(view, "sefa-1")
    press(view, "sefa-3", SHIFT)
    assert view.chosen_with() == ("sefa-1", "sefa-2", "sefa-3")
    press(view, "sefa-0", SHIFT)
    assert view.chosen_with() == ("sefa-0", "sefa-1")
    press(view, "sefa-1")
    for _ in range(2):
        QTest.keyClick(view, Qt.Key.Key_Down, SHIFT)
    assert view.chosen_with() == ("sefa-1", "sefa-2", "sefa-3")
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.chosen_with() == ()


def test_they_are_painted_as_chosen(view):
    press(view, "sefa-1")
    plain = view.grab().toImage()
    press(view, "sefa-3", CTRL)
    rect = view.visualRect(view.rows.index_of("sefa-3"))
    seen = view.grab().toImage()
    corner = rect.topRight() - QPoint(4, -4)
    assert plain.pixelColor(corner) != seen.pixelColor(corner)


def test_the_menu_saves_them_together(found, view):
    asked = []
    found.save_asked.connect(lambda ids, look: asked.append((ids, look)))
    press(view, "sefa-1")
    press(view, "sefa-3", CTRL)
    found.panel._open_menu("sefa-3", QPoint(5, 5))
    (menu,) = [one for one in found.panel.findChildren(QMenu) if one.isVisible()]
    save = next(a for a in menu.actions() if a.text() == "Save 2 directions as a preset…")
    save.trigger()
    menu.close()
    assert asked == [(("sefa-1", "sefa-3"), False)]
    assert found.chosen_ids() == ("sefa-1", "sefa-3")
