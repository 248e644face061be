"""The tree in the strip: what a click, keys and the menu do."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from latentstudio.document import commands
from latentstudio.document.lineage_commands import recall_snapshot
from latentstudio.ui.strip.snapshot_menu import NOW
from latentstudio.ui.strip.strip import FULL, HISTORY, LINEAGE, SNAPSHOTS, TALL, Strip


@pytest.fixture
def strip(history, exposed):
    made = Strip(history, lambda _: None)
    history.changed.connect(made.show_document)
    for seed, back in ((1, None), (2, 0), (3, 0)):
        if back is not None:
            history.do(recall_snapshot(back, "back"))
        history.do(commands.set_amount("a", float(seed)))
        history.do(commands.keep_snapshot(f"S{seed}"))
    made.heard = []
    made.recalled.connect(lambda row: made.heard.append(("recall", row)))
    made.compared.connect(lambda a, b: made.heard.append(("compare", a, b)))
    made.bred.connect(lambda a, b: made.heard.append(("breed", a, b)))
    exposed(made, 760, FULL)
    made.show_tab(LINEAGE)
    return made


def click(tree, row, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.mouseClick(tree, Qt.MouseButton.LeftButton, modifier, tree.box(row).center())


def texts(menu):
    return [action.text() for action in menu.actions() if action.text()]


def test_the_tree_has_room_and_gives_it_back(strip):
    assert strip.height() == TALL
    strip.show_tab(SNAPSHOTS)
    assert strip.height() == FULL
    strip.show_tab(HISTORY)
    assert strip.tab == HISTORY


def test_a_branch_stands_below_its_brother(strip):
    one, two, three = (strip.lineage.box(row) for row in range(3))
    assert one.left() < two.left() == three.left()
    assert one.top() == two.top() < three.top()


def test_a_click_recalls_and_a_second_one_with_control_chooses_two(strip):
    click(strip.lineage, 1)
    assert strip.heard == [("recall", 1)]
    click(strip.lineage, 2, Qt.KeyboardModifier.ControlModifier)
    assert (strip.lineage.chosen, len(strip.heard)) == ((1, 2), 1)


def test_keys_go_along_the_tree(strip):
    tree = strip.lineage
    tree.choose(2)
    QTest.keyClick(tree, Qt.Key.Key_Left)
    assert tree.chosen == (0,)
    QTest.keyClick(tree, Qt.Key.Key_Right)
    assert tree.chosen == (1,)
    QTest.keyClick(tree, Qt.Key.Key_Down)
    assert tree.chosen == (2,)
    assert tree.accessibleDescription() == "3 S3, from S1"
    QTest.keyClick(tree, Qt.Key.Key_Return)
    assert strip.heard == [("recall", 2)]


def test_one_is_taken_out_and_comes_back(strip, history):
    strip.lineage.choose(0)
    QTest.keyClick(strip.lineage, Qt.Key.Key_Delete)
    assert [(s.name, s.parents) for s in history.document.snapshots] == [("S2", ()), ("S3", ())]
    history.undo()
    assert [s.parents for s in history.document.snapshots] == [(), (1,), (1,)]


def test_a_name_is_changed_in_its_place(strip, history):
    strip.lineage.choose(1)
    QTest.keyClick(strip.lineage, Qt.Key.Key_F2)
    field = strip.lineage.findChild(QLineEdit)
    field.setText(" Grin ")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert history.document.snapshots[1].name == "Grin"
    assert history.undo_label == "change snapshot"


def test_the_menu_compares_and_breeds_two(strip, history):
    menu = strip.lineage._menu
    two = menu.fill(strip, (0, 2), lambda _: None)
    assert "Compare the two" in texts(two)
    for text in ("Compare the two", "Breed the two…", "Star"):
        next(a for a in two.actions() if a.text() == text).trigger()
    one = menu.fill(strip, (1,), lambda _: None)
    next(a for a in one.actions() if a.text() == "Breed with the picture now…").trigger()
    assert strip.heard == [("compare", 0, 2), ("breed", 0, 2), ("breed", 1, NOW)]
    assert history.document.snapshots[2].starred
    itself = menu.fill(strip, (2,), lambda _: None)  # it is what the canvas shows
    assert [a.isEnabled() for a in itself.actions() if "picture now" in a.text()] == [False, False]
